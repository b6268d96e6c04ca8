// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/search/row_index.h"

#include <algorithm>
#include <utility>

#include "app/search/partition_reader.h"

namespace weir::app {

namespace {

/// Cuts kept for narrowing later searches; some hundred kilobytes for a few partitions.
constexpr std::size_t kMaxSettledCuts = 4096;
/// Past the year 2100; a search doubles from here for clocks that are further ahead.
constexpr std::int64_t kFarTime = 1LL << 42;

}  // namespace

struct RowIndex::Cursor {
    std::size_t span = 0;
    Offset at;
    /// The largest timestamp before `at`, as far as it matters for what follows.
    std::int64_t effectiveTime = -1;
};

RowIndex::RowIndex(Cluster& cluster, std::string topic, Isolation isolation)
    : m_cluster(cluster), m_topic(std::move(topic)), m_isolation(isolation) {}

void RowIndex::setSpans(std::vector<PartitionSpan> spans) {
    std::sort(spans.begin(), spans.end(),
              [](const PartitionSpan& a, const PartitionSpan& b) { return a.partition < b.partition; });
    const bool isSameSet = std::equal(spans.begin(), spans.end(), m_spans.begin(), m_spans.end(),
                                      [](const PartitionSpan& a, const PartitionSpan& b) {
                                          return a.partition == b.partition && a.start == b.start;
                                      });
    if (!isSameSet) {
        m_settledCuts.clear();
    }
    for (PartitionSpan& span : spans) {
        span.end = std::max(span.end, span.start);
    }
    m_spans = std::move(spans);
}

std::int64_t RowIndex::rowCount() const {
    std::int64_t rows = 0;
    for (const PartitionSpan& span : m_spans) {
        rows += span.end - span.start;
    }
    return rows;
}

std::optional<std::size_t> RowIndex::indexOf(PartitionId partition) const {
    const auto found = std::find_if(m_spans.begin(), m_spans.end(),
                                    [partition](const PartitionSpan& span) { return span.partition == partition; });
    if (found == m_spans.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - m_spans.begin());
}

ClusterResult<RowIndex::Cut> RowIndex::cutAt(std::int64_t time) {
    Cut cut;
    if (time < 0) {
        for (const PartitionSpan& span : m_spans) {
            cut.offsets.push_back(span.start);
        }
        return cut;
    }
    if (const auto known = m_settledCuts.find(time); known != m_settledCuts.end()) {
        return known->second;
    }
    bool isSettled = true;
    for (const PartitionSpan& span : m_spans) {
        const auto found =
            m_cluster.offsetFor({m_topic, span.partition}, {OffsetSpecKind::kAtTimestamp, Timestamp(time)});
        if (!found) {
            return fail(ClusterError(found.error()));
        }
        const bool isInside = *found != kNoOffset && *found < span.end;
        isSettled = isSettled && isInside;
        cut.offsets.push_back(isInside ? std::max(*found, span.start) : span.end);
        cut.rows += cut.offsets.back() - span.start;
    }
    if (isSettled) {
        if (m_settledCuts.size() >= kMaxSettledCuts) {
            m_settledCuts.clear();
        }
        m_settledCuts.emplace(time, cut);
    }
    return cut;
}

ClusterResult<std::int64_t> RowIndex::timeOfRow(std::int64_t row) {
    std::int64_t low = -1;
    std::int64_t high = -1;
    // Settled cuts are sorted by time and by rows alike: the last one not behind the row, and its successor.
    const auto above = std::partition_point(m_settledCuts.begin(), m_settledCuts.end(),
                                            [row](const auto& known) { return known.second.rows <= row; });
    if (above != m_settledCuts.begin()) {
        low = std::prev(above)->first;
    }
    if (above != m_settledCuts.end()) {
        high = above->first;
    }
    if (high < 0) {
        for (high = std::max(kFarTime, low * 2); high < INT64_MAX / 4; high *= 2) {
            const auto cut = cutAt(high);
            if (!cut) {
                return fail(ClusterError(cut.error()));
            }
            if (cut->rows > row) {
                break;
            }
        }
    }
    while (high - low > 1) {
        const std::int64_t mid = low + (high - low) / 2;
        const auto cut = cutAt(mid);
        if (!cut) {
            return fail(ClusterError(cut.error()));
        }
        (cut->rows <= row ? low : high) = mid;
    }
    return low;
}

ClusterResult<std::vector<RowIndex::Cursor>> RowIndex::cursorsAt(std::int64_t row) {
    std::vector<Cursor> cursors;
    if (m_spans.size() == 1) {
        cursors.push_back({0, std::min(m_spans[0].start + row, m_spans[0].end), -1});
        return cursors;
    }
    if (row <= 0 || row >= rowCount()) {
        for (std::size_t i = 0; i < m_spans.size(); ++i) {
            cursors.push_back({i, row <= 0 ? m_spans[i].start : m_spans[i].end, -1});
        }
        return cursors;
    }
    const auto time = timeOfRow(row);
    if (!time) {
        return fail(ClusterError(time.error()));
    }
    const auto cut = cutAt(*time);
    const auto next = cutAt(*time + 1);
    if (!cut || !next) {
        return fail(ClusterError(!cut ? cut.error() : next.error()));
    }
    // Inside one millisecond rows stand by partition, so counting off whole partitions finds the place.
    std::int64_t left = row - cut->rows;
    for (std::size_t i = 0; i < m_spans.size(); ++i) {
        const std::int64_t here = std::min(left, next->offsets[i] - cut->offsets[i]);
        cursors.push_back({i, cut->offsets[i] + here, *time});
        left -= here;
    }
    return cursors;
}

ClusterResult<std::vector<Offset>> RowIndex::positionsAt(std::int64_t row) {
    const auto cursors = cursorsAt(row);
    if (!cursors) {
        return fail(ClusterError(cursors.error()));
    }
    std::vector<Offset> offsets;
    for (const Cursor& cursor : *cursors) {
        offsets.push_back(cursor.at);
    }
    return offsets;
}

ClusterResult<std::vector<Row>> RowIndex::rows(std::int64_t first, std::int64_t count) {
    std::vector<Row> rows;
    count = std::min(count, rowCount() - first);
    if (first < 0 || count <= 0) {
        return rows;
    }
    const auto cursors = cursorsAt(first);
    if (!cursors) {
        return fail(ClusterError(cursors.error()));
    }
    const auto share = count / static_cast<std::int64_t>(m_spans.size());
    const auto readAhead = static_cast<std::int32_t>(std::min(count, share * 2 + 16));
    std::vector<std::pair<PartitionReader, std::int64_t>> readers;
    for (const Cursor& cursor : *cursors) {
        const PartitionSpan& span = m_spans[cursor.span];
        readers.emplace_back(PartitionReader(m_cluster, {m_topic, span.partition}, cursor.at, span.end, m_isolation,
                                             m_spans.size() == 1 ? static_cast<std::int32_t>(count) : readAhead),
                             cursor.effectiveTime);
    }
    rows.reserve(static_cast<std::size_t>(count));
    while (static_cast<std::int64_t>(rows.size()) < count) {
        PartitionReader* best = nullptr;
        std::int64_t* bestTime = nullptr;
        for (auto& [reader, time] : readers) {
            if (reader.atEnd()) {
                continue;
            }
            const auto row = reader.peek();
            if (!row) {
                return fail(ClusterError(row.error()));
            }
            if (!(*row)->isMissing) {
                time = std::max(time, (*row)->record.timestamp.value);
            }
            // Readers stand by partition, so the first of equal times wins.
            if (best == nullptr || time < *bestTime) {
                best = &reader;
                bestTime = &time;
            }
        }
        if (best == nullptr) {
            break;
        }
        rows.push_back(**best->peek());
        best->pop();
    }
    return rows;
}

ClusterResult<std::int64_t> RowIndex::rowAtTime(Timestamp time) {
    const auto cut = cutAt(time.value);
    if (!cut) {
        return fail(ClusterError(cut.error()));
    }
    return cut->rows;
}

ClusterResult<std::optional<std::int64_t>> RowIndex::rowOf(PartitionId partition, Offset offset) {
    const auto index = indexOf(partition);
    if (!index || offset < m_spans[*index].start || offset >= m_spans[*index].end) {
        return std::optional<std::int64_t>();
    }
    if (m_spans.size() == 1) {
        return std::optional(offset - m_spans[0].start);
    }
    // The last time whose cut is not behind the record is its effective time.
    std::int64_t low = -1;
    std::int64_t high = kFarTime;
    for (; high < INT64_MAX / 4; high *= 2) {
        const auto cut = cutAt(high);
        if (!cut) {
            return fail(ClusterError(cut.error()));
        }
        if (cut->offsets[*index] > offset) {
            break;
        }
    }
    while (high - low > 1) {
        const std::int64_t mid = low + (high - low) / 2;
        const auto cut = cutAt(mid);
        if (!cut) {
            return fail(ClusterError(cut.error()));
        }
        (cut->offsets[*index] <= offset ? low : high) = mid;
    }
    const auto cut = cutAt(low);
    const auto next = cutAt(low + 1);
    if (!cut || !next) {
        return fail(ClusterError(!cut ? cut.error() : next.error()));
    }
    std::int64_t row = cut->rows + (offset - cut->offsets[*index]);
    for (std::size_t i = 0; i < *index; ++i) {
        row += next->offsets[i] - cut->offsets[i];
    }
    return std::optional(row);
}

}  // namespace weir::app
