// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/find_coordinator.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::FindCoordinatorRequest;
using protocol::FindCoordinatorResponse;

constexpr std::int16_t kFirstWithManyKeys = 4;
constexpr std::int8_t kGroupKey = 0;
constexpr std::int8_t kTransactionKey = 1;

/// One node coordinates everything. A transactional producer is told where to go as well: what it then asks for is
/// what gets the precise refusal.
FindCoordinatorResponse::Coordinator coordinatorOf(Services& services, const Call& call, std::int8_t keyType,
                                                   std::string key) {
    FindCoordinatorResponse::Coordinator found;
    found.key = std::move(key);
    if (keyType != kGroupKey && keyType != kTransactionKey) {
        found.errorCode = ErrorCode::kInvalidRequest;
        found.errorMessage = "Weir coordinates groups; this kind of key is not served.";
        found.nodeId = BrokerId(-1);
        found.port = -1;
        return found;
    }
    const bool isAllowed = keyType == kGroupKey ? mayGroup(services, call, AclOperation::kDescribe, found.key)
                                                : mayTransaction(services, call, AclOperation::kDescribe, found.key);
    if (!isAllowed) {
        found.errorCode = refusalOf(keyType == kGroupKey ? ResourceType::kGroup : ResourceType::kTransactionalId);
        found.nodeId = BrokerId(-1);
        found.port = -1;
        return found;
    }
    Endpoint here = services.advertised(*call.peer);
    found.nodeId = services.self;
    found.host = std::move(here.host);
    found.port = here.port;
    return found;
}

FindCoordinatorResponse findCoordinator(Services& services, const Call& call, FindCoordinatorRequest request) {
    FindCoordinatorResponse response;
    if (call.isBefore(kFirstWithManyKeys)) {
        auto found = coordinatorOf(services, call, request.keyType, std::move(request.key));
        response.errorCode = found.errorCode;
        response.errorMessage = std::move(found.errorMessage);
        response.nodeId = found.nodeId;
        response.host = std::move(found.host);
        response.port = found.port;
        return response;
    }
    for (std::string& key : request.coordinatorKeys) {
        response.coordinators.push_back(coordinatorOf(services, call, request.keyType, std::move(key)));
    }
    return response;
}

}  // namespace

constinit const Handler kFindCoordinatorHandler = handledBy<findCoordinator>(FindCoordinatorRequest::kVersions);

}  // namespace weir::server
