// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>

#include "app/cluster/cluster.h"
#include "app/feeds/feed.h"
#include "app/jobs/job_control.h"
#include "broker/base/clock.h"

namespace weir::app {

/// Sends a feed to a cluster until stopped. run() blocks and is for a thread of its own; setRate() is for any thread.
class FeedJob {
public:
    FeedJob(Cluster& cluster, const Clock& clock, const FeedInfo& info, const FeedOptions& options);

    /// Makes the topics that are missing.
    ClusterResult<void> prepare();
    /// Ten milliseconds of records at a time. A cluster that refuses is tried again every second; the reason stands in
    /// `control`'s message meanwhile.
    void run(JobControl& control);

    void setRate(double perSecond) { m_rate = perSecond; }
    [[nodiscard]] double rate() const { return m_rate; }

private:
    bool send(FeedBatch& batch, JobControl& control);

    Cluster& m_cluster;
    const Clock& m_clock;
    const FeedInfo& m_info;
    FeedOptions m_options;
    std::atomic<double> m_rate;
};

}  // namespace weir::app
