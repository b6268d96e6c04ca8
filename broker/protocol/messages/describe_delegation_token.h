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

/// DescribeDelegationToken lists delegation tokens. API key 41, versions 1 to 3.
struct DescribeDelegationTokenRequest {
    static constexpr const char* kName = "DescribeDelegationTokenRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeDelegationToken;
    static constexpr VersionRange kVersions{1, 3};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct DescribeDelegationTokenOwner {
        std::string principalType{};
        std::string principalName{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeDelegationTokenOwner&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("principalType", &DescribeDelegationTokenOwner::principalType);
            io.field("principalName", &DescribeDelegationTokenOwner::principalName);
        }
    };

    std::optional<std::vector<DescribeDelegationTokenOwner>> owners = std::vector<DescribeDelegationTokenOwner>{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeDelegationTokenRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("owners", &DescribeDelegationTokenRequest::owners, always().nullable());
    }
};

/// The answer to DescribeDelegationTokenRequest.
struct DescribeDelegationTokenResponse {
    static constexpr const char* kName = "DescribeDelegationTokenResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeDelegationToken;
    static constexpr VersionRange kVersions{1, 3};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct DescribedDelegationTokenRenewer {
        std::string principalType{};
        std::string principalName{};
        UnknownTags unknownTags{};

        bool operator==(const DescribedDelegationTokenRenewer&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("principalType", &DescribedDelegationTokenRenewer::principalType);
            io.field("principalName", &DescribedDelegationTokenRenewer::principalName);
        }
    };

    struct DescribedDelegationToken {
        std::string principalType{};
        std::string principalName{};
        std::string tokenRequesterPrincipalType{};
        std::string tokenRequesterPrincipalName{};
        Timestamp issueTimestamp{};
        Timestamp expiryTimestamp{};
        Timestamp maxTimestamp{};
        std::string tokenId{};
        Bytes hmac{};
        std::vector<DescribedDelegationTokenRenewer> renewers{};
        UnknownTags unknownTags{};

        bool operator==(const DescribedDelegationToken&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("principalType", &DescribedDelegationToken::principalType);
            io.field("principalName", &DescribedDelegationToken::principalName);
            io.field("tokenRequesterPrincipalType", &DescribedDelegationToken::tokenRequesterPrincipalType, since(3));
            io.field("tokenRequesterPrincipalName", &DescribedDelegationToken::tokenRequesterPrincipalName, since(3));
            io.field("issueTimestamp", &DescribedDelegationToken::issueTimestamp);
            io.field("expiryTimestamp", &DescribedDelegationToken::expiryTimestamp);
            io.field("maxTimestamp", &DescribedDelegationToken::maxTimestamp);
            io.field("tokenId", &DescribedDelegationToken::tokenId);
            io.field("hmac", &DescribedDelegationToken::hmac);
            io.field("renewers", &DescribedDelegationToken::renewers);
        }
    };

    ErrorCode errorCode{};
    std::vector<DescribedDelegationToken> tokens{};
    std::int32_t throttleTimeMs = 0;
    UnknownTags unknownTags{};

    bool operator==(const DescribeDelegationTokenResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("errorCode", &DescribeDelegationTokenResponse::errorCode);
        io.field("tokens", &DescribeDelegationTokenResponse::tokens);
        io.field("throttleTimeMs", &DescribeDelegationTokenResponse::throttleTimeMs);
    }
};

}  // namespace weir::protocol
