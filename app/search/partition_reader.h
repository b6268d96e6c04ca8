// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <memory>
#include <optional>

#include "app/search/row_index.h"

namespace weir::app {

/// Walks the offsets of one partition as rows, reading ahead in chunks; offsets without a record come out as missing
/// rows. One thread.
class PartitionReader {
public:
    PartitionReader(Cluster& cluster, TopicPartition partition, Offset from, Offset until, Isolation isolation,
                    std::int32_t readAhead)
        : m_cluster(cluster),
          m_partition(std::move(partition)),
          m_next(from),
          m_until(until),
          m_isolation(isolation),
          m_readAhead(readAhead) {}

    [[nodiscard]] bool atEnd() const { return m_next >= m_until; }
    [[nodiscard]] Offset position() const { return m_next; }

    /// The row at position(); not at the end.
    ClusterResult<const Row*> peek() {
        if (!m_isLoaded) {
            if (auto loaded = load(); !loaded) {
                return fail(ClusterError(loaded.error()));
            }
        }
        return &m_row;
    }
    void pop() {
        ++m_next;
        m_isLoaded = false;
    }

private:
    ClusterResult<void> load() {
        m_row = {};
        m_row.partition = m_partition.partition;
        m_row.offset = m_next;
        m_isLoaded = true;
        if (m_chunk == nullptr || m_next >= m_chunkNext) {
            if (auto read = readChunk(); !read) {
                return fail(ClusterError(read.error()));
            }
        }
        while (m_at < m_chunk->records.size() && m_chunk->records[m_at].offset < m_next) {
            ++m_at;
        }
        if (m_at < m_chunk->records.size() && m_chunk->records[m_at].offset == m_next) {
            m_row.record = m_chunk->records[m_at];
            m_row.chunk = m_chunk;
        } else {
            m_row.isMissing = true;
        }
        return {};
    }

    ClusterResult<void> readChunk() {
        ReadRequest request;
        request.partition = m_partition;
        request.from = m_next;
        request.until = m_until;
        request.maxRecords = m_readAhead;
        // A guess at their size: too little is read on, too much is thrown away.
        request.maxBytes = std::clamp<std::int64_t>(m_readAhead * std::int64_t{512}, 16 << 10, 1 << 20);
        request.isolation = m_isolation;
        request.includeControl = true;
        auto chunk = m_cluster.read(request);
        m_at = 0;
        if (!chunk) {
            return readBehindDeleted(chunk.error());
        }
        m_chunk = *std::move(chunk);
        // Nothing read although offsets remain: they hold nothing that may be shown (deleted, or open transactions).
        m_chunkNext = m_chunk->records.empty() && m_chunk->next <= m_next ? m_until : m_chunk->next;
        return {};
    }

    // Retention may have moved the log start since the rows were numbered: what is gone is missing, no error.
    ClusterResult<void> readBehindDeleted(const ClusterError& error) {
        const auto earliest = m_cluster.offsetFor(m_partition, {OffsetSpecKind::kEarliest, kNoTimestamp});
        if (!earliest || *earliest <= m_next) {
            return fail(ClusterError(error));
        }
        m_chunk = std::make_shared<RecordChunk>();
        m_chunkNext = std::min(*earliest, m_until);
        return {};
    }

    Cluster& m_cluster;
    TopicPartition m_partition;
    Offset m_next;
    Offset m_until;
    Isolation m_isolation;
    std::int32_t m_readAhead;
    std::shared_ptr<const RecordChunk> m_chunk;
    Offset m_chunkNext = kNoOffset;
    std::size_t m_at = 0;
    Row m_row;
    bool m_isLoaded = false;
};

}  // namespace weir::app
