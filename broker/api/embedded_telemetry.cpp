// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/api/embedded_broker.h"
#include "broker/telemetry/client_telemetry.h"

namespace weir::api {

namespace {

/// The name of the window's own subscription, as tools list it.
constexpr const char* kOwnSubscription = "weir-window";

}  // namespace

ClusterResult<ClientMetricsReport> EmbeddedBroker::clientMetrics() {
    return running([this]() -> ClusterResult<ClientMetricsReport> {
        const auto& telemetry = services().telemetry;
        const auto names = telemetry.subscriptions();
        ClientMetricsReport report;
        report.isAsked = !names.empty();
        report.isAskedHere = std::ranges::find(names, kOwnSubscription) != names.end();
        report.clients = telemetry.reports();
        return report;
    });
}

ClusterResult<void> EmbeddedBroker::askClients(bool isWanted) {
    return running([&]() -> ClusterResult<void> {
        const config::ConfigMap settings{{"metrics", std::string(telemetry::kAllMetrics)}, {"interval.ms", "5000"}};
        const auto changed = services().telemetry.replace(kOwnSubscription, isWanted ? settings : config::ConfigMap(),
                                                          telemetry::ClientTelemetry::Mode::kApply);
        if (!changed) {
            return fail(ClusterError{ClusterErrc::kStorage, 0, changed.error().message});
        }
        return {};
    });
}

}  // namespace weir::api
