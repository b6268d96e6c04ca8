// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/server/call.h"
#include "broker/server/services.h"
#include "broker/telemetry/client_telemetry.h"

namespace weir::server {

/// The values are Kafka's by definition.
constexpr protocol::ErrorCode toKafka(telemetry::TelemetryErrc code) {
    return static_cast<protocol::ErrorCode>(code);
}

inline telemetry::TelemetryClient clientOf(const Call& call) {
    const ConnectionSnapshot known = call.peer->snapshot();
    return {.connectionId = known.id,
            .clientId = std::string(call.clientId),
            .softwareName = known.softwareName,
            .softwareVersion = known.softwareVersion,
            .host = call.peer->remoteHost(),
            .port = call.peer->remotePort()};
}

}  // namespace weir::server
