// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/feeds_bridge.h"

#include <algorithm>

#include "app/serdes/json_text.h"

namespace weir::app {

FeedsBridge::FeedsBridge(Workshop& workshop, JobRegistry& jobs, LiveFeedBridge& live)
    : m_workshop(workshop), m_jobs(jobs), m_live(live) {
    for (const FeedInfo& info : allFeeds()) {
        ui::FeedDescription feed;
        feed.id = toQt(info.id);
        feed.title = toQt(info.title);
        feed.summary = toQt(info.summary);
        for (const FeedTopic& topic : info.topics) {
            feed.topics.append(toQt(topic.name));
        }
        feed.defaultRate = info.defaultRate;
        feed.maxRate = info.maxRate;
        const std::string sample = sampleOf(info.id);
        const auto pretty = json::pretty(sample, 4096);
        feed.sample = toQt(pretty ? *pretty : sample);
        m_descriptions.push_back(std::move(feed));
    }
}

void FeedsBridge::start(const QString& feed, const ui::FeedOptions& options, QObject* context,
                        ui::Callback<ui::JobId> done) {
    const FeedInfo* const info = findFeed(toStd(feed));
    if (info == nullptr) {
        m_workshop.ask<ui::JobId>(context, std::move(done), [feed]() -> ClusterResult<ui::JobId> {
            return fail(ClusterError{ClusterErrc::kNotFound, 0, "There is no feed " + toStd(feed) + "."});
        });
        return;
    }
    if (isRunning(feed)) {
        m_workshop.ask<ui::JobId>(context, std::move(done),
                                  [id = m_running[feed].id]() -> ClusterResult<ui::JobId> { return id; });
        return;
    }
    FeedOptions own;
    own.rate = std::clamp(options.rate, 0.1, info->maxRate);
    own.seed = options.seed == 0 ? m_workshop.random().next() : options.seed;
    own.hotKeyShare = std::clamp(options.hotKeyShare, 0.0, 1.0);
    own.poisonShare = std::clamp(options.poisonShare, 0.0, 1.0);
    auto job = std::make_shared<FeedJob>(m_workshop.cluster(), m_workshop.clock(), *info, own);
    m_workshop.ask<void>(
        this,
        [this, feed, title = toQt(info->title), job, done = std::move(done),
         waiting = Workshop::Guard(context)](ClusterResult<void> prepared) {
            // Two clicks before the first answer start one feed.
            if (prepared && !isRunning(feed)) {
                run(feed, title, job);
            }
            if (!waiting.isAlive()) {
                return;
            }
            if (prepared) {
                done(m_running[feed].id);
            } else {
                done(fail(ClusterError(prepared.error())));
            }
        },
        [job] { return job->prepare(); });
}

void FeedsBridge::run(const QString& feed, const QString& title, std::shared_ptr<FeedJob> job) {
    const ui::JobId id = m_jobs.start(
        tr("Feed: %1").arg(title),
        [job](JobControl& control) -> ClusterResult<QString> {
            job->run(control);
            return QString();
        },
        [this, feed](const ClusterResult<QString>&) {
            m_running.remove(feed);
            Q_EMIT changed();
        });
    m_running.insert(feed, {std::move(job), id});
    m_live.refresh();
    Q_EMIT changed();
}

void FeedsBridge::setRate(const QString& feed, double rate) {
    const auto found = m_running.constFind(feed);
    const FeedInfo* const info = findFeed(toStd(feed));
    if (found != m_running.constEnd() && info != nullptr) {
        found->job->setRate(std::clamp(rate, 0.1, info->maxRate));
        Q_EMIT changed();
    }
}

void FeedsBridge::stop(const QString& feed) {
    const auto found = m_running.constFind(feed);
    if (found != m_running.constEnd()) {
        m_jobs.stop(found->id);
    }
}

double FeedsBridge::rateOf(const QString& feed) const {
    const auto found = m_running.constFind(feed);
    return found == m_running.constEnd() ? 0 : found->job->rate();
}

}  // namespace weir::app
