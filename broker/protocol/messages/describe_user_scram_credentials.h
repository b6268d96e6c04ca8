// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// DescribeUserScramCredentials lists users' SCRAM mechanisms, never their secrets. API key 50, version 0.
struct DescribeUserScramCredentialsRequest {
    static constexpr const char* kName = "DescribeUserScramCredentialsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeUserScramCredentials;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct UserName {
        std::string name{};
        UnknownTags unknownTags{};

        bool operator==(const UserName&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &UserName::name);
        }
    };

    std::optional<std::vector<UserName>> users = std::vector<UserName>{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeUserScramCredentialsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("users", &DescribeUserScramCredentialsRequest::users, always().nullable());
    }
};

/// The answer to DescribeUserScramCredentialsRequest.
struct DescribeUserScramCredentialsResponse {
    static constexpr const char* kName = "DescribeUserScramCredentialsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeUserScramCredentials;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct CredentialInfo {
        std::int8_t mechanism = 0;
        std::int32_t iterations = 0;
        UnknownTags unknownTags{};

        bool operator==(const CredentialInfo&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("mechanism", &CredentialInfo::mechanism);
            io.field("iterations", &CredentialInfo::iterations);
        }
    };

    struct DescribeUserScramCredentialsResult {
        std::string user{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        std::vector<CredentialInfo> credentialInfos{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeUserScramCredentialsResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("user", &DescribeUserScramCredentialsResult::user);
            io.field("errorCode", &DescribeUserScramCredentialsResult::errorCode);
            io.field("errorMessage", &DescribeUserScramCredentialsResult::errorMessage, always().nullable());
            io.field("credentialInfos", &DescribeUserScramCredentialsResult::credentialInfos);
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage = std::string{};
    std::vector<DescribeUserScramCredentialsResult> results{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeUserScramCredentialsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DescribeUserScramCredentialsResponse::throttleTimeMs);
        io.field("errorCode", &DescribeUserScramCredentialsResponse::errorCode);
        io.field("errorMessage", &DescribeUserScramCredentialsResponse::errorMessage, always().nullable());
        io.field("results", &DescribeUserScramCredentialsResponse::results);
    }
};

}  // namespace weir::protocol
