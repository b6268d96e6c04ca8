// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/base/bytes.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// SaslAuthenticate carries one step of a login. API key 36, versions 0 to 2.
struct SaslAuthenticateRequest {
    static constexpr const char* kName = "SaslAuthenticateRequest";
    static constexpr ApiKey kApiKey = ApiKey::kSaslAuthenticate;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    Bytes authBytes{};
    UnknownTags unknownTags{};

    bool operator==(const SaslAuthenticateRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("authBytes", &SaslAuthenticateRequest::authBytes);
    }
};

/// The answer to SaslAuthenticateRequest.
struct SaslAuthenticateResponse {
    static constexpr const char* kName = "SaslAuthenticateResponse";
    static constexpr ApiKey kApiKey = ApiKey::kSaslAuthenticate;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    ErrorCode errorCode{};
    std::optional<std::string> errorMessage = std::string{};
    Bytes authBytes{};
    std::int64_t sessionLifetimeMs = 0;
    UnknownTags unknownTags{};

    bool operator==(const SaslAuthenticateResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("errorCode", &SaslAuthenticateResponse::errorCode);
        io.field("errorMessage", &SaslAuthenticateResponse::errorMessage, always().nullable());
        io.field("authBytes", &SaslAuthenticateResponse::authBytes);
        io.field("sessionLifetimeMs", &SaslAuthenticateResponse::sessionLifetimeMs, since(1).ignorable());
    }
};

}  // namespace weir::protocol
