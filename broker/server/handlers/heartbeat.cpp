// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/heartbeat.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::HeartbeatRequest;
using protocol::HeartbeatResponse;

HeartbeatResponse heartbeat(Services& services, const Call& call, HeartbeatRequest request) {
    HeartbeatResponse response;
    if (!mayGroup(services, call, AclOperation::kRead, request.groupId)) {
        response.errorCode = refusalOf(ResourceType::kGroup);
        return response;
    }
    response.errorCode =
        toKafka(services.groups.heartbeat({std::move(request.groupId), request.generationId,
                                           std::move(request.memberId), std::move(request.groupInstanceId)}));
    return response;
}

}  // namespace

constinit const Handler kHeartbeatHandler = handledBy<heartbeat>(HeartbeatRequest::kVersions);

}  // namespace weir::server
