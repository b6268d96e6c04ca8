// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/model/client_metrics.h"
#include "ui/backend/answer.h"

namespace weir::ui {

/// What clients measure themselves. Optional: a Backend that can tell it is one of these, too (dynamic_cast); others
/// show nothing of it.
class ClientTelemetry {
public:
    virtual ~ClientTelemetry() = default;
    virtual void clientMetrics(QObject* context, Callback<ClientMetricsReport> done) = 0;
    /// Asks every client for its figures, or stops asking.
    virtual void askClients(bool isWanted, QObject* context, Callback<void> done) = 0;
};

}  // namespace weir::ui
