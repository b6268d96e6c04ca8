// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <memory>

#include "app/bridge/job_registry.h"
#include "app/bridge/live_feed_bridge.h"
#include "app/bridge/workshop.h"
#include "app/feeds/feed_job.h"
#include "ui/backend/feeds.h"

namespace weir::app {

/// The demo feeds as jobs.
class FeedsBridge final : public ui::Feeds {
    Q_OBJECT

public:
    FeedsBridge(Workshop& workshop, JobRegistry& jobs, LiveFeedBridge& live);

    [[nodiscard]] std::vector<ui::FeedDescription> all() const override { return m_descriptions; }
    void start(const QString& feed, const ui::FeedOptions& options, QObject* context,
               ui::Callback<ui::JobId> done) override;
    void setRate(const QString& feed, double rate) override;
    void stop(const QString& feed) override;
    [[nodiscard]] bool isRunning(const QString& feed) const override { return m_running.contains(feed); }
    [[nodiscard]] double rateOf(const QString& feed) const override;

private:
    struct Running {
        std::shared_ptr<FeedJob> job;
        ui::JobId id;
    };
    void run(const QString& feed, const QString& title, std::shared_ptr<FeedJob> job);

    Workshop& m_workshop;
    JobRegistry& m_jobs;
    LiveFeedBridge& m_live;
    std::vector<ui::FeedDescription> m_descriptions;
    QHash<QString, Running> m_running;
};

}  // namespace weir::app
