// SPDX-License-Identifier: GPL-3.0-or-later
// Users, access rules and quotas of a remote cluster, by Kafka's administration requests.
#include "app/cluster/remote/remote_operations.h"
#include "broker/base/random.h"
#include "broker/protocol/messages/alter_client_quotas.h"
#include "broker/protocol/messages/alter_user_scram_credentials.h"
#include "broker/protocol/messages/create_acls.h"
#include "broker/protocol/messages/delete_acls.h"
#include "broker/protocol/messages/describe_acls.h"
#include "broker/protocol/messages/describe_client_quotas.h"
#include "broker/protocol/messages/describe_user_scram_credentials.h"
#include "broker/security/crypto.h"

namespace weir::app {

using protocol::ErrorCode;

namespace {

constexpr std::size_t kSaltBytes = 32;
constexpr const char* kUserEntity = "user";
constexpr const char* kClientEntity = "client-id";
constexpr const char* kIpEntity = "ip";

template <class Results>
ClusterResult<void> firstRefusal(const Results& results) {
    for (const auto& one : results) {
        if (one.errorCode != ErrorCode::kNone) {
            return fail(errorOf(one.errorCode, one.errorMessage));
        }
    }
    return {};
}

template <class Entity>
std::vector<Entity> entityOf(const QuotaTarget& target) {
    std::vector<Entity> entity;
    const auto add = [&entity](const char* type, const std::optional<std::string>& name) {
        if (name) {
            // An absent name on the wire is "all others".
            entity.push_back({type, name->empty() ? std::nullopt : name, {}});
        }
    };
    add(kUserEntity, target.user);
    add(kClientEntity, target.clientId);
    add(kIpEntity, target.ip);
    return entity;
}

/// A rule as it is made, or as the filter that fits it alone: both have the same fields in the same order.
template <class Wire>
Wire toWire(const AccessRule& rule) {
    return {static_cast<std::int8_t>(rule.resource),
            rule.name,
            static_cast<std::int8_t>(rule.pattern),
            rule.principal,
            rule.host,
            static_cast<std::int8_t>(rule.operation),
            static_cast<std::int8_t>(rule.permission),
            {}};
}

}  // namespace

ClusterResult<std::vector<UserInfo>> RemoteOperations::users() {
    protocol::DescribeUserScramCredentialsRequest request;
    request.users = std::nullopt;
    const auto answer = m_wire.callAny<protocol::DescribeUserScramCredentialsResponse>(request);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (answer->message.errorCode != ErrorCode::kNone) {
        return fail(errorOf(answer->message.errorCode, answer->message.errorMessage));
    }
    std::map<std::string, UserInfo> byName;
    for (const auto& from : answer->message.results) {
        if (from.errorCode != ErrorCode::kNone) {
            continue;
        }
        UserInfo& user = byName[from.user];
        user.name = from.user;
        for (const auto& login : from.credentialInfos) {
            user.logins.push_back({static_cast<LoginMechanism>(login.mechanism), login.iterations});
        }
    }
    std::vector<UserInfo> all;
    for (auto& [name, user] : byName) {
        all.push_back(std::move(user));
    }
    return all;
}

// The password is stretched here: it never travels.
ClusterResult<void> RemoteOperations::putLogin(const NewLogin& login) {
    if (login.user.empty() || login.password.empty()) {
        return fail(ClusterError{ClusterErrc::kInvalid, 0,
                                 login.user.empty() ? "A user needs a name." : "A user needs a password."});
    }
    if (login.iterations < 1) {
        return fail(ClusterError{ClusterErrc::kInvalid, 0, "A password is stretched at least once."});
    }
    SystemRandom random;
    protocol::AlterUserScramCredentialsRequest request;
    protocol::AlterUserScramCredentialsRequest::ScramCredentialUpsertion put;
    put.name = login.user;
    put.mechanism = static_cast<std::int8_t>(login.mechanism);
    put.iterations = login.iterations;
    put.salt = security::randomBytes(random, kSaltBytes);
    put.saltedPassword = security::stretch(
        login.mechanism == LoginMechanism::kScramSha256 ? security::Digest::kSha256 : security::Digest::kSha512,
        login.password, put.salt, login.iterations);
    request.upsertions.push_back(std::move(put));
    const auto answer = m_wire.callController<protocol::AlterUserScramCredentialsResponse>(request);
    return answer ? firstRefusal(answer->message.results) : fail(ClusterError(answer.error()));
}

ClusterResult<void> RemoteOperations::removeLogin(const std::string& user, LoginMechanism mechanism) {
    protocol::AlterUserScramCredentialsRequest request;
    request.deletions.push_back({user, static_cast<std::int8_t>(mechanism), {}});
    const auto answer = m_wire.callController<protocol::AlterUserScramCredentialsResponse>(request);
    return answer ? firstRefusal(answer->message.results) : fail(ClusterError(answer.error()));
}

ClusterResult<AccessRules> RemoteOperations::accessRules() {
    constexpr std::int8_t kAny = 1;
    protocol::DescribeAclsRequest request;
    request.resourceTypeFilter = request.patternTypeFilter = request.operation = request.permissionType = kAny;
    request.resourceNameFilter = request.principalFilter = request.hostFilter = std::nullopt;
    const auto answer = m_wire.callAny<protocol::DescribeAclsResponse>(request);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    AccessRules rules;
    if (answer->message.errorCode == ErrorCode::kSecurityDisabled) {
        return rules;
    }
    if (answer->message.errorCode != ErrorCode::kNone) {
        return fail(errorOf(answer->message.errorCode, answer->message.errorMessage));
    }
    rules.areEnforced = true;
    for (const auto& resource : answer->message.resources) {
        for (const auto& acl : resource.acls) {
            rules.rules.push_back({static_cast<AccessResource>(resource.resourceType), resource.resourceName,
                                   static_cast<AccessPattern>(resource.patternType), acl.principal, acl.host,
                                   static_cast<AccessOperation>(acl.operation),
                                   static_cast<AccessPermission>(acl.permissionType)});
        }
    }
    return rules;
}

ClusterResult<void> RemoteOperations::addRule(const AccessRule& rule) {
    protocol::CreateAclsRequest request;
    request.creations.push_back(toWire<protocol::CreateAclsRequest::AclCreation>(rule));
    const auto answer = m_wire.callController<protocol::CreateAclsResponse>(request);
    return answer ? firstRefusal(answer->message.results) : fail(ClusterError(answer.error()));
}

ClusterResult<void> RemoteOperations::removeRule(const AccessRule& rule) {
    protocol::DeleteAclsRequest request;
    request.filters.push_back(toWire<protocol::DeleteAclsRequest::DeleteAclsFilter>(rule));
    const auto answer = m_wire.callController<protocol::DeleteAclsResponse>(request);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (auto done = firstRefusal(answer->message.filterResults); !done) {
        return done;
    }
    if (answer->message.filterResults.empty() || answer->message.filterResults.front().matchingAcls.empty()) {
        return fail(ClusterError{ClusterErrc::kNotFound, 0, "There is no such rule any more."});
    }
    return firstRefusal(answer->message.filterResults.front().matchingAcls);
}

ClusterResult<std::vector<QuotaInfo>> RemoteOperations::quotas() {
    const auto answer = m_wire.callAny<protocol::DescribeClientQuotasResponse>(protocol::DescribeClientQuotasRequest());
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (answer->message.errorCode != ErrorCode::kNone) {
        return fail(errorOf(answer->message.errorCode, answer->message.errorMessage));
    }
    std::vector<QuotaInfo> all;
    using Entries = std::vector<protocol::DescribeClientQuotasResponse::EntryData>;
    for (const auto& entry : answer->message.entries.value_or(Entries())) {
        QuotaInfo& quota = all.emplace_back();
        for (const auto& part : entry.entity) {
            const std::string name = part.entityName.value_or("");
            (part.entityType == kUserEntity     ? quota.target.user
             : part.entityType == kClientEntity ? quota.target.clientId
                                                : quota.target.ip) = name;
        }
        for (const auto& value : entry.values) {
            quota.limits.emplace(value.key, value.value);
        }
    }
    return all;
}

ClusterResult<void> RemoteOperations::setQuotas(const QuotaTarget& target,
                                                const std::map<std::string, std::optional<double>>& limits) {
    protocol::AlterClientQuotasRequest request;
    protocol::AlterClientQuotasRequest::EntryData entry;
    entry.entity = entityOf<protocol::AlterClientQuotasRequest::EntityData>(target);
    for (const auto& [key, value] : limits) {
        entry.ops.push_back({key, value.value_or(0), !value, {}});
    }
    request.entries.push_back(std::move(entry));
    const auto answer = m_wire.callController<protocol::AlterClientQuotasResponse>(request);
    return answer ? firstRefusal(answer->message.entries) : fail(ClusterError(answer.error()));
}

}  // namespace weir::app
