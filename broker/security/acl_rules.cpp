// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/acl_rules.h"

#include <algorithm>
#include <utility>

namespace weir::security {

namespace {

/// What a rule that allows `granted` allows as well (StandardAuthorizerData, KIP-455).
bool implies(AclOperation granted, AclOperation asked) {
    using enum AclOperation;
    if (asked == kDescribe) {
        return granted == kRead || granted == kWrite || granted == kDelete || granted == kAlter;
    }
    return asked == kDescribeConfigs && granted == kAlterConfigs;
}

bool speaksOf(const Acl& acl, std::string_view principal, std::string_view host, AclOperation operation) {
    if (acl.principal != principal && acl.principal != kWildcardPrincipal) {
        return false;
    }
    if (acl.host != kWildcard && acl.host != host) {
        return false;
    }
    if (acl.operation == operation || acl.operation == AclOperation::kAll) {
        return true;
    }
    return acl.permission == Permission::kAllow && implies(acl.operation, operation);
}

}  // namespace

AclRules::AclRules(std::set<Acl> acls) : m_acls(std::move(acls)) {
    for (const Acl& acl : m_acls) {
        const auto type = static_cast<std::size_t>(acl.resourceType);
        if (type >= m_types.size()) {
            continue;
        }
        OfType& rules = m_types[type];
        if (acl.patternType == PatternType::kPrefixed) {
            rules.prefixed[acl.resourceName].push_back(&acl);
            rules.prefixLengths.insert(acl.resourceName.size());
        } else {
            rules.literal[acl.resourceName].push_back(&acl);
        }
    }
}

AclRules::Verdict AclRules::judge(std::string_view principal, std::string_view host, AclOperation operation,
                                  ResourceType type, std::string_view name) const {
    Verdict verdict;
    const OfType& rules = m_types[static_cast<std::size_t>(type)];
    const auto weigh = [&](const ByName& byName, std::string_view key) {
        const auto found = byName.find(key);
        if (found == byName.end()) {
            return;
        }
        verdict.hasRules = true;
        for (const Acl* acl : found->second) {
            if (speaksOf(*acl, principal, host, operation)) {
                (acl->permission == Permission::kDeny ? verdict.isDenied : verdict.isAllowed) = true;
            }
        }
    };
    weigh(rules.literal, name);
    if (name != kWildcard) {
        weigh(rules.literal, kWildcard);
    }
    for (const std::size_t length : rules.prefixLengths) {
        if (length > name.size()) {
            break;
        }
        weigh(rules.prefixed, name.substr(0, length));
    }
    return verdict;
}

bool AclRules::allowsSomewhere(std::string_view principal, std::string_view host, AclOperation operation,
                               ResourceType type) const {
    const OfType& rules = m_types[static_cast<std::size_t>(type)];
    const auto names = [&](const ByName& byName, Permission permission) {
        std::set<std::string_view> found;
        for (const auto& [name, acls] : byName) {
            if (std::any_of(acls.begin(), acls.end(), [&](const Acl* acl) {
                    return acl->permission == permission && speaksOf(*acl, principal, host, operation);
                })) {
                found.insert(name);
            }
        }
        return found;
    };
    const auto deniedNames = names(rules.literal, Permission::kDeny);
    const auto deniedPrefixes = names(rules.prefixed, Permission::kDeny);
    if (deniedNames.contains(kWildcard)) {
        return false;
    }
    const auto isUnderDeniedPrefix = [&](std::string_view name) {
        return std::any_of(deniedPrefixes.begin(), deniedPrefixes.end(),
                           [&](std::string_view prefix) { return name.starts_with(prefix); });
    };
    for (const std::string_view name : names(rules.literal, Permission::kAllow)) {
        if (name == kWildcard || (!deniedNames.contains(name) && !isUnderDeniedPrefix(name))) {
            return true;
        }
    }
    const auto prefixes = names(rules.prefixed, Permission::kAllow);
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](std::string_view prefix) { return !isUnderDeniedPrefix(prefix); });
}

}  // namespace weir::security
