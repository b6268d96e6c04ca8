// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/delete_share_group_offsets.h"

#include <algorithm>
#include <atomic>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DeleteShareGroupOffsetsRequest;
using protocol::DeleteShareGroupOffsetsResponse;
using protocol::ErrorCode;

/// The answer waits for all topics; each writes its own slot, the last one sends.
struct Deletion {
    explicit Deletion(Reply<DeleteShareGroupOffsetsResponse> r) : reply(std::move(r)) {}
    void countDown() {
        if (open.fetch_sub(1) == 1) {
            reply.send(response);
        }
    }
    Reply<DeleteShareGroupOffsetsResponse> reply;
    DeleteShareGroupOffsetsResponse response;
    std::atomic<std::size_t> open{1};
};

void deleteShareGroupOffsets(Services& services, DeleteShareGroupOffsetsRequest request,
                             Reply<DeleteShareGroupOffsetsResponse> reply) {
    const auto deletion = std::make_shared<Deletion>(std::move(reply));
    auto& response = deletion->response;
    if (!mayGroup(services, deletion->reply.call(), AclOperation::kDelete, request.groupId)) {
        response.errorCode = refusalOf(ResourceType::kGroup);
        return deletion->countDown();
    }
    if (const auto error = services.groups.checkIdleShareGroup(request.groupId); error != groups::GroupErrc::kNone) {
        response.errorCode = request.groupId.empty() ? ErrorCode::kInvalidGroupId : toKafka(error);
        response.errorMessage = error == groups::GroupErrc::kNonEmptyGroup ? "The group is not empty."
                                                                           : "Group " + request.groupId + " not found.";
        return deletion->countDown();
    }
    const auto positions = services.shares.ofGroup(request.groupId);
    for (const auto& topic : request.topics) {
        const auto facts = services.topicFacts.byName(topic.topicName);
        response.responses.push_back({topic.topicName, facts ? facts->id : TopicId{}, {}, {}, {}});
        if (!mayTopic(services, deletion->reply.call(), AclOperation::kRead, topic.topicName)) {
            response.responses.back().errorCode = ErrorCode::kTopicAuthorizationFailed;
        } else if (!facts || std::none_of(positions.begin(), positions.end(),
                                          [&facts](const auto& each) { return each->id().topicId == facts->id; })) {
            response.responses.back().errorCode = ErrorCode::kUnknownTopicOrPartition;
            response.responses.back().errorMessage = "This server does not host this topic-partition.";
        }
    }
    for (auto& slot : response.responses) {
        if (slot.errorCode == ErrorCode::kNone) {
            ++deletion->open;
            services.shares.removeTopic(request.groupId, slot.topicId, [deletion, &slot](groups::GroupErrc error) {
                slot.errorCode = toKafka(error);
                deletion->countDown();
            });
        }
    }
    deletion->countDown();
}

}  // namespace

constinit const Handler kDeleteShareGroupOffsetsHandler =
    handledBy<deleteShareGroupOffsets>(DeleteShareGroupOffsetsRequest::kVersions);

}  // namespace weir::server
