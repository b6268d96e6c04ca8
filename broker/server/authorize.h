// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "broker/security/acl.h"
#include "broker/server/call.h"

/// The one question every handler asks before it acts or tells: may this caller do that? Without an authorizer the
/// answer is always yes. A handler states operation and resource in one line and answers a denial with Kafka's code for
/// the resource, before it looks whether the resource exists, so that a denial tells nothing.
///
///     if (!mayTopic(services, call, AclOperation::kWrite, topic.name)) { error = kTopicAuthorizationFailed; }
namespace weir::server {

using security::AclOperation;
using security::ResourceType;

bool may(const Services& services, const Call& call, AclOperation operation, ResourceType type, std::string_view name);
/// With any resource of that kind.
bool maySomewhere(const Services& services, const Call& call, AclOperation operation, ResourceType type);

inline bool mayTopic(const Services& services, const Call& call, AclOperation operation, std::string_view topic) {
    return may(services, call, operation, ResourceType::kTopic, topic);
}
inline bool mayGroup(const Services& services, const Call& call, AclOperation operation, std::string_view group) {
    return may(services, call, operation, ResourceType::kGroup, group);
}
inline bool mayTransaction(const Services& services, const Call& call, AclOperation operation, std::string_view id) {
    return may(services, call, operation, ResourceType::kTransactionalId, id);
}
inline bool mayCluster(const Services& services, const Call& call, AclOperation operation) {
    return may(services, call, operation, ResourceType::kCluster, security::kClusterName);
}

/// For answers that have nothing but an error: kNone where the caller may, else the code of the resource's kind.
protocol::ErrorCode refusalOf(ResourceType type);

/// Those of the `operations` (KIP-430 bits) that the caller may do with the resource.
std::int32_t allowedOperations(const Services& services, const Call& call, std::int32_t operations, ResourceType type,
                               std::string_view name);

}  // namespace weir::server
