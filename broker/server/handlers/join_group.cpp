// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/join_group.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::JoinGroupRequest;
using protocol::JoinGroupResponse;

constexpr std::int16_t kFirstWithNullProtocol = 7;

JoinGroupResponse toWire(groups::JoinGroupResponse joined, const Call& call) {
    JoinGroupResponse response;
    response.errorCode = toKafka(joined.error);
    response.generationId = joined.generation;
    response.protocolType = std::move(joined.protocolType);
    response.protocolName = std::move(joined.protocolName);
    if (!response.protocolName && call.isBefore(kFirstWithNullProtocol)) {
        response.protocolName = "";
    }
    response.leader = std::move(joined.leader);
    response.skipAssignment = joined.skipAssignment;
    response.memberId = std::move(joined.memberId);
    for (auto& member : joined.members) {
        response.members.push_back(
            {std::move(member.memberId), std::move(member.instanceId), std::move(member.metadata), {}});
    }
    return response;
}

void joinGroup(Services& services, JoinGroupRequest request, Reply<JoinGroupResponse> reply) {
    const Call& call = reply.call();
    if (!mayGroup(services, call, AclOperation::kRead, request.groupId)) {
        JoinGroupResponse refused;
        refused.errorCode = refusalOf(ResourceType::kGroup);
        refused.protocolName = "";
        reply.send(refused);
        return;
    }
    call.peer->noteGroup(request.groupId);
    groups::JoinGroupRequest join;
    join.apiVersion = call.version.value;
    join.client = {std::string(call.clientId), call.clientHost()};
    join.groupId = std::move(request.groupId);
    join.memberId = std::move(request.memberId);
    join.instanceId = std::move(request.groupInstanceId);
    join.sessionTimeout = std::chrono::milliseconds(request.sessionTimeoutMs);
    join.rebalanceTimeout = std::chrono::milliseconds(request.rebalanceTimeoutMs);
    join.protocolType = std::move(request.protocolType);
    join.reason = std::move(request.reason);
    for (auto& each : request.protocols) {
        join.protocols.push_back({std::move(each.name), std::move(each.metadata)});
    }
    services.groups.joinGroup(std::move(join), [reply = std::move(reply)](groups::JoinGroupResponse joined) mutable {
        reply.send(toWire(std::move(joined), reply.call()));
    });
}

}  // namespace

constinit const Handler kJoinGroupHandler = handledBy<joinGroup>(JoinGroupRequest::kVersions);

}  // namespace weir::server
