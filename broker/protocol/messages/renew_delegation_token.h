// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "broker/base/bytes.h"
#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// RenewDelegationToken lets a delegation token live longer. API key 39, versions 1 to 2.
struct RenewDelegationTokenRequest {
    static constexpr const char* kName = "RenewDelegationTokenRequest";
    static constexpr ApiKey kApiKey = ApiKey::kRenewDelegationToken;
    static constexpr VersionRange kVersions{1, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    Bytes hmac{};
    std::int64_t renewPeriodMs = 0;
    UnknownTags unknownTags{};

    bool operator==(const RenewDelegationTokenRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("hmac", &RenewDelegationTokenRequest::hmac);
        io.field("renewPeriodMs", &RenewDelegationTokenRequest::renewPeriodMs);
    }
};

/// The answer to RenewDelegationTokenRequest.
struct RenewDelegationTokenResponse {
    static constexpr const char* kName = "RenewDelegationTokenResponse";
    static constexpr ApiKey kApiKey = ApiKey::kRenewDelegationToken;
    static constexpr VersionRange kVersions{1, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    ErrorCode errorCode{};
    Timestamp expiryTimestampMs{};
    std::int32_t throttleTimeMs = 0;
    UnknownTags unknownTags{};

    bool operator==(const RenewDelegationTokenResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("errorCode", &RenewDelegationTokenResponse::errorCode);
        io.field("expiryTimestampMs", &RenewDelegationTokenResponse::expiryTimestampMs);
        io.field("throttleTimeMs", &RenewDelegationTokenResponse::throttleTimeMs);
    }
};

}  // namespace weir::protocol
