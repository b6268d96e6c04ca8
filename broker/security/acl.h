// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/catalog/security_rows.h"

/// Access rules as Kafka names and numbers them (org.apache.kafka.common.acl and .resource). The numbers are the
/// wire's and the catalog's.
namespace weir::security {

enum class AclOperation : std::int8_t {
    kUnknown = 0,
    kAny = 1,
    kAll = 2,
    kRead = 3,
    kWrite = 4,
    kCreate = 5,
    kDelete = 6,
    kAlter = 7,
    kDescribe = 8,
    kClusterAction = 9,
    kDescribeConfigs = 10,
    kAlterConfigs = 11,
    kIdempotentWrite = 12,
    kCreateTokens = 13,
    kDescribeTokens = 14,
    kTwoPhaseCommit = 15
};
enum class ResourceType : std::int8_t {
    kUnknown = 0,
    kAny = 1,
    kTopic = 2,
    kGroup = 3,
    kCluster = 4,
    kTransactionalId = 5,
    kDelegationToken = 6,
    kUser = 7
};
enum class PatternType : std::int8_t { kUnknown = 0, kAny = 1, kMatch = 2, kLiteral = 3, kPrefixed = 4 };
enum class Permission : std::int8_t { kUnknown = 0, kAny = 1, kDeny = 2, kAllow = 3 };

inline constexpr std::string_view kClusterName = "kafka-cluster";
inline constexpr std::string_view kWildcard = "*";
inline constexpr std::string_view kWildcardPrincipal = "User:*";

/// One rule: who, from where, may or may not do what with which resources.
struct Acl {
    ResourceType resourceType = ResourceType::kUnknown;
    std::string resourceName;
    PatternType patternType = PatternType::kLiteral;
    std::string principal;
    std::string host;
    AclOperation operation = AclOperation::kUnknown;
    Permission permission = Permission::kUnknown;
    auto operator<=>(const Acl&) const = default;
};

/// Rules by example: a value that is not there, or kAny, matches everything; PatternType::kMatch finds the rules that
/// apply to a resource of that name.
struct AclFilter {
    ResourceType resourceType = ResourceType::kAny;
    std::optional<std::string> resourceName;
    PatternType patternType = PatternType::kAny;
    std::optional<std::string> principal;
    std::optional<std::string> host;
    AclOperation operation = AclOperation::kAny;
    Permission permission = Permission::kAny;

    [[nodiscard]] bool matches(const Acl& acl) const;
    /// A number that this broker does not know.
    [[nodiscard]] bool isUnknown() const;
};

/// Why a rule cannot stand, as a sentence; nothing when it can.
std::optional<std::string> whyNotAnAcl(const Acl& acl);

Acl fromRow(const catalog::AclRow& row);
catalog::AclRow toRow(const Acl& acl);

}  // namespace weir::security
