// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// CreateDelegationToken creates a delegation token. API key 38, versions 1 to 3.
struct CreateDelegationTokenRequest {
    static constexpr const char* kName = "CreateDelegationTokenRequest";
    static constexpr ApiKey kApiKey = ApiKey::kCreateDelegationToken;
    static constexpr VersionRange kVersions{1, 3};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct CreatableRenewers {
        std::string principalType{};
        std::string principalName{};
        UnknownTags unknownTags{};

        bool operator==(const CreatableRenewers&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("principalType", &CreatableRenewers::principalType);
            io.field("principalName", &CreatableRenewers::principalName);
        }
    };

    std::optional<std::string> ownerPrincipalType = std::string{};
    std::optional<std::string> ownerPrincipalName = std::string{};
    std::vector<CreatableRenewers> renewers{};
    std::int64_t maxLifetimeMs = 0;
    UnknownTags unknownTags{};

    bool operator==(const CreateDelegationTokenRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("ownerPrincipalType", &CreateDelegationTokenRequest::ownerPrincipalType, since(3).nullable());
        io.field("ownerPrincipalName", &CreateDelegationTokenRequest::ownerPrincipalName, since(3).nullable());
        io.field("renewers", &CreateDelegationTokenRequest::renewers);
        io.field("maxLifetimeMs", &CreateDelegationTokenRequest::maxLifetimeMs);
    }
};

/// The answer to CreateDelegationTokenRequest.
struct CreateDelegationTokenResponse {
    static constexpr const char* kName = "CreateDelegationTokenResponse";
    static constexpr ApiKey kApiKey = ApiKey::kCreateDelegationToken;
    static constexpr VersionRange kVersions{1, 3};
    static constexpr std::int16_t kFirstFlexible = 2;

    ErrorCode errorCode{};
    std::string principalType{};
    std::string principalName{};
    std::string tokenRequesterPrincipalType{};
    std::string tokenRequesterPrincipalName{};
    Timestamp issueTimestampMs{};
    Timestamp expiryTimestampMs{};
    Timestamp maxTimestampMs{};
    std::string tokenId{};
    Bytes hmac{};
    std::int32_t throttleTimeMs = 0;
    UnknownTags unknownTags{};

    bool operator==(const CreateDelegationTokenResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("errorCode", &CreateDelegationTokenResponse::errorCode);
        io.field("principalType", &CreateDelegationTokenResponse::principalType);
        io.field("principalName", &CreateDelegationTokenResponse::principalName);
        io.field("tokenRequesterPrincipalType", &CreateDelegationTokenResponse::tokenRequesterPrincipalType, since(3));
        io.field("tokenRequesterPrincipalName", &CreateDelegationTokenResponse::tokenRequesterPrincipalName, since(3));
        io.field("issueTimestampMs", &CreateDelegationTokenResponse::issueTimestampMs);
        io.field("expiryTimestampMs", &CreateDelegationTokenResponse::expiryTimestampMs);
        io.field("maxTimestampMs", &CreateDelegationTokenResponse::maxTimestampMs);
        io.field("tokenId", &CreateDelegationTokenResponse::tokenId);
        io.field("hmac", &CreateDelegationTokenResponse::hmac);
        io.field("throttleTimeMs", &CreateDelegationTokenResponse::throttleTimeMs);
    }
};

}  // namespace weir::protocol
