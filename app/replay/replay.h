// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "app/cluster/cluster.h"
#include "app/jobs/job_control.h"
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
};

struct DryRunResult {
    std::int64_t records = 0;
    std::int64_t bytes = 0;
    Timestamp first = kNoTimestamp;
    Timestamp last = kNoTimestamp;
    std::int64_t scanned = 0;
    /// -1: not known beforehand.
    std::int64_t expectedMs = -1;
    std::vector<std::string> warnings;
};

/// Reads the range and counts, without writing anything. Blocks; stops with kCancelled.
ClusterResult<DryRunResult> dryRunReplay(Cluster& cluster, const Clock& clock, const ReplaySpec& spec,
                                         JobControl& control);

/// Runs a replay. The range is fixed when it starts, so replaying a topic into itself ends. A target topic that does
/// not exist is made with the source's number of partitions. Blocks; pause and stop take effect within a tick.
ClusterResult<void> runReplay(Cluster& cluster, const Clock& clock, const ReplaySpec& spec, JobControl& control);

}  // namespace weir::app
