// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// SaslHandshake chooses the mechanism of a login. API key 17, versions 0 to 1.
struct SaslHandshakeRequest {
    static constexpr const char* kName = "SaslHandshakeRequest";
    static constexpr ApiKey kApiKey = ApiKey::kSaslHandshake;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = kNeverFlexible;

    std::string mechanism{};
    UnknownTags unknownTags{};

    bool operator==(const SaslHandshakeRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("mechanism", &SaslHandshakeRequest::mechanism);
    }
};

/// The answer to SaslHandshakeRequest.
struct SaslHandshakeResponse {
    static constexpr const char* kName = "SaslHandshakeResponse";
    static constexpr ApiKey kApiKey = ApiKey::kSaslHandshake;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = kNeverFlexible;

    ErrorCode errorCode{};
    std::vector<std::string> mechanisms{};
    UnknownTags unknownTags{};

    bool operator==(const SaslHandshakeResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("errorCode", &SaslHandshakeResponse::errorCode);
        io.field("mechanisms", &SaslHandshakeResponse::mechanisms);
    }
};

}  // namespace weir::protocol
