// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Who may use a cluster, for what, and how much of it: users, access rules and quotas as plain values. The numbers of
/// the enums are Kafka's, as on the wire.
namespace weir {

enum class LoginMechanism : std::int8_t { kScramSha256 = 1, kScramSha512 = 2 };

/// A user with a SCRAM password. No password is ever read back.
struct UserInfo {
    struct Login {
        LoginMechanism mechanism = LoginMechanism::kScramSha256;
        std::int32_t iterations = 4096;
        bool operator==(const Login&) const = default;
    };
    std::string name;
    std::vector<Login> logins;
    bool operator==(const UserInfo&) const = default;
};

struct NewLogin {
    std::string user;
    LoginMechanism mechanism = LoginMechanism::kScramSha256;
    std::int32_t iterations = 4096;
    std::string password;
};

enum class AccessResource : std::int8_t {
    kTopic = 2,
    kGroup = 3,
    kCluster = 4,
    kTransactionalId = 5,
    kDelegationToken = 6,
    kUser = 7
};
enum class AccessPattern : std::int8_t { kLiteral = 3, kPrefixed = 4 };
enum class AccessOperation : std::int8_t {
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
enum class AccessPermission : std::int8_t { kDeny = 2, kAllow = 3 };

struct AccessRule {
    AccessResource resource = AccessResource::kTopic;
    /// "*" with kLiteral: every one.
    std::string name;
    AccessPattern pattern = AccessPattern::kLiteral;
    /// "User:alice"; "User:*" is everybody.
    std::string principal;
    /// An address; "*" is any.
    std::string host = "*";
    AccessOperation operation = AccessOperation::kRead;
    AccessPermission permission = AccessPermission::kAllow;
    auto operator<=>(const AccessRule&) const = default;
};

struct AccessRules {
    /// False: nobody asks the rules, everybody may do everything (authorizer.class.name is not set).
    bool areEnforced = false;
    std::vector<AccessRule> rules;
};

/// Whom a quota is for. A part that is not there does not matter; one with an empty name is "all others".
struct QuotaTarget {
    std::optional<std::string> user;
    std::optional<std::string> clientId;
    std::optional<std::string> ip;
    auto operator<=>(const QuotaTarget&) const = default;
};

struct QuotaInfo {
    QuotaTarget target;
    /// By Kafka's names: producer_byte_rate, consumer_byte_rate, request_percentage, controller_mutation_rate,
    /// connection_creation_rate.
    std::map<std::string, double> limits;
    bool operator==(const QuotaInfo&) const = default;
};

}  // namespace weir
