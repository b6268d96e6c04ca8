// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "broker/security/acl.h"

namespace weir::security {

/// All rules, ordered for deciding: finding those of a resource takes one look-up by name, one for the wildcard and one
/// for each length that a prefix has. Immutable once made.
class AclRules {
public:
    explicit AclRules(std::set<Acl> acls);

    struct Verdict {
        bool hasRules = false;
        bool isAllowed = false;
        bool isDenied = false;
    };
    [[nodiscard]] Verdict judge(std::string_view principal, std::string_view host, AclOperation operation,
                                ResourceType type, std::string_view name) const;
    [[nodiscard]] bool allowsSomewhere(std::string_view principal, std::string_view host, AclOperation operation,
                                       ResourceType type) const;
    [[nodiscard]] const std::set<Acl>& all() const { return m_acls; }

private:
    using ByName = std::map<std::string, std::vector<const Acl*>, std::less<>>;
    struct OfType {
        ByName literal;
        ByName prefixed;
        std::set<std::size_t> prefixLengths;
    };

    std::set<Acl> m_acls;
    std::array<OfType, static_cast<std::size_t>(ResourceType::kUser) + 1> m_types;
};

}  // namespace weir::security
