// SPDX-License-Identifier: GPL-3.0-or-later
// Users, access rules and quotas: the same stores that the handlers of the wire change.
#include <string>
#include <utility>

#include "broker/api/embedded_operations.h"

namespace weir::api {

namespace {

ClusterError invalid(std::string sentence) {
    return {ClusterErrc::kInvalid, 0, std::move(sentence)};
}

ClusterResult<void> answer(const catalog::CatalogResult<void>& done) {
    if (!done) {
        return fail(ClusterError{ClusterErrc::kStorage, 0, done.error().message});
    }
    return {};
}

security::ScramMechanism toScram(LoginMechanism mechanism) {
    return static_cast<security::ScramMechanism>(mechanism);
}

security::Acl toAcl(const AccessRule& rule) {
    return {static_cast<security::ResourceType>(rule.resource),
            rule.name,
            static_cast<security::PatternType>(rule.pattern),
            rule.principal,
            rule.host,
            static_cast<security::AclOperation>(rule.operation),
            static_cast<security::Permission>(rule.permission)};
}

AccessRule toRule(const security::Acl& acl) {
    return {static_cast<AccessResource>(acl.resourceType),
            acl.resourceName,
            static_cast<AccessPattern>(acl.patternType),
            acl.principal,
            acl.host,
            static_cast<AccessOperation>(acl.operation),
            static_cast<AccessPermission>(acl.permission)};
}

security::QuotaName toName(const std::optional<std::string>& name) {
    using security::QuotaName;
    return !name ? QuotaName{} : name->empty() ? QuotaName::byDefault() : QuotaName::named(*name);
}

std::optional<std::string> fromName(const security::QuotaName& name) {
    return name.isThere() ? std::optional(name.name) : std::nullopt;
}

const ClusterError kNoAuthorizer{ClusterErrc::kUnsupported, 54,
                                 "Nobody asks access rules here: authorizer.class.name is not set."};

}  // namespace

ClusterResult<std::vector<UserInfo>> EmbeddedOperations::users() {
    return running([&]() -> ClusterResult<std::vector<UserInfo>> {
        std::vector<UserInfo> all;
        for (const auto& [name, logins] : services().scramUsers->list()) {
            UserInfo& user = all.emplace_back();
            user.name = name;
            for (const auto& login : logins) {
                user.logins.push_back({static_cast<LoginMechanism>(login.mechanism), login.iterations});
            }
        }
        return all;
    });
}

ClusterResult<void> EmbeddedOperations::putLogin(const NewLogin& login) {
    return running([&]() -> ClusterResult<void> {
        constexpr std::size_t kSaltBytes = 32;
        if (login.user.empty()) {
            return fail(invalid("A user needs a name."));
        }
        if (login.password.empty()) {
            return fail(invalid("A user needs a password."));
        }
        if (login.iterations < security::kMinScramIterations || login.iterations > security::kMaxScramIterations) {
            return fail(invalid("Iterations are " + std::to_string(security::kMinScramIterations) + " to " +
                                std::to_string(security::kMaxScramIterations) + "."));
        }
        Bytes salt(kSaltBytes);
        for (auto& byte : salt) {
            byte = static_cast<Bytes::value_type>(services().random.next());
        }
        const auto mechanism = toScram(login.mechanism);
        return answer(services().scramUsers->change(
            {{{login.user, mechanism},
              security::scramCredential(mechanism, login.iterations, std::move(salt), login.password)}},
            {}));
    });
}

ClusterResult<void> EmbeddedOperations::removeLogin(const std::string& user, LoginMechanism mechanism) {
    return running([&]() -> ClusterResult<void> {
        if (!services().scramUsers->find(toScram(mechanism), user)) {
            return fail(ClusterError{ClusterErrc::kNotFound, 91, "There is no user '" + user + "' with this login."});
        }
        return answer(services().scramUsers->change({}, {{user, toScram(mechanism)}}));
    });
}

ClusterResult<AccessRules> EmbeddedOperations::accessRules() {
    return running([&]() -> ClusterResult<AccessRules> {
        AccessRules rules;
        if (services().authorizer != nullptr) {
            rules.areEnforced = true;
            for (const security::Acl& acl : services().authorizer->find({})) {
                rules.rules.push_back(toRule(acl));
            }
        }
        return rules;
    });
}

ClusterResult<void> EmbeddedOperations::addRule(const AccessRule& rule) {
    return running([&]() -> ClusterResult<void> {
        if (services().authorizer == nullptr) {
            return fail(ClusterError(kNoAuthorizer));
        }
        const security::Acl acl = toAcl(rule);
        if (auto why = security::whyNotAnAcl(acl)) {
            return fail(invalid(*std::move(why)));
        }
        return answer(services().authorizer->add({acl}));
    });
}

ClusterResult<void> EmbeddedOperations::removeRule(const AccessRule& rule) {
    return running([&]() -> ClusterResult<void> {
        if (services().authorizer == nullptr) {
            return fail(ClusterError(kNoAuthorizer));
        }
        const security::Acl acl = toAcl(rule);
        const auto removed = services().authorizer->remove({{acl.resourceType, acl.resourceName, acl.patternType,
                                                             acl.principal, acl.host, acl.operation, acl.permission}});
        if (!removed) {
            return fail(ClusterError{ClusterErrc::kStorage, 0, removed.error().message});
        }
        if (removed->front().empty()) {
            return fail(ClusterError{ClusterErrc::kNotFound, 0, "There is no such rule any more."});
        }
        return {};
    });
}

ClusterResult<std::vector<QuotaInfo>> EmbeddedOperations::quotas() {
    return running([&]() -> ClusterResult<std::vector<QuotaInfo>> {
        std::vector<QuotaInfo> all;
        for (const auto& entry : services().quotas->list()) {
            all.push_back({{fromName(entry.entity.user), fromName(entry.entity.clientId), fromName(entry.entity.ip)},
                           entry.limits});
        }
        return all;
    });
}

ClusterResult<void> EmbeddedOperations::setQuotas(const QuotaTarget& target,
                                                  const std::map<std::string, std::optional<double>>& limits) {
    return running([&]() -> ClusterResult<void> {
        const security::QuotaEntity entity{toName(target.user), toName(target.clientId), toName(target.ip)};
        if (auto why = security::whyNotAQuotaEntity(entity)) {
            return fail(invalid(*std::move(why)));
        }
        std::vector<security::Quotas::Change> changes;
        for (const auto& [key, value] : limits) {
            if (auto why = security::whyNotAQuota(entity, key, value)) {
                return fail(invalid(*std::move(why)));
            }
            changes.push_back({entity, key, value});
        }
        return answer(services().quotas->change(changes));
    });
}

}  // namespace weir::api
