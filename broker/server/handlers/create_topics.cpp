// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/create_topics.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/mutation_quota.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::CreateTopicsRequest;
using protocol::CreateTopicsResponse;
using protocol::ErrorCode;
using Wanted = CreateTopicsRequest::CreatableTopic;
using Result = CreateTopicsResponse::CreatableTopicResult;

/// What is wrong with an assignment by hand; kNone if nothing, or if there is none. On one node each partition can only
/// have this broker.
ErrorCode judgeAssignment(const Wanted& topic, BrokerId self) {
    if (topic.assignments.empty()) {
        return ErrorCode::kNone;
    }
    if (topic.numPartitions != -1 || topic.replicationFactor != -1) {
        return ErrorCode::kInvalidRequest;
    }
    std::set<PartitionId> seen;
    for (const auto& each : topic.assignments) {
        const bool isHere = each.brokerIds.size() == 1 && each.brokerIds.front() == self;
        if (!isHere || !seen.insert(each.partitionIndex).second) {
            return ErrorCode::kInvalidReplicaAssignment;
        }
    }
    const auto last = static_cast<std::int32_t>(topic.assignments.size()) - 1;
    const bool isDense = *seen.begin() == PartitionId(0) && *seen.rbegin() == PartitionId(last);
    return isDense ? ErrorCode::kNone : ErrorCode::kInvalidReplicaAssignment;
}

NewTopic toNewTopic(const Wanted& topic) {
    NewTopic made;
    made.name = topic.name;
    made.partitions = topic.numPartitions;
    made.replicationFactor = topic.replicationFactor;
    if (!topic.assignments.empty()) {
        made.partitions = static_cast<std::int32_t>(topic.assignments.size());
        made.replicationFactor = 1;
    }
    for (const auto& config : topic.configs) {
        made.configs.push_back({config.name, config.value});
    }
    return made;
}

void fillCreated(Result& into, const Services& services, const topics::CreatedTopic& created) {
    into.topicId = created.id;
    into.numPartitions = created.partitions;
    into.replicationFactor = 1;
    for (const auto& config : services.topics.describeOverrides(created.overrides)) {
        into.configs->push_back({std::string(config.def->name),
                                 config.value,
                                 config.readOnly,
                                 static_cast<std::int8_t>(config.source),
                                 config.def->isSensitive(),
                                 {}});
    }
}

std::size_t partitionsOf(const Services& services, const Wanted& topic) {
    if (!topic.assignments.empty()) {
        return topic.assignments.size();
    }
    return static_cast<std::size_t>(
        std::max(topic.numPartitions == -1 ? services.brokerConfig()->numPartitions : topic.numPartitions, 0));
}

CreateTopicsResponse createTopics(Services& services, const Call& call, CreateTopicsRequest request) {
    CreateTopicsResponse response;
    std::vector<NewTopic> wanted;
    std::vector<std::size_t> places;
    constexpr std::int16_t kFirstWithRefusal = 6;
    MutationQuota quota(services, call, !call.isBefore(kFirstWithRefusal));
    const bool mayAll = mayCluster(services, call, AclOperation::kCreate);
    std::map<std::string_view, int> named;
    for (const auto& topic : request.topics) {
        ++named[topic.name];
    }
    for (const auto& topic : request.topics) {
        // What is named more than once is refused once (ReplicationControlManager).
        int& times = named[topic.name];
        if (times == 0) {
            continue;
        }
        Result& result = response.topics.emplace_back();
        result.name = topic.name;
        result.errorMessage.reset();
        if (std::exchange(times, times == 1 ? 1 : 0) > 1) {
            result.errorCode = ErrorCode::kInvalidRequest;
            result.errorMessage = "The topic stands in the request more than once.";
            continue;
        }
        if (!mayAll && !mayTopic(services, call, AclOperation::kCreate, topic.name)) {
            result.errorCode = ErrorCode::kTopicAuthorizationFailed;
            result.errorMessage = std::string(protocol::errorSentence(result.errorCode));
            continue;
        }
        if (!request.validateOnly && !quota.pay(partitionsOf(services, topic))) {
            result.errorCode = ErrorCode::kThrottlingQuotaExceeded;
            result.errorMessage = std::string(protocol::errorSentence(result.errorCode));
            continue;
        }
        result.errorCode = judgeAssignment(topic, services.self);
        if (result.errorCode == ErrorCode::kNone) {
            wanted.push_back(toNewTopic(topic));
            places.push_back(response.topics.size() - 1);
        } else {
            result.errorMessage =
                "An assignment names every partition from 0 on once, each with this broker alone, and no counts.";
        }
    }
    const auto created =
        services.topics.create(wanted, request.validateOnly ? topics::Mode::kValidateOnly : topics::Mode::kApply);
    for (std::size_t i = 0; i < created.size(); ++i) {
        Result& result = response.topics[places[i]];
        if (created[i]) {
            fillCreated(result, services, *created[i]);
            if (!mayTopic(services, call, AclOperation::kDescribeConfigs, result.name)) {
                result.topicConfigErrorCode = ErrorCode::kTopicAuthorizationFailed;
                result.numPartitions = -1;
                result.replicationFactor = -1;
            }
        } else {
            result.errorCode = toKafka(created[i].error().code);
            result.errorMessage = created[i].error().message;
        }
    }
    for (const Result& result : response.topics) {
        if (result.errorCode != ErrorCode::kNone) {
            call.noteError();
        }
    }
    return response;
}

}  // namespace

constinit const Handler kCreateTopicsHandler = handledBy<createTopics>(CreateTopicsRequest::kVersions).onDiskThread();

}  // namespace weir::server
