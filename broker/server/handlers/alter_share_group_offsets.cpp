// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_share_group_offsets.h"

#include <algorithm>
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

/// A topic that stands in the request twice is answered once.
AlterShareGroupOffsetsRequest joined(AlterShareGroupOffsetsRequest request) {
    decltype(request.topics) once;
    for (auto& topic : request.topics) {
        const auto known = std::find_if(once.begin(), once.end(),
                                        [&topic](const auto& each) { return each.topicName == topic.topicName; });
        if (known == once.end()) {
            once.push_back(std::move(topic));
        } else {
            known->partitions.insert(known->partitions.end(), topic.partitions.begin(), topic.partitions.end());
        }
    }
    request.topics = std::move(once);
    return request;
}

/// The answer waits for all partitions; each writes its own slot, the last one sends.
struct Alteration {
    Alteration(AlterShareGroupOffsetsRequest r, Reply<AlterShareGroupOffsetsResponse> to)
        : request(std::move(r)), reply(std::move(to)) {}
    void countDown() {
        if (open.fetch_sub(1) == 1) {
            reply.send(response);
        }
    }
    const AlterShareGroupOffsetsRequest request;
    Reply<AlterShareGroupOffsetsResponse> reply;
    AlterShareGroupOffsetsResponse response;
    std::atomic<std::size_t> open{1};
};

/// Makes every slot first, since nothing may move once answers come in; whether it is about a topic that is there.
bool fillSlots(const Services& services, Alteration& alteration) {
    const auto topics = services.topics.snapshot();
    bool any = false;
    for (const auto& asked : alteration.request.topics) {
        const auto topic = topics->byName(asked.topicName);
        auto& answered = alteration.response.responses.emplace_back();
        answered.topicName = asked.topicName;
        answered.topicId = topic ? topic->id : TopicId{};
        const bool mayRead = mayTopic(services, alteration.reply.call(), AclOperation::kRead, asked.topicName);
        any = any || (mayRead && topic != nullptr);
        for (const auto& each : asked.partitions) {
            auto& slot = answered.partitions.emplace_back();
            slot.partitionIndex = each.partitionIndex;
            if (!mayRead) {
                slot.errorCode = ErrorCode::kTopicAuthorizationFailed;
            } else if (!topic || !topic->has(each.partitionIndex)) {
                slot.errorCode = ErrorCode::kUnknownTopicOrPartition;
                slot.errorMessage = "This server does not host this topic-partition.";
            }
        }
    }
    return any;
}

void moveStarts(Services& services, const std::shared_ptr<Alteration>& alteration) {
    for (std::size_t t = 0; t < alteration->request.topics.size(); ++t) {
        const auto& asked = alteration->request.topics[t];
        auto& answered = alteration->response.responses[t];
        for (std::size_t p = 0; p < asked.partitions.size(); ++p) {
            auto& slot = answered.partitions[p];
            const auto start = asked.partitions[p].startOffset;
            if (slot.errorCode != ErrorCode::kNone) {
                continue;
            }
            const auto share = services.shares.findOrCreate(
                {alteration->request.groupId, answered.topicId, slot.partitionIndex}, start);
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
}

void refuse(AlterShareGroupOffsetsResponse& response, groups::GroupErrc error) {
    response.responses.clear();
    response.errorCode = toKafka(error);
    response.errorMessage = error == groups::GroupErrc::kNonEmptyGroup     ? "The group is not empty."
                            : error == groups::GroupErrc::kGroupIdNotFound ? "There is no share group of that name."
                                                                           : "The group cannot be altered.";
}

void alterShareGroupOffsets(Services& services, AlterShareGroupOffsetsRequest request,
                            Reply<AlterShareGroupOffsetsResponse> reply) {
    const auto alteration = std::make_shared<Alteration>(joined(std::move(request)), std::move(reply));
    auto& response = alteration->response;
    const std::string& group = alteration->request.groupId;
    if (!mayGroup(services, alteration->reply.call(), AclOperation::kRead, group)) {
        response.errorCode = refusalOf(ResourceType::kGroup);
        return alteration->countDown();
    }
    if (group.empty()) {
        refuse(response, groups::GroupErrc::kInvalidGroupId);
        return alteration->countDown();
    }
    // As Apache Kafka 4.2.1: a group that is not there comes into being with its first topic, even if none of the
    // partitions is there, and not without one.
    if (!fillSlots(services, *alteration)) {
        return alteration->countDown();
    }
    services.groups.prepareShareGroup(group, [&services, alteration](groups::GroupErrc error) {
        if (error == groups::GroupErrc::kNone) {
            moveStarts(services, alteration);
        } else {
            refuse(alteration->response, error);
        }
        alteration->countDown();
    });
}

}  // namespace

constinit const Handler kAlterShareGroupOffsetsHandler =
    handledBy<alterShareGroupOffsets>(AlterShareGroupOffsetsRequest::kVersions);

}  // namespace weir::server
