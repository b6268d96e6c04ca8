// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// AlterUserScramCredentials sets or removes users' SCRAM credentials. API key 51, version 0.
struct AlterUserScramCredentialsRequest {
    static constexpr const char* kName = "AlterUserScramCredentialsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kAlterUserScramCredentials;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct ScramCredentialDeletion {
        std::string name{};
        std::int8_t mechanism = 0;
        UnknownTags unknownTags{};

        bool operator==(const ScramCredentialDeletion&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &ScramCredentialDeletion::name);
            io.field("mechanism", &ScramCredentialDeletion::mechanism);
        }
    };

    struct ScramCredentialUpsertion {
        std::string name{};
        std::int8_t mechanism = 0;
        std::int32_t iterations = 0;
        Bytes salt{};
        Bytes saltedPassword{};
        UnknownTags unknownTags{};

        bool operator==(const ScramCredentialUpsertion&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &ScramCredentialUpsertion::name);
            io.field("mechanism", &ScramCredentialUpsertion::mechanism);
            io.field("iterations", &ScramCredentialUpsertion::iterations);
            io.field("salt", &ScramCredentialUpsertion::salt);
            io.field("saltedPassword", &ScramCredentialUpsertion::saltedPassword);
        }
    };

    std::vector<ScramCredentialDeletion> deletions{};
    std::vector<ScramCredentialUpsertion> upsertions{};
    UnknownTags unknownTags{};

    bool operator==(const AlterUserScramCredentialsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("deletions", &AlterUserScramCredentialsRequest::deletions);
        io.field("upsertions", &AlterUserScramCredentialsRequest::upsertions);
    }
};

/// The answer to AlterUserScramCredentialsRequest.
struct AlterUserScramCredentialsResponse {
    static constexpr const char* kName = "AlterUserScramCredentialsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kAlterUserScramCredentials;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct AlterUserScramCredentialsResult {
        std::string user{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const AlterUserScramCredentialsResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("user", &AlterUserScramCredentialsResult::user);
            io.field("errorCode", &AlterUserScramCredentialsResult::errorCode);
            io.field("errorMessage", &AlterUserScramCredentialsResult::errorMessage, always().nullable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<AlterUserScramCredentialsResult> results{};
    UnknownTags unknownTags{};

    bool operator==(const AlterUserScramCredentialsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &AlterUserScramCredentialsResponse::throttleTimeMs);
        io.field("results", &AlterUserScramCredentialsResponse::results);
    }
};

}  // namespace weir::protocol
