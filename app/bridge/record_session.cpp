// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/record_session.h"

#include <algorithm>

namespace weir::app {

namespace {

/// Beyond this many offsets even a compacted topic is shown by offset, with its gaps.
constexpr std::int64_t kMaxCompactedOffsets = 20'000'000;

std::int64_t offsetsIn(const std::vector<PartitionSpan>& spans) {
    std::int64_t sum = 0;
    for (const PartitionSpan& span : spans) {
        sum += span.end - span.start;
    }
    return sum;
}

}  // namespace

RecordSession::RecordSession(std::shared_ptr<Cluster> cluster, const Clock& clock, ui::RecordQuery query,
                             std::function<void()> onChange, std::size_t maxMatches)
    : m_cluster(std::move(cluster)),
      m_clock(clock),
      m_query(std::move(query)),
      m_topic(m_query.topic.toStdString()),
      m_onChange(std::move(onChange)),
      m_openedAt(clock.steadyNow()),
      m_index(*m_cluster, m_topic, m_query.isolation),
      m_maxMatches(maxMatches),
      m_matchStep(maxMatches) {}

ClusterResult<RecordSession::Topic> RecordSession::look() {
    auto snapshot = m_cluster->snapshot();
    if (!snapshot) {
        return fail(ClusterError(snapshot.error()));
    }
    const TopicSnapshot* const topic = (*snapshot)->findTopic(m_topic);
    if (topic == nullptr) {
        return fail(ClusterError{ClusterErrc::kNotFound, 3, "Topic " + m_topic + " does not exist."});
    }
    if (!m_topicId.isZero() && topic->id != m_topicId) {
        return fail(
            ClusterError{ClusterErrc::kNotFound, 3,
                         "Topic " + m_topic + " was deleted and made again; these rows belong to the old one."});
    }
    m_topicId = topic->id;
    Topic seen;
    for (const PartitionSnapshot& partition : topic->partitions) {
        const auto& wanted = m_query.partitions;
        if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), partition.partition) == wanted.end()) {
            continue;
        }
        const Offset end =
            m_query.isolation == Isolation::kReadCommitted ? partition.lastStable : partition.highWatermark;
        PartitionSpan span{partition.partition, partition.logStart, std::max(end, partition.logStart)};
        // Rows keep their numbers: once open, a partition's rows begin where they began.
        for (const PartitionSpan& known : m_index.spans()) {
            if (known.partition == span.partition) {
                seen.lost += std::max<std::int64_t>(0, span.start - known.start);
                span.start = known.start;
                span.end = std::max(span.end, known.end);
            }
        }
        seen.spans.push_back(span);
    }
    m_snapshot = *std::move(snapshot);
    return seen;
}

bool RecordSession::clip(std::vector<PartitionSpan>& spans) {
    for (PartitionSpan& span : spans) {
        if (m_query.stopAtOffset != kNoOffset) {
            span.end = std::clamp(m_query.stopAtOffset + 1, span.start, span.end);
        }
        if (m_query.stopAtTime != kNoTimestamp) {
            const auto found =
                m_cluster->offsetFor({m_topic, span.partition}, {OffsetSpecKind::kAtTimestamp, m_query.stopAtTime + 1});
            if (!found) {
                return false;
            }
            span.end = *found == kNoOffset ? span.end : std::clamp(*found, span.start, span.end);
        }
    }
    return true;
}

ClusterResult<std::int64_t> RecordSession::open() {
    auto matcher = Matcher::make(m_query.filter.toStdString(), m_query.isExpression, Timestamp(m_clock.wallNowMs()));
    if (!matcher) {
        return fail(ClusterError{ClusterErrc::kInvalid, 0, matcher.error().message});
    }
    m_matcher = *std::move(matcher);
    auto topic = look();
    if (!topic) {
        return fail(ClusterError(topic.error()));
    }
    const TopicSnapshot& facts = *m_snapshot->findTopic(m_topic);
    // Offsets without a record would stand between the rows: replaced records, and transactions' markers and aborted
    // records where those are not to be seen.
    const bool hidesSome = m_query.isolation == Isolation::kReadCommitted || !m_query.showMarkers;
    const bool hasManyGaps = !facts.countIsExact &&
                             (hidesSome || facts.cleanupPolicy.find("compact") != std::string::npos) &&
                             offsetsIn(topic->spans) <= kMaxCompactedOffsets;
    m_isMatchMode = m_query.latestPerKey || !m_matcher.isEverything() || hasManyGaps;
    m_isNewestFirst = m_isMatchMode && !m_query.latestPerKey && m_query.start.kind == ui::StartKind::kNewest;
    if (!clip(topic->spans)) {
        return fail(ClusterError{ClusterErrc::kUnreachable, 0, "The stop time could not be looked up."});
    }
    m_index.setSpans(topic->spans);
    if (m_isMatchMode) {
        auto from = scanStart(topic->spans);
        if (!from) {
            return fail(ClusterError(from.error()));
        }
        m_scanSpans = *std::move(from);
        const std::lock_guard lock(m_stateMutex);
        m_state.progress.totalRecords = offsetsIn(m_scanSpans);
        m_isScanning = true;
        return std::int64_t{0};
    }
    auto row = startRow();
    if (!row) {
        return row;
    }
    std::int64_t count = m_index.rowCount();
    if (m_query.stopAfterMatches > 0) {
        m_maxRows = *row + m_query.stopAfterMatches;
        count = std::min(count, m_maxRows);
    }
    setRows(count, -1);
    return row;
}

