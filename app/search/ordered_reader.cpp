// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/search/ordered_reader.h"

#include <algorithm>

namespace weir::app {

namespace {
constexpr std::int32_t kChunkRecords = 64 << 10;
constexpr std::int64_t kChunkBytes = 512 << 10;
}  // namespace

OrderedReader::OrderedReader(Cluster& cluster, std::string topic, std::vector<PartitionSpan> spans, Isolation isolation)
    : m_cluster(cluster), m_topic(std::move(topic)), m_isolation(isolation) {
    std::sort(spans.begin(), spans.end(),
              [](const PartitionSpan& a, const PartitionSpan& b) { return a.partition < b.partition; });
    for (const PartitionSpan& span : spans) {
        m_sources.push_back({span, nullptr, 0, span.start, span.timeBefore, false});
    }
}

// Makes chunk[at] the source's next record, or the source done.
ClusterResult<void> OrderedReader::fill(Source& source) {
    while (!source.isDone && (source.chunk == nullptr || source.at >= source.chunk->records.size())) {
        if (source.next >= source.span.end) {
            source.isDone = true;
            source.chunk = nullptr;
            break;
        }
        ReadRequest request;
        request.partition = {m_topic, source.span.partition};
        request.from = source.next;
        request.until = source.span.end;
        request.maxRecords = kChunkRecords;
        request.maxBytes = kChunkBytes;
        request.isolation = m_isolation;
        auto chunk = m_cluster.read(request);
        if (!chunk) {
            const auto earliest = m_cluster.offsetFor(request.partition, {OffsetSpecKind::kEarliest, kNoTimestamp});
            if (!earliest || *earliest <= source.next) {
                return fail(ClusterError(chunk.error()));
            }
            source.next = *earliest;
            continue;
        }
        m_bytesRead += (*chunk)->bytesScanned;
        source.at = 0;
        source.isDone = (*chunk)->records.empty() && (*chunk)->next <= source.next;
        source.next = (*chunk)->next;
        source.chunk = *std::move(chunk);
    }
    if (!source.isDone) {
        source.effectiveTime = std::max(source.effectiveTime, source.chunk->records[source.at].timestamp.value);
    }
    return {};
}

ClusterResult<std::optional<OrderedReader::Item>> OrderedReader::next() {
    if (m_current != nullptr) {
        ++m_current->at;
        if (auto filled = fill(*m_current); !filled) {
            return fail(ClusterError(filled.error()));
        }
    } else {
        for (Source& source : m_sources) {
            if (auto filled = fill(source); !filled) {
                return fail(ClusterError(filled.error()));
            }
        }
    }
    m_current = nullptr;
    for (Source& source : m_sources) {
        if (!source.isDone && (m_current == nullptr || source.effectiveTime < m_current->effectiveTime)) {
            m_current = &source;
        }
    }
    if (m_current == nullptr) {
        return std::optional<Item>();
    }
    return std::optional(
        Item{m_current->span.partition, m_current->chunk->records[m_current->at], m_current->chunk.get()});
}

}  // namespace weir::app
