// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "broker/base/bytes.h"
#include "broker/base/uuid.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// PushTelemetry carries a client's metrics (KIP-714). API key 72, version 0.
struct PushTelemetryRequest {
    static constexpr const char* kName = "PushTelemetryRequest";
    static constexpr ApiKey kApiKey = ApiKey::kPushTelemetry;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    Uuid clientInstanceId{};
    std::int32_t subscriptionId = 0;
    bool terminating = false;
    std::int8_t compressionType = 0;
    Bytes metrics{};
    UnknownTags unknownTags{};

    bool operator==(const PushTelemetryRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("clientInstanceId", &PushTelemetryRequest::clientInstanceId);
        io.field("subscriptionId", &PushTelemetryRequest::subscriptionId);
        io.field("terminating", &PushTelemetryRequest::terminating);
        io.field("compressionType", &PushTelemetryRequest::compressionType);
        io.field("metrics", &PushTelemetryRequest::metrics);
    }
};

/// The answer to PushTelemetryRequest.
struct PushTelemetryResponse {
    static constexpr const char* kName = "PushTelemetryResponse";
    static constexpr ApiKey kApiKey = ApiKey::kPushTelemetry;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    UnknownTags unknownTags{};

    bool operator==(const PushTelemetryResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &PushTelemetryResponse::throttleTimeMs);
        io.field("errorCode", &PushTelemetryResponse::errorCode);
    }
};

}  // namespace weir::protocol