ClusterResult<Offset> RecordSession::startOf(const PartitionSpan& span, const GroupSnapshot* group) {
    const auto clamped = [&span](Offset offset) { return std::clamp(offset, span.start, span.end); };
    switch (m_query.start.kind) {
        case ui::StartKind::kNewest:
        case ui::StartKind::kBeginning:
            return span.start;
        case ui::StartKind::kLive:
            return span.end;
        case ui::StartKind::kOffset:
            return clamped(m_query.start.offset);
        case ui::StartKind::kTime: {
            const auto found = m_cluster->offsetFor(
                {m_topic, span.partition}, {OffsetSpecKind::kAtTimestamp, std::max(Timestamp(0), m_query.start.time)});
            if (!found) {
                return found;
            }
            return *found == kNoOffset ? span.end : clamped(*found);
        }
        case ui::StartKind::kGroup:
            for (const CommittedOffset& committed : group->offsets) {
                if (committed.partition == TopicPartition{m_topic, span.partition}) {
                    return clamped(committed.offset);
                }
            }
            return span.start;
    }
    return span.start;
}

ClusterResult<std::vector<PartitionSpan>> RecordSession::scanStart(const std::vector<PartitionSpan>& all) {
    const GroupSnapshot* group = nullptr;
    if (m_query.start.kind == ui::StartKind::kGroup) {
        group = m_snapshot->findGroup(m_query.start.group.toStdString());
        if (group == nullptr) {
            return fail(ClusterError{ClusterErrc::kNotFound, 69,
                                     "Group " + m_query.start.group.toStdString() + " does not exist."});
        }
    }
    std::vector<PartitionSpan> spans = all;
    for (PartitionSpan& span : spans) {
        const auto from = startOf(span, group);
        if (!from) {
            return fail(ClusterError(from.error()));
        }
        span.start = *from;
    }
    return spans;
}

ClusterResult<std::vector<PartitionSpan>> RecordSession::spansOf(const std::shared_ptr<Cluster>& cluster,
                                                                 const Clock& clock, ui::RecordQuery query) {
    if (query.start.kind == ui::StartKind::kLive) {
        query.start.kind = ui::StartKind::kBeginning;
    }
    RecordSession session(cluster, clock, std::move(query), [] {});
    auto topic = session.look();
    if (!topic) {
        return fail(ClusterError(topic.error()));
    }
    if (!session.clip(topic->spans)) {
        return fail(ClusterError{ClusterErrc::kUnreachable, 0, "The stop time could not be looked up."});
    }
    return session.scanStart(topic->spans);
}

ClusterResult<std::int64_t> RecordSession::startRow() {
    const std::int64_t count = m_index.rowCount();
    switch (m_query.start.kind) {
        case ui::StartKind::kBeginning:
            return std::int64_t{0};
        case ui::StartKind::kNewest:
        case ui::StartKind::kLive:
            return std::max<std::int64_t>(0, count - 1);
        case ui::StartKind::kTime: {
            auto row = m_index.rowAtTime(m_query.start.time);
            return row ? ClusterResult<std::int64_t>(std::min(*row, std::max<std::int64_t>(0, count - 1))) : row;
        }
        case ui::StartKind::kOffset:
        case ui::StartKind::kGroup:
            break;
    }
    // The first of the partitions' places: everything that is asked for stands at or below it.
    const auto places = scanStart(m_index.spans());
    if (!places) {
        return fail(ClusterError(places.error()));
    }
    std::int64_t first = std::max<std::int64_t>(0, count - 1);
    for (const PartitionSpan& place : *places) {
        const auto row = m_index.rowOf(place.partition, place.start);
        if (!row) {
            return fail(ClusterError(row.error()));
        }
        first = std::min(first, row->value_or(first));
    }
    return first;
}

