// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/acl.h"

#include "broker/security/principal.h"

namespace weir::security {

namespace {

template <class Enum>
bool isBetween(Enum value, Enum first, Enum last) {
    return value >= first && value <= last;
}

bool matchesResource(const AclFilter& filter, const Acl& acl) {
    if (filter.resourceType != ResourceType::kAny && filter.resourceType != acl.resourceType) {
        return false;
    }
    const bool isConcrete = filter.patternType == PatternType::kLiteral || filter.patternType == PatternType::kPrefixed;
    if (isConcrete && filter.patternType != acl.patternType) {
        return false;
    }
    if (!filter.resourceName) {
        return true;
    }
    if (filter.patternType != PatternType::kMatch) {
        return *filter.resourceName == acl.resourceName;
    }
    return acl.patternType == PatternType::kPrefixed
               ? filter.resourceName->starts_with(acl.resourceName)
               : acl.resourceName == *filter.resourceName || acl.resourceName == kWildcard;
}

}  // namespace

bool AclFilter::matches(const Acl& acl) const {
    return matchesResource(*this, acl) && (!principal || *principal == acl.principal) && (!host || *host == acl.host) &&
           (operation == AclOperation::kAny || operation == acl.operation) &&
           (permission == Permission::kAny || permission == acl.permission);
}

bool AclFilter::isUnknown() const {
    return !isBetween(resourceType, ResourceType::kAny, ResourceType::kUser) ||
           !isBetween(patternType, PatternType::kAny, PatternType::kPrefixed) ||
           !isBetween(operation, AclOperation::kAny, AclOperation::kTwoPhaseCommit) ||
           !isBetween(permission, Permission::kAny, Permission::kAllow);
}

std::optional<std::string> whyNotAnAcl(const Acl& acl) {
    if (!isBetween(acl.resourceType, ResourceType::kTopic, ResourceType::kUser)) {
        return "A rule names one kind of resource.";
    }
    if (acl.patternType != PatternType::kLiteral && acl.patternType != PatternType::kPrefixed) {
        return "A rule's pattern is literal or a prefix.";
    }
    if (!isBetween(acl.operation, AclOperation::kAll, AclOperation::kTwoPhaseCommit)) {
        return "A rule names one operation, or all.";
    }
    if (acl.permission != Permission::kAllow && acl.permission != Permission::kDeny) {
        return "A rule allows or denies.";
    }
    if (acl.resourceName.empty()) {
        return "A rule names its resource.";
    }
    if (acl.resourceType == ResourceType::kCluster && acl.resourceName != kClusterName) {
        return "The only name of the cluster is " + std::string(kClusterName) + ".";
    }
    if (!parsePrincipal(acl.principal)) {
        return "A principal is written type:name.";
    }
    return std::nullopt;
}

Acl fromRow(const catalog::AclRow& row) {
    return {static_cast<ResourceType>(row.resourceType),
            row.resourceName,
            static_cast<PatternType>(row.patternType),
            row.principal,
            row.host,
            static_cast<AclOperation>(row.operation),
            static_cast<Permission>(row.permission)};
}

catalog::AclRow toRow(const Acl& acl) {
    return {static_cast<std::int8_t>(acl.resourceType),
            acl.resourceName,
            static_cast<std::int8_t>(acl.patternType),
            acl.principal,
            acl.host,
            static_cast<std::int8_t>(acl.operation),
            static_cast<std::int8_t>(acl.permission)};
}

}  // namespace weir::security
