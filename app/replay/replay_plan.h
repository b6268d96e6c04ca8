// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "app/replay/replay.h"
#include "app/search/matcher.h"
#include "app/search/ordered_reader.h"

namespace weir::app {

/// What a replay will read and where it goes, worked out before anything is written. For this folder's own use.
struct ReplayPlan {
    /// The range of each partition, and what is left of it.
    std::vector<PartitionSpan> whole;
    std::vector<PartitionSpan> spans;
    TopicId from;
    TopicId to;
    std::int32_t sourcePartitions = 0;
    /// 0: the target does not exist.
    std::int32_t targetPartitions = 0;
    std::int64_t targetRetentionMs = -1;
    /// Of `spans`.
    std::int64_t offsets = 0;
    /// Left to be sent when an earlier run stopped, and deleted from the source since.
    std::int64_t deleted = 0;
    Matcher matcher;
    Masking masking;
};

ClusterResult<ReplayPlan> makeReplayPlan(ReplayEnds ends, const Clock& clock, const ReplaySpec& spec);

/// The record as it stands in the source.
void copyInto(OutgoingRecord& to, const OrderedReader::Item& from);

}  // namespace weir::app
