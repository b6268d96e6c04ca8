// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/model/ids.h"

/// What clients have measured themselves and told the broker (KIP-714).
namespace weir {

struct ClientMetric {
    /// "org.apache.kafka.producer.request.latency.avg"
    std::string name;
    /// "node_id=1, topic=orders"; empty for a figure of the whole client.
    std::string labels;
    double value = 0;
    /// A count since the report before; else a figure of the moment.
    bool isCount = false;
    bool operator==(const ClientMetric&) const = default;
};

/// The last report of one client.
struct ClientMetrics {
    std::string instanceId;
    std::string clientId;
    /// The connection it came through.
    std::uint64_t connectionId = 0;
    /// "127.0.0.1"
    std::string host;
    Timestamp at = kNoTimestamp;
    std::int32_t intervalMs = 0;
    std::vector<ClientMetric> metrics;
};

struct ClientMetricsReport {
    /// Somebody asks some clients: there is a subscription.
    bool isAsked = false;
    /// The window itself asks them all.
    bool isAskedHere = false;
    std::vector<ClientMetrics> clients;
};

}  // namespace weir
