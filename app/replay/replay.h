// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "app/cluster/cluster.h"
#include "app/jobs/job_control.h"
#include "app/replay/masking.h"
#include "app/replay/replay_timing.h"
#include "app/search/row_index.h"

namespace weir::app {

struct ReplaySpec {
    std::string fromTopic;
    /// Empty: all.
    std::vector<PartitionId> partitions;
    Offset fromOffset = kNoOffset;
    Offset untilOffset = kNoOffset;
    Timestamp fromTime = kNoTimestamp;
    Timestamp untilTime = kNoTimestamp;
    std::string filter;
    bool filterIsExpression = false;
    std::string toTopic;
    ReplayPace pace = ReplayPace::kAsFastAsPossible;
    double factor = 1.0;
    double ratePerSecond = 0;
    bool keepPartitions = true;
    bool shiftTimestampsToNow = false;
    bool loop = false;
    MaskSpec masks = {};
    /// Where an earlier run was stopped; what lies before was sent.
    std::map<PartitionId, Offset> resumeAt = {};
};

/// Where records come from and where they go: two clusters, or one and the same. Both outlive the run.
struct ReplayEnds {
    ReplayEnds(Cluster& both) : from(both), to(both) {}  // NOLINT: implicit by design
    ReplayEnds(Cluster& source, Cluster& target) : from(source), to(target) {}
    [[nodiscard]] bool isOneCluster() const { return &from == &to; }

    Cluster& from;
    Cluster& to;
};

/// How far a replay has come: what a later run needs to go on. Thread safe.
class ReplayProgress {
public:
    void sent(PartitionId partition, Offset next) {
        const std::lock_guard lock(m_mutex);
        m_next[partition] = next;
    }
    void started() {
        const std::lock_guard lock(m_mutex);
        m_next.clear();
    }
    [[nodiscard]] std::map<PartitionId, Offset> next() const {
        const std::lock_guard lock(m_mutex);
        return m_next;
    }

private:
    mutable std::mutex m_mutex;
    std::map<PartitionId, Offset> m_next;
};

struct DryRunResult {
    std::int64_t records = 0;
    std::int64_t bytes = 0;
    Timestamp first = kNoTimestamp;
    Timestamp last = kNoTimestamp;
    std::int64_t scanned = 0;
    /// In the selection, but what is to be masked in them cannot be found: they would not be sent.
    std::int64_t leftOut = 0;
    /// The value of the first record with something to mask, as it would be written, cut to a line or two.
    std::string sample;
    /// -1: not known beforehand.
    std::int64_t expectedMs = -1;
    std::vector<std::string> warnings;
};

/// Reads the range and counts, without writing anything. Blocks; stops with kCancelled.
ClusterResult<DryRunResult> dryRunReplay(ReplayEnds ends, const Clock& clock, const ReplaySpec& spec,
                                         JobControl& control);

/// Runs a replay. The range is fixed when it starts, so replaying a topic into itself ends. Records of aborted and of
/// open transactions are not sent. A target topic that does not exist is made with the source's number of partitions.
/// Blocks; pause and stop take effect within a tick. `progress` moves with every batch that was acknowledged, so what
/// an error interrupts may be in the target already: going on from there sends one batch twice at most. Records that
/// cannot be masked count as errors of `control`.
ClusterResult<void> runReplay(ReplayEnds ends, const Clock& clock, const ReplaySpec& spec, JobControl& control,
                              ReplayProgress* progress = nullptr);

}  // namespace weir::app
