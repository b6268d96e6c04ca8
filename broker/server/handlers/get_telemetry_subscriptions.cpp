// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/get_telemetry_subscriptions.h"

#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/telemetry_wire.h"

namespace weir::server {

namespace {

using protocol::GetTelemetrySubscriptionsRequest;
using protocol::GetTelemetrySubscriptionsResponse;

/// What the client may send, the best first, as Kafka offers it: zstd, lz4, gzip, snappy.
constexpr std::array<std::int8_t, 4> kCompressions{4, 3, 1, 2};

GetTelemetrySubscriptionsResponse getTelemetrySubscriptions(Services& services, const Call& call,
                                                            GetTelemetrySubscriptionsRequest request) {
    auto wanted = services.telemetry.want(request.clientInstanceId, clientOf(call));
    GetTelemetrySubscriptionsResponse response;
    response.errorCode = toKafka(wanted.error);
    if (wanted.error != telemetry::TelemetryErrc::kNone) {
        return response;
    }
    response.clientInstanceId = wanted.instance;
    response.subscriptionId = wanted.subscriptionId;
    response.acceptedCompressionTypes.assign(kCompressions.begin(), kCompressions.end());
    response.pushIntervalMs = wanted.intervalMs;
    response.telemetryMaxBytes = wanted.maxBytes;
    response.deltaTemporality = true;
    response.requestedMetrics.assign(wanted.metrics.begin(), wanted.metrics.end());
    return response;
}

}  // namespace

constinit const Handler kGetTelemetrySubscriptionsHandler =
    handledBy<getTelemetrySubscriptions>(GetTelemetrySubscriptionsRequest::kVersions);

}  // namespace weir::server
