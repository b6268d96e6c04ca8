// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/sync_group.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::SyncGroupRequest;
using protocol::SyncGroupResponse;

void syncGroup(Services& services, SyncGroupRequest request, Reply<SyncGroupResponse> reply) {
    if (!mayGroup(services, reply.call(), AclOperation::kRead, request.groupId)) {
        SyncGroupResponse refused;
        refused.errorCode = refusalOf(ResourceType::kGroup);
        reply.send(refused);
        return;
    }
    constexpr std::int16_t kFirstWithProtocol = 5;
    if (!reply.call().isBefore(kFirstWithProtocol) && !(request.protocolType && request.protocolName)) {
        // Asked before who it is (SyncGroupRequest.areMandatoryProtocolTypeAndNamePresent).
        SyncGroupResponse refused;
        refused.errorCode = ErrorCode::kInconsistentGroupProtocol;
        reply.send(refused);
        return;
    }
    groups::SyncGroupRequest sync;
    sync.groupId = std::move(request.groupId);
    sync.generation = request.generationId;
    sync.memberId = std::move(request.memberId);
    sync.instanceId = std::move(request.groupInstanceId);
    sync.protocolType = std::move(request.protocolType);
    sync.protocolName = std::move(request.protocolName);
    for (auto& each : request.assignments) {
        sync.assignments.push_back({std::move(each.memberId), std::move(each.assignment)});
    }
    services.groups.syncGroup(std::move(sync), [reply = std::move(reply)](groups::SyncGroupResponse synced) mutable {
        SyncGroupResponse response;
        response.errorCode = toKafka(synced.error);
        response.protocolType = std::move(synced.protocolType);
        response.protocolName = std::move(synced.protocolName);
        response.assignment = std::move(synced.assignment);
        reply.send(response);
    });
}

}  // namespace

constinit const Handler kSyncGroupHandler = handledBy<syncGroup>(SyncGroupRequest::kVersions);

}  // namespace weir::server
