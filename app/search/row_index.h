// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cluster/cluster.h"

namespace weir::app {

/// One partition's share of a view: offsets from `start` (the log start when it was opened) to `end`.
struct PartitionSpan {
    PartitionId partition;
    Offset start;
    Offset end;
    /// The effective time before `start`, for who goes on in the middle of a run (OrderedReader); -1: nothing was
    /// before.
    std::int64_t timeBefore = -1;
};

/// One row. `chunk` keeps the views alive. `isMissing`: no record stands at this offset: compacted away, a transaction
/// marker that is not shown, or deleted since.
struct Row {
    PartitionId partition;
    Offset offset;
    bool isMissing = false;
    RecordView record;
    std::shared_ptr<const RecordChunk> chunk;
};

/// Rows of a topic numbered from 0 in 64 bits, without an index: every offset between start and end is a row.
///
/// Order: a record's *effective time* is the largest timestamp of its partition up to it, so it never falls inside a
/// partition; rows stand by (effective time, partition, offset). With that, the number of rows before a time T is the
/// sum over partitions of offsetFor(T) - start, exactly, and the row of any number is found by halving T, then by
/// counting inside one millisecond. A billion rows cost what a hundred do: some thirty look-ups a partition.
///
/// One thread at a time (a strand). Rows below the end given to setSpans() keep their number as long as no partition
/// receives older timestamps than another already has; such late records move the rows behind them.
class RowIndex {
public:
    RowIndex(Cluster& cluster, std::string topic, Isolation isolation = Isolation::kReadUncommitted);

    /// Replaces the spans. Starts may not change for partitions already known; ends may grow.
    void setSpans(std::vector<PartitionSpan> spans);
    [[nodiscard]] const std::vector<PartitionSpan>& spans() const { return m_spans; }
    [[nodiscard]] std::int64_t rowCount() const;

    /// Fewer than `count` only at the end.
    [[nodiscard]] ClusterResult<std::vector<Row>> rows(std::int64_t first, std::int64_t count);
    /// The row of a record; nullopt when it is outside the spans.
    [[nodiscard]] ClusterResult<std::optional<std::int64_t>> rowOf(PartitionId partition, Offset offset);
    /// Rows before the first one at or after `time`.
    [[nodiscard]] ClusterResult<std::int64_t> rowAtTime(Timestamp time);
    /// Where each partition stands at a row: everything before is before the row.
    [[nodiscard]] ClusterResult<std::vector<Offset>> positionsAt(std::int64_t row);

private:
    struct Cut {
        std::int64_t rows = 0;
        std::vector<Offset> offsets;
    };
    struct Cursor;

    [[nodiscard]] ClusterResult<Cut> cutAt(std::int64_t time);
    /// The last millisecond whose cut is at or before `row`.
    [[nodiscard]] ClusterResult<std::int64_t> timeOfRow(std::int64_t row);
    [[nodiscard]] ClusterResult<std::vector<Cursor>> cursorsAt(std::int64_t row);
    [[nodiscard]] std::optional<std::size_t> indexOf(PartitionId partition) const;

    Cluster& m_cluster;
    std::string m_topic;
    Isolation m_isolation;
    std::vector<PartitionSpan> m_spans;
    /// Cuts that cannot change any more: every partition had a record at or after the time.
    std::map<std::int64_t, Cut> m_settledCuts;
};

}  // namespace weir::app
