// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>

#include "app/cluster/cluster.h"
#include "broker/api/client_telemetry.h"
#include "broker/base/clock.h"
#include "broker/base/random.h"
#include "ui/backend/backend.h"
#include "ui/backend/client_telemetry.h"

namespace weir::app {

class ClusterDirectory;

struct BackendOptions {
    QString version;
    QString dataFolder;
    /// Shown until the cluster tells its own address.
    QString expectedBootstrap;
    bool isEmbedded = true;
    /// Empty: no history is kept.
    QString historyPath;
    int color = -1;
    /// Outlives the backend; nullptr: none.
    ui::Connections* connections = nullptr;
    /// Outlives the backend; nullptr: there is no other cluster to copy to. `id` is this one's among them.
    const ClusterDirectory* others = nullptr;
    QString id = {};
    /// Of replays that are not at their end; empty: they last as long as the backend.
    QString replaysPath = {};
    /// Outlives the backend; nullptr: changes need no unlocking.
    ui::ChangeLock* changeLock = nullptr;
    bool isReadOnly = false;
    /// A folder of log files, which says itself why nothing can be changed.
    bool isFolder = false;
};

/// `ui::Backend` for one cluster. Created, used and destroyed on the GUI thread; the constructor waits for nothing, so
/// the cluster may still be starting (LateCluster). Destruction stops all jobs and waits for their threads; the
/// cluster must answer by then (attached, failed or stopped).
class AppBackend final : public ui::Backend, public ui::ClientTelemetry {
public:
    /// `settings`, `clock` and `random` outlive the backend.
    AppBackend(std::shared_ptr<Cluster> cluster, ui::Settings& settings, const Clock& clock, Random& random,
               BackendOptions options);
    ~AppBackend() override;

    [[nodiscard]] ui::ClusterFacts facts() const override;
    ui::LiveFeed& live() override;
    ui::TopicAdmin& topics() override;
    ui::RecordBrowser& records() override;
    ui::GroupAdmin& groups() override;
    ui::Operations& operations() override;
    ui::Schemas& schemas() override;
    ui::Publisher& publisher() override;
    ui::Replayer& replayer() override;
    ui::Feeds& feeds() override;
    ui::Plots& plots() override;
    ui::Jobs& jobs() override;
    ui::Settings& settings() override;
    ui::Connections* connections() override { return m_options.connections; }
    ui::ChangeLock* changeLock() override { return m_options.changeLock; }

    void clientMetrics(QObject* context, ui::Callback<ClientMetricsReport> done) override;
    void askClients(bool isWanted, QObject* context, ui::Callback<void> done) override;
    /// From here on the figures of clients can be told. GUI thread.
    void attachTelemetry(std::shared_ptr<api::ClientTelemetry> telemetry) { m_telemetry = std::move(telemetry); }

    /// Runs `work` on a worker: for the composition root's own errands (writing settings).
    void post(std::function<void()> work);

private:
    struct Parts;
    std::shared_ptr<Cluster> m_cluster;
    BackendOptions m_options;
    ui::Settings& m_settings;
    std::shared_ptr<api::ClientTelemetry> m_telemetry;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace weir::app
