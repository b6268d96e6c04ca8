// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/model/client_metrics.h"

namespace weir::telemetry {

/// The most figures that are kept of one report; what follows is read over.
inline constexpr std::size_t kMaxMetrics = 4096;
/// Longer names and labels are cut.
inline constexpr std::size_t kMaxText = 256;

/// The gauges and sums of an OpenTelemetry MetricsData message (opentelemetry/proto/metrics/v1), in protobuf's wire
/// format; other kinds are read over, as Kafka clients send none. Nothing: it is no such message. Never reads past the
/// end; depth is fixed by the message's own.
std::optional<std::vector<ClientMetric>> readMetrics(ByteView message);

}  // namespace weir::telemetry
