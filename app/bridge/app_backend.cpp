// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/app_backend.h"

#include <thread>

#include "app/bridge/feeds_bridge.h"
#include "app/bridge/group_bridge.h"
#include "app/bridge/job_registry.h"
#include "app/bridge/live_feed_bridge.h"
#include "app/bridge/operations_bridge.h"
#include "app/bridge/plot_bridge.h"
#include "app/bridge/publish_bridge.h"
#include "app/bridge/record_bridge.h"
#include "app/bridge/replay_bridge.h"
#include "app/bridge/schemas_bridge.h"
#include "app/bridge/topic_bridge.h"
#include "app/bridge/workshop.h"
#include "app/cluster/guarded_cluster.h"

namespace weir::app {

namespace {

// In debug builds a call on the GUI thread is a bug that shows at once. In release builds it would only be slow.
std::shared_ptr<Cluster> guarded(std::shared_ptr<Cluster> cluster) {
#ifdef NDEBUG
    return cluster;
#else
    return std::make_shared<GuardedCluster>(std::move(cluster), std::this_thread::get_id());
#endif
}

}  // namespace

/// In order of construction; destroyed from the bottom, so nothing outlives what it uses. The workshop's threads end
/// last of all, when no part can ask for anything any more.
struct AppBackend::Parts {
    Parts(std::shared_ptr<Cluster> cluster, const Clock& clock, Random& random, const BackendOptions& options)
        : workshop(guarded(std::move(cluster)), clock, random),
          live(workshop, options.historyPath),
          jobs(workshop),
          topics(workshop, live),
          records(workshop, jobs),
          groups(workshop, live),
          operations(workshop, live),
          schemas(workshop),
          publisher(workshop, jobs),
          replayer(workshop, jobs, options.others, options.id, options.replaysPath),
          feeds(workshop, jobs, live),
          plots(workshop) {}

    Workshop workshop;
    LiveFeedBridge live;
    JobRegistry jobs;
    TopicBridge topics;
    RecordBridge records;
    GroupBridge groups;
    OperationsBridge operations;
    SchemasBridge schemas;
    PublishBridge publisher;
    ReplayBridge replayer;
    FeedsBridge feeds;
    PlotBridge plots;
};

AppBackend::AppBackend(std::shared_ptr<Cluster> cluster, ui::Settings& settings, const Clock& clock, Random& random,
                       BackendOptions options)
    : m_cluster(std::move(cluster)),
      m_options(std::move(options)),
      m_settings(settings),
      m_parts(std::make_unique<Parts>(m_cluster, clock, random, m_options)) {}

AppBackend::~AppBackend() = default;

ui::ClusterFacts AppBackend::facts() const {
    ui::ClusterFacts facts;
    facts.name = toQt(m_cluster->name());
    facts.bootstrap = toQt(m_cluster->bootstrap());
    if (facts.bootstrap.isEmpty()) {
        facts.bootstrap = m_options.expectedBootstrap;
    }
    facts.clusterId = toQt(m_cluster->clusterId());
    facts.version = m_options.version;
    facts.dataFolder = m_options.dataFolder;
    facts.isEmbedded = m_options.isEmbedded;
    facts.color = m_options.color;
    facts.capabilities = m_cluster->capabilities();
    facts.isReadOnly = m_options.isReadOnly;
    facts.isFolder = m_options.isFolder;
    if (m_options.isReadOnly && !m_options.isFolder) {
        for (const Feature feature : {Feature::kEdit, Feature::kDeleteRecords, Feature::kGroupOffsets,
                                      Feature::kRemoveMember, Feature::kFeeds}) {
            facts.capabilities.absent[feature] =
                "The connection to " + m_cluster->name() + " is read-only: nothing there is changed through it.";
        }
    }
    return facts;
}

ui::LiveFeed& AppBackend::live() {
    return m_parts->live;
}
ui::TopicAdmin& AppBackend::topics() {
    return m_parts->topics;
}
ui::RecordBrowser& AppBackend::records() {
    return m_parts->records;
}
ui::GroupAdmin& AppBackend::groups() {
    return m_parts->groups;
}
ui::Operations& AppBackend::operations() {
    return m_parts->operations;
}
ui::Schemas& AppBackend::schemas() {
    return m_parts->schemas;
}
ui::Publisher& AppBackend::publisher() {
    return m_parts->publisher;
}
ui::Replayer& AppBackend::replayer() {
    return m_parts->replayer;
}
ui::Feeds& AppBackend::feeds() {
    return m_parts->feeds;
}
ui::Plots& AppBackend::plots() {
    return m_parts->plots;
}
ui::Jobs& AppBackend::jobs() {
    return m_parts->jobs;
}
ui::Settings& AppBackend::settings() {
    return m_settings;
}

void AppBackend::clientMetrics(QObject* context, ui::Callback<ClientMetricsReport> done) {
    m_parts->workshop.ask<ClientMetricsReport>(
        context, std::move(done), [telemetry = m_telemetry]() -> ClusterResult<ClientMetricsReport> {
            if (!telemetry) {
                return fail(ClusterError{ClusterErrc::kUnreachable, 0, "The broker is not there yet."});
            }
            return telemetry->clientMetrics();
        });
}

void AppBackend::askClients(bool isWanted, QObject* context, ui::Callback<void> done) {
    m_parts->workshop.ask<void>(context, std::move(done), [telemetry = m_telemetry, isWanted]() -> ClusterResult<void> {
        if (!telemetry) {
            return fail(ClusterError{ClusterErrc::kUnreachable, 0, "The broker is not there yet."});
        }
        return telemetry->askClients(isWanted);
    });
}

void AppBackend::post(std::function<void()> work) {
    m_parts->workshop.pool().post(std::move(work));
}

}  // namespace weir::app
