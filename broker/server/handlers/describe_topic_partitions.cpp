// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_topic_partitions.h"

#include <algorithm>

#include "broker/model/topic_name.h"
#include "broker/server/authorize.h"
#include "broker/server/handlers/authorized_operations.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DescribeTopicPartitionsRequest;
using protocol::DescribeTopicPartitionsResponse;
using protocol::ErrorCode;
using WireTopic = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic;

/// The topics to describe, in order of name, from the cursor on.
std::vector<std::string> namesOf(const topics::TopicsSnapshot& topics, const DescribeTopicPartitionsRequest& request) {
    std::vector<std::string> names;
    if (request.topics.empty()) {
        for (const auto& topic : topics.topics()) {
            names.push_back(topic->name);
        }
    }
    for (const auto& topic : request.topics) {
        names.push_back(topic.name);
    }
    if (request.cursor) {
        std::erase_if(names, [&](const std::string& name) { return name < request.cursor->topicName; });
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

void addPartition(WireTopic& into, const topics::Topic& topic, PartitionId id, BrokerId self) {
    const auto partition = topic.partition(id);
    auto& each = into.partitions.emplace_back();
    each.partitionIndex = id;
    each.replicaNodes = {self};
    if (partition) {
        each.leaderId = self;
        each.leaderEpoch = partition->leaderEpoch();
        each.isrNodes = {self};
    } else {
        each.errorCode = ErrorCode::kLeaderNotAvailable;
        each.leaderId = BrokerId(-1);
        each.offlineReplicas = {self};
    }
    each.eligibleLeaderReplicas.emplace();
    each.lastKnownElr.emplace();
}

/// KIP-966: pages of partitions, the cursor says where the next page begins.
DescribeTopicPartitionsResponse describePartitions(Services& services, const Call& call,
                                                   DescribeTopicPartitionsRequest request) {
    DescribeTopicPartitionsResponse response;
    const std::int32_t limit =
        std::clamp(request.responsePartitionLimit, 1, services.brokerConfig()->maxRequestPartitionSizeLimit);
    std::int32_t room = limit;
    const auto topics = services.topics.snapshot();
    if (request.cursor && request.cursor->partitionIndex < PartitionId(0)) {
        // As a whole (DescribeTopicPartitionsRequest.getErrorResponse).
        for (auto& topic : request.topics) {
            auto& refused = response.topics.emplace_back();
            refused.name = std::move(topic.name);
            refused.errorCode = ErrorCode::kInvalidRequest;
            call.noteError();
        }
        return response;
    }
    for (const std::string& name : namesOf(*topics, request)) {
        const bool isCursor = request.cursor && request.cursor->topicName == name;
        std::int32_t first = isCursor ? std::max(request.cursor->partitionIndex.value, 0) : 0;
        if (room == 0) {
            response.nextCursor.emplace();
            response.nextCursor->topicName = name;
            response.nextCursor->partitionIndex = PartitionId(first);
            break;
        }
        const bool isAllowed = mayTopic(services, call, AclOperation::kDescribe, name);
        if (!isAllowed && request.topics.empty()) {
            continue;
        }
        auto& answered = response.topics.emplace_back();
        answered.name = name;
        if (!isAllowed) {
            answered.errorCode = ErrorCode::kTopicAuthorizationFailed;
            call.noteError();
            continue;
        }
        answered.topicAuthorizedOperations =
            allowedOperations(services, call, kTopicOperations, ResourceType::kTopic, name);
        const auto topic = topics->byName(name);
        if (!topic) {
            answered.errorCode =
                whyNotATopicName(name) ? ErrorCode::kInvalidTopicException : ErrorCode::kUnknownTopicOrPartition;
            call.noteError();
            continue;
        }
        answered.topicId = topic->id;
        answered.isInternal = topic->isInternal();
        const std::int32_t count = static_cast<std::int32_t>(topic->partitions.size());
        for (; first < count && room > 0; ++first, --room) {
            addPartition(answered, *topic, PartitionId(first), services.self);
        }
        if (first < count) {
            response.nextCursor.emplace();
            response.nextCursor->topicName = name;
            response.nextCursor->partitionIndex = PartitionId(first);
            break;
        }
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeTopicPartitionsHandler =
    handledBy<describePartitions>(DescribeTopicPartitionsRequest::kVersions);

}  // namespace weir::server