ClusterResult<void> RecordSession::refresh() {
    const std::vector<PartitionSpan> before = m_index.spans();
    auto topic = look();
    if (!topic) {
        return fail(ClusterError(topic.error()));
    }
    if (!clip(topic->spans)) {
        return {};
    }
    Timestamp oldestNew = kNoTimestamp;
    for (const PartitionSpan& span : topic->spans) {
        const auto known = std::find_if(before.begin(), before.end(),
                                        [&span](const PartitionSpan& old) { return old.partition == span.partition; });
        const Offset from = known == before.end() ? span.start : known->end;
        if (from >= span.end || topic->spans.size() == 1) {
            continue;
        }
        ReadRequest request;
        request.partition = {m_topic, span.partition};
        request.from = from;
        request.maxRecords = 1;
        request.maxBytes = 1;
        const auto chunk = m_cluster->read(request);
        if (chunk && !(*chunk)->records.empty()) {
            const Timestamp at = (*chunk)->records.front().timestamp;
            oldestNew = oldestNew == kNoTimestamp ? at : std::min(oldestNew, at);
        }
    }
    const std::int64_t oldCount = m_index.rowCount();
    m_index.setSpans(std::move(topic->spans));
    std::int64_t invalidFrom = -1;
    if (oldestNew != kNoTimestamp) {
        // New records may stand before old ones of another partition: from the first of them on, rows are others.
        const auto row = m_index.rowAtTime(oldestNew);
        invalidFrom = row && *row < oldCount ? *row : -1;
    }
    {
        const std::lock_guard lock(m_stateMutex);
        m_state.progress.lost = topic->lost;
    }
    const std::int64_t count = m_maxRows < 0 ? m_index.rowCount() : std::min(m_maxRows, m_index.rowCount());
    setRows(count, invalidFrom);
    return {};
}

ClusterResult<std::vector<Row>> RecordSession::rows(std::int64_t first, std::int64_t count) {
    return m_isMatchMode ? matchRows(first, count) : m_index.rows(first, count);
}

void RecordSession::goOn() {
    {
        const std::lock_guard lock(m_matchMutex);
        m_maxMatches = listed() + m_waiting.size() + m_matchStep;
    }
    m_control->resume();
}

void RecordSession::showNewer() {
    std::size_t count = 0;
    {
        const std::lock_guard lock(m_matchMutex);
        m_newer.insert(m_newer.end(), m_waiting.begin(), m_waiting.end());
        m_waiting.clear();
        count = listed();
    }
    setRows(static_cast<std::int64_t>(count), 0);
}

void RecordSession::stop() {
    m_control->stop();
}

SessionState RecordSession::state() {
    std::int64_t waiting = 0;
    {
        const std::lock_guard lock(m_matchMutex);
        waiting = static_cast<std::int64_t>(m_waiting.size());
    }
    const std::lock_guard lock(m_stateMutex);
    SessionState state = m_state;
    m_state.invalidFrom = -1;
    ui::ScanProgress& progress = state.progress;
    progress.running = m_isScanning && !m_control->isStopped();
    progress.isFull = progress.isFull && !m_control->isStopped();
    progress.newer = waiting;
    progress.keyless = m_keyless;
    if (m_isMatchMode) {
        progress.scannedRecords = m_stats.records;
        progress.scannedBytes = m_stats.bytes;
        progress.matched = m_stats.matched;
        progress.errors = m_stats.errors;
        progress.lost = m_stats.lost;
        progress.totalRecords = std::max(progress.totalRecords, progress.scannedRecords);
    } else {
        progress.matched = state.rowCount;
        progress.totalRecords = state.rowCount;
    }
    const auto elapsed = m_clock.steadyNow() - m_openedAt;
    progress.elapsedMs =
        m_isScanning ? std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count() : m_scanMs;
    return state;
}

void RecordSession::setRows(std::int64_t count, std::int64_t invalidFrom) {
    bool isChanged = false;
    {
        const std::lock_guard lock(m_stateMutex);
        isChanged = m_state.rowCount != count || invalidFrom >= 0;
        m_state.rowCount = count;
        if (invalidFrom >= 0) {
            m_state.invalidFrom = m_state.invalidFrom < 0 ? invalidFrom : std::min(m_state.invalidFrom, invalidFrom);
        }
    }
    if (isChanged) {
        m_onChange();
    }
}

}  // namespace weir::app
