// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>

#include "broker/security/acl.h"

/// What a client may do, as the bit fields of KIP-430: bit n stands for Kafka's AclOperation with code n: what
/// there is to be allowed with each kind of resource (AclEntry.supportedOperations).
namespace weir::server {

using security::AclOperation;

constexpr std::int32_t operationBits(std::initializer_list<AclOperation> operations) {
    std::int32_t bits = 0;
    for (const AclOperation operation : operations) {
        bits |= 1 << static_cast<int>(operation);
    }
    return bits;
}

inline constexpr std::int32_t kOperationsNotAsked = std::numeric_limits<std::int32_t>::min();
inline constexpr std::int32_t kTopicOperations = operationBits(
    {AclOperation::kRead, AclOperation::kWrite, AclOperation::kCreate, AclOperation::kDelete, AclOperation::kAlter,
     AclOperation::kDescribe, AclOperation::kDescribeConfigs, AclOperation::kAlterConfigs});
inline constexpr std::int32_t kGroupOperations =
    operationBits({AclOperation::kRead, AclOperation::kDelete, AclOperation::kDescribe, AclOperation::kDescribeConfigs,
                   AclOperation::kAlterConfigs});
inline constexpr std::int32_t kClusterOperations =
    operationBits({AclOperation::kCreate, AclOperation::kAlter, AclOperation::kDescribe, AclOperation::kClusterAction,
                   AclOperation::kDescribeConfigs, AclOperation::kAlterConfigs, AclOperation::kIdempotentWrite});

}  // namespace weir::server
