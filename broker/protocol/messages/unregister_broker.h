// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// UnregisterBroker takes a broker out of the cluster. API key 64, version 0.
struct UnregisterBrokerRequest {
    static constexpr const char* kName = "UnregisterBrokerRequest";
    static constexpr ApiKey kApiKey = ApiKey::kUnregisterBroker;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    BrokerId brokerId{};
    UnknownTags unknownTags{};

    bool operator==(const UnregisterBrokerRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("brokerId", &UnregisterBrokerRequest::brokerId);
    }
};

/// The answer to UnregisterBrokerRequest.
struct UnregisterBrokerResponse {
    static constexpr const char* kName = "UnregisterBrokerResponse";
    static constexpr ApiKey kApiKey = ApiKey::kUnregisterBroker;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage = std::string{};
    UnknownTags unknownTags{};

    bool operator==(const UnregisterBrokerResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &UnregisterBrokerResponse::throttleTimeMs);
        io.field("errorCode", &UnregisterBrokerResponse::errorCode);
        io.field("errorMessage", &UnregisterBrokerResponse::errorMessage, always().nullable());
    }
};

}  // namespace weir::protocol
