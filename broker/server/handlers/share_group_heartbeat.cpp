// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/share_group_heartbeat.h"

#include "broker/server/error_map.h"
#include "broker/server/handlers/group_wire.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ShareGroupHeartbeatRequest;
using protocol::ShareGroupHeartbeatResponse;

void shareGroupHeartbeat(Services& services, ShareGroupHeartbeatRequest request,
                         Reply<ShareGroupHeartbeatResponse> reply) {
    if (const auto refusal = whyNoMember(services, reply.call(), request.groupId,
                                         request.subscribedTopicNames.value_or(std::vector<std::string>()))) {
        ShareGroupHeartbeatResponse refused;
        refused.errorCode = *refusal;
        reply.send(refused);
        return;
    }
    reply.call().peer->noteGroup(request.groupId);
    groups::ShareGroupHeartbeatRequest beat{identityOf(reply.call()),    std::move(request.groupId),
                                            std::move(request.memberId), request.memberEpoch,
                                            std::move(request.rackId),   std::move(request.subscribedTopicNames)};
    services.groups.shareGroupHeartbeat(
        std::move(beat), [reply = std::move(reply)](groups::ShareGroupHeartbeatResponse answer) mutable {
            ShareGroupHeartbeatResponse response;
            response.errorCode = toKafka(answer.error);
            response.errorMessage = std::move(answer.errorMessage);
            response.memberId = std::move(answer.memberId);
            response.memberEpoch = answer.memberEpoch;
            response.heartbeatIntervalMs = static_cast<std::int32_t>(answer.heartbeatInterval.count());
            if (answer.assignment) {
                response.assignment.emplace().topicPartitions =
                    toWire<ShareGroupHeartbeatResponse::TopicPartitions>(*answer.assignment);
            }
            reply.send(response);
        });
}

}  // namespace

constinit const Handler kShareGroupHeartbeatHandler =
    handledBy<shareGroupHeartbeat>(ShareGroupHeartbeatRequest::kVersions);

}  // namespace weir::server
