// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "broker/catalog/catalog.h"
#include "broker/security/acl.h"
#include "broker/security/principal.h"

namespace weir::security {

class AclRules;

/// Decides who may do what, by the rules of Kafka's StandardAuthorizer: a super user may do everything; a rule that
/// denies wins over all that allow; where no rule names a resource, allow.everyone.if.no.acl.found decides; else what
/// is not allowed is denied. To be allowed to read, write, delete or alter includes describing, to alter configs
/// describing configs.
///
/// Rules live in the catalog and, for deciding, in an immutable snapshot. Thread safe; changes block for a commit.
class Authorizer {
public:
    struct Options {
        /// "User:admin"
        std::set<std::string> superUsers;
        bool allowIfNoAcl = false;
    };
    static catalog::CatalogResult<std::unique_ptr<Authorizer>> open(catalog::Catalog& catalog, Options options);
    ~Authorizer();

    [[nodiscard]] bool isAllowed(const Principal& who, std::string_view host, AclOperation operation, ResourceType type,
                                 std::string_view name) const;
    /// With any resource of that kind at all (Authorizer.authorizeByResourceType, KIP-679).
    [[nodiscard]] bool isAllowedSomewhere(const Principal& who, std::string_view host, AclOperation operation,
                                          ResourceType type) const;

    [[nodiscard]] std::vector<Acl> find(const AclFilter& filter) const;
    /// Rules that whyNotAnAcl has nothing against. Those that exist already stay as they are.
    catalog::CatalogResult<void> add(const std::vector<Acl>& acls);
    /// Removes what any of `filters` matches; answers what each found, in their order.
    catalog::CatalogResult<std::vector<std::vector<Acl>>> remove(const std::vector<AclFilter>& filters);

private:
    Authorizer(catalog::Catalog& catalog, Options options);
    [[nodiscard]] std::shared_ptr<const AclRules> rules() const;
    void publish(const std::set<Acl>& acls);

    catalog::Catalog& m_catalog;
    const Options m_options;
    std::mutex m_changeMutex;
    mutable std::mutex m_mutex;
    std::shared_ptr<const AclRules> m_rules;
};

}  // namespace weir::security
