// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/search/row_index.h"

namespace weir::app {

/// A run of records of several partitions in the row order of RowIndex, read sequentially in large chunks: what
/// export and replay walk. Offsets without a record are passed over. One thread; memory is one chunk a partition.
class OrderedReader {
public:
    OrderedReader(Cluster& cluster, std::string topic, std::vector<PartitionSpan> spans, Isolation isolation);

    struct Item {
        PartitionId partition;
        RecordView record;
        /// Valid until the next call.
        const RecordChunk* chunk = nullptr;
    };
    /// The next record; nullopt at the end.
    ClusterResult<std::optional<Item>> next();
    [[nodiscard]] std::int64_t bytesRead() const { return m_bytesRead; }

private:
    struct Source {
        PartitionSpan span;
        std::shared_ptr<const RecordChunk> chunk;
        std::size_t at = 0;
        Offset next;
        std::int64_t effectiveTime = -1;
        bool isDone = false;
    };
    ClusterResult<void> fill(Source& source);

    Cluster& m_cluster;
    std::string m_topic;
    Isolation m_isolation;
    std::vector<Source> m_sources;
    Source* m_current = nullptr;
    std::int64_t m_bytesRead = 0;
};

}  // namespace weir::app
