// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_share_group_offsets.h"

#include <atomic>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::AlterShareGroupOffsetsRequest;
using protocol::AlterShareGroupOffsetsResponse;
using protocol::ErrorCode;

/// The answer waits for all partitions; each writes its own slot, the last one sends.
struct Alteration {
    explicit Alteration(Reply<AlterShareGroupOffsetsResponse> r) : reply(std::move(r)) {}
    void countDown() {
        if (open.fetch_sub(1) == 1) {
            reply.send(response);
        }
    }
    Reply<AlterShareGroupOffsetsResponse> reply;
    AlterShareGroupOffsetsResponse response;
    std::atomic<std::size_t> open{1};
};

void alterShareGroupOffsets(Services& services, AlterShareGroupOffsetsRequest request,
                            Reply<AlterShareGroupOffsetsResponse> reply) {
    const auto alteration = std::make_shared<Alteration>(std::move(reply));
    auto& response = alteration->response;
    if (!mayGroup(services, alteration->reply.call(), AclOperation::kRead, request.groupId)) {
        response.errorCode = refusalOf(ResourceType::kGroup);
        return alteration->countDown();
    }
    if (const auto error = services.groups.checkIdleShareGroup(request.groupId); error != groups::GroupErrc::kNone) {
        response.errorCode = toKafka(error);
        response.errorMessage = error == groups::GroupErrc::kNonEmptyGroup ? "The group is not empty."
                                                                           : "There is no share group of that name.";
        return alteration->countDown();
    }
    const auto topics = services.topics.snapshot();
    // Slots first: nothing may move once answers come in.
    for (const auto& asked : request.topics) {
        const auto topic = topics->byName(asked.topicName);
        auto& answered = response.responses.emplace_back();
        answered.topicName = asked.topicName;
        answered.topicId = topic ? topic->id : TopicId{};
        for (const auto& each : asked.partitions) {
            auto& slot = answered.partitions.emplace_back();
            slot.partitionIndex = each.partitionIndex;
            if (!mayTopic(services, alteration->reply.call(), AclOperation::kRead, asked.topicName)) {
                slot.errorCode = ErrorCode::kTopicAuthorizationFailed;
            } else if (!topic || !topic->has(each.partitionIndex)) {
                slot.errorCode = ErrorCode::kUnknownTopicOrPartition;
                slot.errorMessage = "This server does not host this topic-partition.";
            }
        }
    }
    for (std::size_t t = 0; t < request.topics.size(); ++t) {
        for (std::size_t p = 0; p < request.topics[t].partitions.size(); ++p) {
            auto& slot = response.responses[t].partitions[p];
            const auto start = request.topics[t].partitions[p].startOffset;
            if (slot.errorCode != ErrorCode::kNone) {
                continue;
            }
            const auto share = services.shares.findOrCreate(
                {request.groupId, response.responses[t].topicId, slot.partitionIndex}, start);
            if (!share) {
                slot.errorCode = ErrorCode::kCoordinatorNotAvailable;
                continue;
            }
            ++alteration->open;
            share->moveTo(start, [alteration, &slot](groups::GroupErrc error) {
                slot.errorCode = toKafka(error);
                alteration->countDown();
            });
        }
    }
    alteration->countDown();
}

}  // namespace

constinit const Handler kAlterShareGroupOffsetsHandler =
    handledBy<alterShareGroupOffsets>(AlterShareGroupOffsetsRequest::kVersions);

}  // namespace weir::server
