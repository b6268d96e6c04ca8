// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cluster/cluster.h"
#include "ui/backend/records.h"

/// Questions about single records and whole topics. Blocking; workers only.
namespace weir::app {

struct FoundRecord {
    std::shared_ptr<const RecordChunk> chunk;
    RecordView record;
};

ClusterResult<FoundRecord> findRecord(Cluster& cluster, const ui::RowAddress& address);

/// The newest record before `address` with the same key bytes. Looks back over at most `maxRecords`.
ClusterResult<std::optional<FoundRecord>> findPreviousOfKey(Cluster& cluster, const ui::RowAddress& address,
                                                            std::int64_t maxRecords);

/// How many records were written in each of `buckets` equal spans between the first and the last record, counted by
/// looking up where the borders stand.
ClusterResult<std::vector<ui::TimelineBucket>> timelineOf(Cluster& cluster, const std::string& topic, int buckets);

}  // namespace weir::app
