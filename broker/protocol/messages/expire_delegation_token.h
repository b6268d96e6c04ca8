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

/// ExpireDelegationToken ends a delegation token. API key 40, versions 1 to 2.
struct ExpireDelegationTokenRequest {
    static constexpr const char* kName = "ExpireDelegationTokenRequest";
    static constexpr ApiKey kApiKey = ApiKey::kExpireDelegationToken;
    static constexpr VersionRange kVersions{1, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    Bytes hmac{};
    std::int64_t expiryTimePeriodMs = 0;
    UnknownTags unknownTags{};

    bool operator==(const ExpireDelegationTokenRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("hmac", &ExpireDelegationTokenRequest::hmac);
        io.field("expiryTimePeriodMs", &ExpireDelegationTokenRequest::expiryTimePeriodMs);
    }
};

/// The answer to ExpireDelegationTokenRequest.
struct ExpireDelegationTokenResponse {
    static constexpr const char* kName = "ExpireDelegationTokenResponse";
    static constexpr ApiKey kApiKey = ApiKey::kExpireDelegationToken;
    static constexpr VersionRange kVersions{1, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    ErrorCode errorCode{};
    Timestamp expiryTimestampMs{};
    std::int32_t throttleTimeMs = 0;
    UnknownTags unknownTags{};

    bool operator==(const ExpireDelegationTokenResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("errorCode", &ExpireDelegationTokenResponse::errorCode);
        io.field("expiryTimestampMs", &ExpireDelegationTokenResponse::expiryTimestampMs);
        io.field("throttleTimeMs", &ExpireDelegationTokenResponse::throttleTimeMs);
    }
};

}  // namespace weir::protocol
