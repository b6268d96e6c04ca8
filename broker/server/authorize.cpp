// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/authorize.h"

#include "broker/security/authorizer.h"
#include "broker/server/services.h"

namespace weir::server {

bool may(const Services& services, const Call& call, AclOperation operation, ResourceType type, std::string_view name) {
    return services.authorizer == nullptr ||
           services.authorizer->isAllowed(call.peer->principal(), call.peer->remoteHost(), operation, type, name);
}

bool maySomewhere(const Services& services, const Call& call, AclOperation operation, ResourceType type) {
    return services.authorizer == nullptr ||
           services.authorizer->isAllowedSomewhere(call.peer->principal(), call.peer->remoteHost(), operation, type);
}

protocol::ErrorCode refusalOf(ResourceType type) {
    switch (type) {
        case ResourceType::kTopic:
            return protocol::ErrorCode::kTopicAuthorizationFailed;
        case ResourceType::kGroup:
            return protocol::ErrorCode::kGroupAuthorizationFailed;
        case ResourceType::kTransactionalId:
            return protocol::ErrorCode::kTransactionalIdAuthorizationFailed;
        case ResourceType::kDelegationToken:
            return protocol::ErrorCode::kDelegationTokenAuthorizationFailed;
        default:
            return protocol::ErrorCode::kClusterAuthorizationFailed;
    }
}

std::int32_t allowedOperations(const Services& services, const Call& call, std::int32_t operations, ResourceType type,
                               std::string_view name) {
    if (services.authorizer == nullptr) {
        return operations;
    }
    std::int32_t allowed = 0;
    for (int i = static_cast<int>(AclOperation::kRead); i <= static_cast<int>(AclOperation::kTwoPhaseCommit); ++i) {
        if ((operations & (1 << i)) != 0 && may(services, call, static_cast<AclOperation>(i), type, name)) {
            allowed |= 1 << i;
        }
    }
    return allowed;
}

}  // namespace weir::server
