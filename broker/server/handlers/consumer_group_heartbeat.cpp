// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/consumer_group_heartbeat.h"

#include "broker/server/error_map.h"
#include "broker/server/handlers/group_wire.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ConsumerGroupHeartbeatRequest;
using protocol::ConsumerGroupHeartbeatResponse;

groups::ConsumerGroupHeartbeatRequest heartOf(ConsumerGroupHeartbeatRequest request, const Call& call) {
    groups::ConsumerGroupHeartbeatRequest beat;
    beat.apiVersion = call.version.value;
    beat.client = identityOf(call);
    beat.groupId = std::move(request.groupId);
    beat.memberId = std::move(request.memberId);
    beat.memberEpoch = request.memberEpoch;
    beat.instanceId = std::move(request.instanceId);
    beat.rackId = std::move(request.rackId);
    if (request.rebalanceTimeoutMs != -1) {
        beat.rebalanceTimeout = std::chrono::milliseconds(request.rebalanceTimeoutMs);
    }
    beat.subscribedTopics = std::move(request.subscribedTopicNames);
    beat.subscribedRegex = std::move(request.subscribedTopicRegex);
    beat.serverAssignor = std::move(request.serverAssignor);
    if (request.topicPartitions) {
        beat.owned = fromWire(*request.topicPartitions);
    }
    return beat;
}

void consumerGroupHeartbeat(Services& services, ConsumerGroupHeartbeatRequest request,
                            Reply<ConsumerGroupHeartbeatResponse> reply) {
    if (const auto refusal = whyNoMember(services, reply.call(), request.groupId,
                                         request.subscribedTopicNames.value_or(std::vector<std::string>()))) {
        ConsumerGroupHeartbeatResponse refused;
        refused.errorCode = *refusal;
        reply.send(refused);
        return;
    }
    reply.call().peer->noteGroup(request.groupId);
    auto beat = heartOf(std::move(request), reply.call());
    services.groups.consumerGroupHeartbeat(
        std::move(beat), [reply = std::move(reply)](groups::ConsumerGroupHeartbeatResponse answer) mutable {
            ConsumerGroupHeartbeatResponse response;
            response.errorCode = toKafka(answer.error);
            response.errorMessage = std::move(answer.errorMessage);
            response.memberId = std::move(answer.memberId);
            response.memberEpoch = answer.memberEpoch;
            response.heartbeatIntervalMs = static_cast<std::int32_t>(answer.heartbeatInterval.count());
            if (answer.assignment) {
                response.assignment.emplace().topicPartitions =
                    toWire<ConsumerGroupHeartbeatResponse::TopicPartitions>(*answer.assignment);
            }
            reply.send(response);
        });
}

}  // namespace

constinit const Handler kConsumerGroupHeartbeatHandler =
    handledBy<consumerGroupHeartbeat>(ConsumerGroupHeartbeatRequest::kVersions);

}  // namespace weir::server
