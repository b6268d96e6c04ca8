// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/uuid.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// GetTelemetrySubscriptions says which metrics a client should push (KIP-714). API key 71, version 0.
struct GetTelemetrySubscriptionsRequest {
    static constexpr const char* kName = "GetTelemetrySubscriptionsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kGetTelemetrySubscriptions;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    Uuid clientInstanceId{};
    UnknownTags unknownTags{};

    bool operator==(const GetTelemetrySubscriptionsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("clientInstanceId", &GetTelemetrySubscriptionsRequest::clientInstanceId);
    }
};

/// The answer to GetTelemetrySubscriptionsRequest.
struct GetTelemetrySubscriptionsResponse {
    static constexpr const char* kName = "GetTelemetrySubscriptionsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kGetTelemetrySubscriptions;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    Uuid clientInstanceId{};
    std::int32_t subscriptionId = 0;
    std::vector<std::int8_t> acceptedCompressionTypes{};
    std::int32_t pushIntervalMs = 0;
    std::int32_t telemetryMaxBytes = 0;
    bool deltaTemporality = false;
    std::vector<std::string> requestedMetrics{};
    UnknownTags unknownTags{};

    bool operator==(const GetTelemetrySubscriptionsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &GetTelemetrySubscriptionsResponse::throttleTimeMs);
        io.field("errorCode", &GetTelemetrySubscriptionsResponse::errorCode);
        io.field("clientInstanceId", &GetTelemetrySubscriptionsResponse::clientInstanceId);
        io.field("subscriptionId", &GetTelemetrySubscriptionsResponse::subscriptionId);
        io.field("acceptedCompressionTypes", &GetTelemetrySubscriptionsResponse::acceptedCompressionTypes);
        io.field("pushIntervalMs", &GetTelemetrySubscriptionsResponse::pushIntervalMs);
        io.field("telemetryMaxBytes", &GetTelemetrySubscriptionsResponse::telemetryMaxBytes);
        io.field("deltaTemporality", &GetTelemetrySubscriptionsResponse::deltaTemporality);
        io.field("requestedMetrics", &GetTelemetrySubscriptionsResponse::requestedMetrics);
    }
};

}  // namespace weir::protocol
