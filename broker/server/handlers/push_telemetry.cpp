// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/push_telemetry.h"

#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/telemetry_wire.h"

namespace weir::server {

namespace {

using protocol::PushTelemetryRequest;
using protocol::PushTelemetryResponse;

PushTelemetryResponse pushTelemetry(Services& services, const Call& call, PushTelemetryRequest request) {
    PushTelemetryResponse response;
    response.errorCode = toKafka(services.telemetry.push({.instance = request.clientInstanceId,
                                                          .subscriptionId = request.subscriptionId,
                                                          .isTerminating = request.terminating,
                                                          .compression = request.compressionType,
                                                          .metrics = request.metrics},
                                                         clientOf(call)));
    return response;
}

}  // namespace

constinit const Handler kPushTelemetryHandler = handledBy<pushTelemetry>(PushTelemetryRequest::kVersions);

}  // namespace weir::server
