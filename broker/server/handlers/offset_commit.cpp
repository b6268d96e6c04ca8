// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/offset_commit.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::OffsetCommitRequest;
using protocol::OffsetCommitResponse;

constexpr std::int16_t kFirstWithTopicIds = 10;

/// Where the answer of one committed partition goes in the response, which keeps the order of the request.
struct Slot {
    std::size_t topic;
    std::size_t partition;
};

void offsetCommit(Services& services, OffsetCommitRequest request, Reply<OffsetCommitResponse> reply) {
    const Call& call = reply.call();
    const bool byId = !call.isBefore(kFirstWithTopicIds);
    const bool mayCommit = mayGroup(services, call, AclOperation::kRead, request.groupId);
    if (mayCommit) {
        call.peer->noteGroup(request.groupId);
    }
    OffsetCommitResponse response;
    groups::OffsetCommitRequest commit;
    std::vector<Slot> slots;
    for (auto& topic : request.topics) {
        const auto facts = byId ? services.topicFacts.byId(topic.topicId) : services.topicFacts.byName(topic.name);
        auto& answered = response.topics.emplace_back();
        answered.name = topic.name;
        answered.topicId = topic.topicId;
        const bool isAllowed =
            (byId && !facts) || mayTopic(services, call, AclOperation::kRead, byId ? facts->name : topic.name);
        groups::OffsetCommitRequest::Topic known{topic.topicId, facts ? facts->name : std::string(), {}};
        for (auto& each : topic.partitions) {
            const bool exists =
                facts && each.partitionIndex.value >= 0 && each.partitionIndex.value < facts->partitions;
            answered.partitions.push_back({each.partitionIndex, ErrorCode::kNone, {}});
            if (!mayCommit || !isAllowed) {
                answered.partitions.back().errorCode =
                    refusalOf(mayCommit ? ResourceType::kTopic : ResourceType::kGroup);
                continue;
            }
            if (!exists) {
                answered.partitions.back().errorCode =
                    byId && !facts ? ErrorCode::kUnknownTopicId : ErrorCode::kUnknownTopicOrPartition;
                continue;
            }
            slots.push_back({response.topics.size() - 1, answered.partitions.size() - 1});
            known.partitions.push_back({each.partitionIndex, each.committedOffset, each.committedLeaderEpoch,
                                        std::move(each.committedMetadata)});
        }
        if (!known.partitions.empty()) {
            commit.topics.push_back(std::move(known));
        }
    }
    if (commit.topics.empty()) {
        reply.send(response);
        return;
    }
    commit.apiVersion = call.version.value;
    commit.groupId = std::move(request.groupId);
    commit.generationOrEpoch = request.generationIdOrMemberEpoch;
    commit.memberId = std::move(request.memberId);
    commit.instanceId = std::move(request.groupInstanceId);
    if (request.retentionTimeMs != -1) {
        commit.retention = std::chrono::milliseconds(request.retentionTimeMs);
    }
    services.groups.commitOffsets(
        std::move(commit), [reply = std::move(reply), response = std::move(response),
                            slots = std::move(slots)](groups::OffsetCommitResponse done) mutable {
            std::size_t next = 0;
            for (const auto& topic : done.topics) {
                for (const auto& each : topic.partitions) {
                    const Slot slot = slots.at(next++);
                    response.topics[slot.topic].partitions[slot.partition].errorCode = toKafka(each.error);
                }
            }
            reply.send(response);
        });
}

}  // namespace

constinit const Handler kOffsetCommitHandler = handledBy<offsetCommit>(OffsetCommitRequest::kVersions);

}  // namespace weir::server
