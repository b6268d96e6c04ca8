// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/offset_fetch.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::OffsetFetchRequest;
using protocol::OffsetFetchResponse;

constexpr std::int16_t kFirstWithGroups = 8;
constexpr std::int16_t kFirstWithTopicIds = 10;

using WireGroup = OffsetFetchRequest::OffsetFetchRequestGroup;
using WireTopic = OffsetFetchResponse::OffsetFetchResponseTopics;

/// The answer for a topic that is not there, or not for this client.
WireTopic refusedTopic(const OffsetFetchRequest::OffsetFetchRequestTopics& topic, ErrorCode error) {
    WireTopic unknown;
    unknown.name = topic.name;
    unknown.topicId = topic.topicId;
    for (const PartitionId partition : topic.partitionIndexes) {
        unknown.partitions.push_back({partition, kNoOffset, kNoLeaderEpoch, "", error, {}});
    }
    return unknown;
}

OffsetFetchResponse::OffsetFetchResponseGroup fetchGroup(Services& services, const Call& call, WireGroup wanted,
                                                         bool requireStable) {
    const bool byId = !call.isBefore(kFirstWithTopicIds);
    OffsetFetchResponse::OffsetFetchResponseGroup group;
    groups::OffsetFetchRequest fetch;
    if (!mayGroup(services, call, AclOperation::kDescribe, wanted.groupId)) {
        group.errorCode = ErrorCode::kGroupAuthorizationFailed;
        group.groupId = std::move(wanted.groupId);
        return group;
    }
    fetch.groupId = wanted.groupId;
    fetch.memberId = std::move(wanted.memberId);
    fetch.memberEpoch = wanted.memberEpoch;
    fetch.requireStable = requireStable;
    if (wanted.topics) {
        fetch.topics.emplace();
        for (auto& topic : *wanted.topics) {
            const auto facts = byId ? services.topicFacts.byId(topic.topicId) : std::nullopt;
            if (byId && !facts) {
                group.topics.push_back(refusedTopic(topic, ErrorCode::kUnknownTopicId));
                continue;
            }
            if (!mayTopic(services, call, AclOperation::kDescribe, byId ? facts->name : topic.name)) {
                group.topics.push_back(refusedTopic(topic, ErrorCode::kTopicAuthorizationFailed));
                continue;
            }
            fetch.topics->push_back(
                {topic.topicId, byId ? facts->name : std::move(topic.name), std::move(topic.partitionIndexes)});
        }
    }
    const bool wantsAll = !fetch.topics.has_value();
    auto found = services.groups.fetchOffsets(fetch);
    group.groupId = std::move(wanted.groupId);
    group.errorCode = toKafka(found.error);
    for (auto& topic : found.topics) {
        if (wantsAll && !mayTopic(services, call, AclOperation::kDescribe, topic.topic)) {
            continue;
        }
        WireTopic answered;
        answered.topicId = topic.topicId;
        if (byId && wantsAll) {
            const auto facts = services.topicFacts.byName(topic.topic);
            if (!facts) {
                continue;  // committed for a topic that is gone: it has no id to be named by
            }
            answered.topicId = facts->id;
        }
        answered.name = std::move(topic.topic);
        for (auto& each : topic.partitions) {
            answered.partitions.push_back(
                {each.partition, each.offset, each.leaderEpoch, std::move(each.metadata), toKafka(each.error), {}});
        }
        group.topics.push_back(std::move(answered));
    }
    return group;
}

/// Versions below 8 know one group, and differ in structure only.
OffsetFetchResponse fetchOne(Services& services, const Call& call, OffsetFetchRequest request) {
    constexpr std::int16_t kFirstWithError = 2;
    WireGroup wanted;
    wanted.groupId = std::move(request.groupId);
    if (request.topics) {
        for (auto& topic : *request.topics) {
            wanted.topics->push_back({std::move(topic.name), {}, std::move(topic.partitionIndexes), {}});
        }
    } else {
        wanted.topics.reset();
    }
    auto group = fetchGroup(services, call, std::move(wanted), request.requireStable);
    OffsetFetchResponse response;
    response.errorCode = group.errorCode;
    for (auto& topic : group.topics) {
        auto& answered = response.topics.emplace_back();
        answered.name = std::move(topic.name);
        for (auto& each : topic.partitions) {
            const bool hides = call.isBefore(kFirstWithError) && group.errorCode != ErrorCode::kNone;
            answered.partitions.push_back({each.partitionIndex,
                                           each.committedOffset,
                                           each.committedLeaderEpoch,
                                           std::move(each.metadata),
                                           hides ? group.errorCode : each.errorCode,
                                           {}});
        }
    }
    return response;
}

OffsetFetchResponse offsetFetch(Services& services, const Call& call, OffsetFetchRequest request) {
    if (call.isBefore(kFirstWithGroups)) {
        call.peer->noteGroup(request.groupId);
        return fetchOne(services, call, std::move(request));
    }
    OffsetFetchResponse response;
    for (auto& group : request.groups) {
        call.peer->noteGroup(group.groupId);
        response.groups.push_back(fetchGroup(services, call, std::move(group), request.requireStable));
    }
    return response;
}

}  // namespace

constinit const Handler kOffsetFetchHandler = handledBy<offsetFetch>(OffsetFetchRequest::kVersions);

}  // namespace weir::server
