// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/model/admin.h"
#include "broker/model/client_metrics.h"

namespace weir::api {

/// What connected clients say of themselves (KIP-714); a Broker of this process is one, too (dynamic_cast). Threads and
/// errors as for Broker.
class ClientTelemetry {
public:
    virtual ~ClientTelemetry() = default;
    virtual ClusterResult<ClientMetricsReport> clientMetrics() = 0;
    /// Asks every client for all its figures every five seconds, or stops asking; what others ask for stays.
    virtual ClusterResult<void> askClients(bool isWanted) = 0;
};

}  // namespace weir::api
