// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend/group_admin.h"
#include "ui/widgets/keyed_model.h"

namespace weir::ui {

struct LagRow {
    PartitionLag lag;

    [[nodiscard]] const TopicPartition& key() const { return lag.partition; }
    bool operator==(const LagRow& other) const {
        return lag.partition == other.lag.partition && lag.memberId == other.lag.memberId &&
               lag.committed == other.lag.committed && lag.end == other.lag.end && lag.lag == other.lag.lag &&
               lag.timeLagMs == other.lag.timeLagMs && lag.host == other.lag.host;
    }
};
/// Partition, member, host, committed, end, lag, time lag.
std::vector<KeyedColumn<LagRow>> lagColumns();

struct RebalanceRow {
    RebalanceEvent event;

    /// Newest first.
    [[nodiscard]] std::pair<std::int64_t, std::int32_t> key() const {
        return {-event.at.value, -event.generation.value};
    }
    bool operator==(const RebalanceRow& other) const {
        return event.at == other.event.at && event.durationMs == other.event.durationMs &&
               event.reason == other.event.reason && event.members == other.event.members;
    }
};
/// When, took, generation, why, joined, left, members.
std::vector<KeyedColumn<RebalanceRow>> rebalanceColumns();

}  // namespace weir::ui
