// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unordered_map>

#include "broker/model/snapshot.h"
#include "ui/widgets/keyed_model.h"

namespace weir::ui {

struct PartitionRow {
    PartitionSnapshot now;
    double recordsIn = 0;
    double bytesIn = 0;
    double bytesOut = 0;
    /// Of the largest partition of the topic.
    double share = 0;

    [[nodiscard]] PartitionId key() const { return now.partition; }
    bool operator==(const PartitionRow& other) const;
};

/// Makes rows of snapshots, with rates from the difference of two of them that are at least a second apart.
class PartitionRates {
public:
    [[nodiscard]] std::vector<PartitionRow> rows(const Snapshot& snapshot, const TopicSnapshot& topic);

private:
    struct Counters {
        std::int64_t records = 0;
        std::int64_t bytesIn = 0;
        std::int64_t bytesOut = 0;
        double recordRate = 0;
        double inRate = 0;
        double outRate = 0;
    };
    std::unordered_map<std::int32_t, Counters> m_last;
    std::int64_t m_lastSteadyMs = -1;
};

/// Partition, leader, replicas, log start, high watermark, last stable, records, size, segments, rates, last record.
/// `whyEstimated`: where bytes in are an estimate, the reason.
std::vector<KeyedColumn<PartitionRow>> partitionColumns(const QString& whyEstimated);

}  // namespace weir::ui
