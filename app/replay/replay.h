// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "app/cluster/cluster.h"
#include "app/jobs/job_control.h"
#include "app/replay/checkpoint.h"
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
    /// Where an earlier run stopped, however it did; empty: this is the first. Range and partitions are then its own.
    ReplayCheckpoint resume = {};
};

/// Where records come from and where they go: two clusters, or one and the same. Both outlive the run.
struct ReplayEnds {
    ReplayEnds(Cluster& both) : from(both), to(both) {}  // NOLINT: implicit by design
    ReplayEnds(Cluster& source, Cluster& target) : from(source), to(target) {}
    [[nodiscard]] bool isOneCluster() const { return &from == &to; }

    Cluster& from;
    Cluster& to;
};

/// Where a replay stands, for who wants to go on with it. Thread safe.
class ReplayProgress {
public:
    using Save = std::function<void(const ReplayCheckpoint&)>;
    /// `save` is called on the replay's thread: before it writes its first record, then after every batch.
    explicit ReplayProgress(Save save = {}) : m_save(std::move(save)) {}

    void moved(const ReplayCheckpoint& to) {
        {
            const std::lock_guard lock(m_mutex);
            m_at = to;
        }
        if (m_save) {
            m_save(to);
        }
    }
    /// Empty before the replay began.
    [[nodiscard]] ReplayCheckpoint checkpoint() const {
        const std::lock_guard lock(m_mutex);
        return m_at;
    }

private:
    Save m_save;
    mutable std::mutex m_mutex;
    ReplayCheckpoint m_at;
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
/// Blocks; pause and stop take effect within a tick. `progress` moves when a batch was acknowledged; going on from any
/// such moment, whatever was written after it and however the run ended, sends every record once: what is there is
/// recognised (already_there.h), and where the target numbers its writers, a batch that was still on its way is refused
/// there. Records that cannot be masked count as errors of `control`.
ClusterResult<void> runReplay(ReplayEnds ends, const Clock& clock, const ReplaySpec& spec, JobControl& control,
                              ReplayProgress* progress = nullptr);

}  // namespace weir::app
