// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/authorizer.h"

#include <utility>

#include "broker/security/acl_rules.h"

namespace weir::security {

Authorizer::Authorizer(catalog::Catalog& catalog, Options options)
    : m_catalog(catalog), m_options(std::move(options)) {}

Authorizer::~Authorizer() = default;

catalog::CatalogResult<std::unique_ptr<Authorizer>> Authorizer::open(catalog::Catalog& catalog, Options options) {
    std::unique_ptr<Authorizer> authorizer(new Authorizer(catalog, std::move(options)));
    const auto rows = catalog.acls();
    if (!rows) {
        return fail(rows.error());
    }
    std::set<Acl> acls;
    for (const auto& row : *rows) {
        acls.insert(fromRow(row));
    }
    authorizer->publish(acls);
    return authorizer;
}

std::shared_ptr<const AclRules> Authorizer::rules() const {
    const std::lock_guard lock(m_mutex);
    return m_rules;
}

void Authorizer::publish(const std::set<Acl>& acls) {
    auto rules = std::make_shared<const AclRules>(acls);
    const std::lock_guard lock(m_mutex);
    m_rules = std::move(rules);
}

bool Authorizer::isAllowed(const Principal& who, std::string_view host, AclOperation operation, ResourceType type,
                           std::string_view name) const {
    const std::string principal = who.text();
    if (m_options.superUsers.contains(principal)) {
        return true;
    }
    const auto verdict = rules()->judge(principal, host, operation, type, name);
    if (verdict.isDenied) {
        return false;
    }
    return verdict.isAllowed || (!verdict.hasRules && m_options.allowIfNoAcl);
}

bool Authorizer::isAllowedSomewhere(const Principal& who, std::string_view host, AclOperation operation,
                                    ResourceType type) const {
    const std::string principal = who.text();
    if (m_options.superUsers.contains(principal)) {
        return true;
    }
    const auto current = rules();
    if (current->allowsSomewhere(principal, host, operation, type)) {
        return true;
    }
    // A name that nobody has: allowed only where no rule is needed.
    return isAllowed(who, host, operation, type, "\n");
}

std::vector<Acl> Authorizer::find(const AclFilter& filter) const {
    std::vector<Acl> found;
    const auto current = rules();
    for (const Acl& acl : current->all()) {
        if (filter.matches(acl)) {
            found.push_back(acl);
        }
    }
    return found;
}

catalog::CatalogResult<void> Authorizer::add(const std::vector<Acl>& acls) {
    const std::lock_guard lock(m_changeMutex);
    std::vector<catalog::AclRow> rows;
    std::set<Acl> all = rules()->all();
    for (const Acl& acl : acls) {
        if (all.insert(acl).second) {
            rows.push_back(toRow(acl));
        }
    }
    if (rows.empty()) {
        return {};
    }
    auto stored = m_catalog.changeAcls(rows, {});
    if (stored) {
        publish(all);
    }
    return stored;
}

catalog::CatalogResult<std::vector<std::vector<Acl>>> Authorizer::remove(const std::vector<AclFilter>& filters) {
    const std::lock_guard lock(m_changeMutex);
    std::set<Acl> all = rules()->all();
    std::vector<std::vector<Acl>> removed;
    std::vector<catalog::AclRow> rows;
    for (const AclFilter& filter : filters) {
        auto& found = removed.emplace_back();
        for (const Acl& acl : rules()->all()) {
            if (filter.matches(acl)) {
                found.push_back(acl);
                if (all.erase(acl) != 0) {
                    rows.push_back(toRow(acl));
                }
            }
        }
    }
    if (!rows.empty()) {
        if (auto stored = m_catalog.changeAcls({}, rows); !stored) {
            return fail(stored.error());
        }
        publish(all);
    }
    return removed;
}

}  // namespace weir::security
