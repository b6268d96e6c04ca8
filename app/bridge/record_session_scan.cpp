// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <numeric>
#include <tuple>

#include "app/bridge/record_session.h"

/// The half of RecordSession that looks for matches.
namespace weir::app {

namespace {
constexpr std::chrono::milliseconds kFollowPause{250};
constexpr std::chrono::milliseconds kLatestPause{400};

// nullptr when the chunk does not hold the offset.
const RecordView* findIn(const std::shared_ptr<const RecordChunk>& chunk, Offset offset) {
    if (chunk == nullptr) {
        return nullptr;
    }
    const auto found = std::find_if(chunk->records.begin(), chunk->records.end(),
                                    [offset](const RecordView& record) { return record.offset == offset; });
    return found == chunk->records.end() ? nullptr : &*found;
}

const CommittedOffset* findCommit(const GroupSnapshot* group, const TopicPartition& partition) {
    if (group == nullptr) {
        return nullptr;
    }
    const auto found = std::find_if(group->offsets.begin(), group->offsets.end(),
                                    [&partition](const CommittedOffset& one) { return one.partition == partition; });
    return found == group->offsets.end() ? nullptr : &*found;
}

}  // namespace

ClusterResult<void> RecordSession::scan() {
    RowIndex index(*m_cluster, m_topic, m_query.isolation);
    index.setSpans(m_scanSpans);
    auto done = scanOnce(index, 0, index.rowCount(), m_matcher);
    publishLatest();
    m_isFollowing = true;
    {
        const std::lock_guard lock(m_stateMutex);
        m_isScanning = false;
        m_scanMs = std::chrono::duration_cast<std::chrono::milliseconds>(m_clock.steadyNow() - m_openedAt).count();
    }
    m_onChange();
    if (!done) {
        return done;
    }
    const bool hasStop = m_query.stopAtOffset != kNoOffset || m_query.stopAtTime != kNoTimestamp;
    return hasStop ? done : follow(index, m_matcher);
}

ClusterResult<void> RecordSession::scanOnce(RowIndex& index, std::int64_t from, std::int64_t to,
                                            const Matcher& matcher) {
    if (from >= to) {
        return {};
    }
    ScanOptions options;
    options.isolation = m_query.isolation;
    options.hashKeys = m_query.latestPerKey;
    const bool isBackward = m_isNewestFirst && !m_isFollowing;
    options.order = isBackward ? ScanOrder::kNewestFirst : ScanOrder::kOldestFirst;
    Scanner scanner(*m_cluster, m_topic, matcher, options);
    return scanner.run(index, from, to, *m_control, m_stats,
                       [this](std::vector<Match>&& matches) { return take(std::move(matches)); });
}

bool RecordSession::take(std::vector<Match>&& matches) {
    if (m_query.latestPerKey) {
        return addLatest(std::move(matches));
    }
    return m_isNewestFirst && m_isFollowing ? addNewer(matches) : addMatches(matches);
}

// After the end is reached: what arrives is scanned as it comes. Each turn has its own index over the new records only,
// so that late timestamps cannot move what was found.
ClusterResult<void> RecordSession::follow(RowIndex& index, const Matcher& matcher) {
    std::vector<PartitionSpan> position = index.spans();
    while (m_control->waitFor(kFollowPause)) {
        const auto snapshot = m_cluster->snapshot();
        const TopicSnapshot* const topic = snapshot ? (*snapshot)->findTopic(m_topic) : nullptr;
        if (topic == nullptr) {
            continue;
        }
        std::vector<PartitionSpan> fresh;
        for (PartitionSpan& span : position) {
            const auto facts =
                std::find_if(topic->partitions.begin(), topic->partitions.end(),
                             [&span](const PartitionSnapshot& one) { return one.partition == span.partition; });
            if (facts == topic->partitions.end()) {
                continue;
            }
            const Offset end =
                m_query.isolation == Isolation::kReadCommitted ? facts->lastStable : facts->highWatermark;
            if (end > span.end) {
                fresh.push_back({span.partition, span.end, end});
                span.end = end;
            }
        }
        if (fresh.empty()) {
            continue;
        }
        RowIndex tail(*m_cluster, m_topic, m_query.isolation);
        tail.setSpans(std::move(fresh));
        const auto done = scanOnce(tail, 0, tail.rowCount(), matcher);
        publishLatest();
        if (!done) {
            return done;
        }
        m_onChange();
    }
    return {};
}

bool RecordSession::addMatches(const std::vector<Match>& matches) {
    std::size_t taken = 0;
    while (taken < matches.size()) {
        std::size_t count = 0;
        bool isEnough = false;
        {
            const std::lock_guard lock(m_matchMutex);
            const auto wanted = static_cast<std::size_t>(m_query.stopAfterMatches);
            for (; taken < matches.size() && listed() + m_waiting.size() < m_maxMatches && !isEnough; ++taken) {
                const Match& match = matches[taken];
                m_matches.push_back({match.offset, match.timestamp, match.partition});
                isEnough = wanted > 0 && m_matches.size() >= wanted;
            }
            count = listed();
        }
        setRows(static_cast<std::int64_t>(count), -1);
        if (isEnough) {
            m_control->stop();
            return false;
        }
        if (taken < matches.size() && !waitForRoom()) {
            return false;
        }
    }
    return true;
}

bool RecordSession::addNewer(const std::vector<Match>& matches) {
    std::size_t taken = 0;
    while (taken < matches.size()) {
        {
            const std::lock_guard lock(m_matchMutex);
            for (; taken < matches.size() && listed() + m_waiting.size() < m_maxMatches; ++taken) {
                const Match& match = matches[taken];
                m_waiting.push_back({match.offset, match.timestamp, match.partition});
            }
        }
        m_onChange();
        if (taken < matches.size() && !waitForRoom()) {
            return false;
        }
    }
    return true;
}

// The order of the first two steps matters: whoever sees isFull may call goOn() at once, and that ends the pause.
bool RecordSession::waitForRoom() {
    m_control->pause();
    {
        const std::lock_guard lock(m_stateMutex);
        m_state.progress.isFull = true;
    }
    m_onChange();
    const bool goesOn = m_control->mayGoOn();
    {
        const std::lock_guard lock(m_stateMutex);
        m_state.progress.isFull = false;
    }
    return goesOn;
}

RecordSession::Stored RecordSession::listedAt(std::size_t row) const {
    return row < m_newer.size() ? m_newer[m_newer.size() - 1 - row] : m_matches[row - m_newer.size()];
}

bool RecordSession::addLatest(std::vector<Match>&& matches) {
    for (const Match& match : matches) {
        if (match.keyHash == 0) {
            ++m_keyless;
            continue;
        }
        while (m_latest.size() >= m_maxMatches && !m_latest.contains(match.keyHash)) {
            publishLatest();
            if (!waitForRoom()) {
                return false;
            }
        }
        m_latest[match.keyHash] = {match.offset, match.timestamp, match.partition};
    }
    const auto now = m_clock.steadyNow();
    if (now - m_latestShownAt >= kLatestPause) {
        m_latestShownAt = now;
        publishLatest();
    }
    return true;
}

void RecordSession::publishLatest() {
    if (!m_query.latestPerKey) {
        return;
    }
    std::vector<Stored> rows;
    rows.reserve(m_latest.size());
    for (const auto& [hash, stored] : m_latest) {
        rows.push_back(stored);
    }
    std::sort(rows.begin(), rows.end(), [](const Stored& a, const Stored& b) {
        return std::tie(a.timestamp, a.partition, a.offset) < std::tie(b.timestamp, b.partition, b.offset);
    });
    std::int64_t same = 0;
    std::int64_t count = 0;
    {
        const std::lock_guard lock(m_matchMutex);
        const auto differs = std::mismatch(
            rows.begin(), rows.end(), m_matches.begin(), m_matches.end(),
            [](const Stored& a, const Stored& b) { return a.offset == b.offset && a.partition == b.partition; });
        same = differs.first - rows.begin();
        m_matches = std::move(rows);
        count = static_cast<std::int64_t>(m_matches.size());
    }
    setRows(count, same < count ? same : -1);
}

ClusterResult<std::vector<Row>> RecordSession::matchRows(std::int64_t first, std::int64_t count) {
    std::vector<Stored> wanted;
    {
        const std::lock_guard lock(m_matchMutex);
        const auto total = static_cast<std::int64_t>(listed());
        const std::int64_t from = std::clamp<std::int64_t>(first, 0, total);
        const std::int64_t to = std::clamp<std::int64_t>(first + count, from, total);
        for (std::int64_t row = from; row < to; ++row) {
            wanted.push_back(listedAt(static_cast<std::size_t>(row)));
        }
    }
    // Read in the order of the log, whatever the order of the rows: neighbours cost one read.
    std::vector<std::size_t> order(wanted.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&wanted](std::size_t a, std::size_t b) {
        return std::tie(wanted[a].partition, wanted[a].offset) < std::tie(wanted[b].partition, wanted[b].offset);
    });
    std::vector<Row> rows(wanted.size());
    std::shared_ptr<const RecordChunk> chunk;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const Stored& one = wanted[order[i]];
        const bool isSamePartition = i > 0 && wanted[order[i - 1]].partition == one.partition;
        const RecordView* record = isSamePartition ? findIn(chunk, one.offset) : nullptr;
        if (record == nullptr) {
            // None for what lies between far matches.
            std::int32_t ahead = 1;
            for (std::size_t k = i + 1; k < order.size() && wanted[order[k]].partition == one.partition &&
                                        wanted[order[k]].offset - one.offset < 256;
                 ++k) {
                ahead = static_cast<std::int32_t>(wanted[order[k]].offset - one.offset) + 1;
            }
            ReadRequest request;
            request.partition = {m_topic, one.partition};
            request.from = one.offset;
            request.maxRecords = ahead;
            request.maxBytes = ahead == 1 ? 1 : std::int64_t{512} * ahead;
            request.isolation = m_query.isolation;
            auto read = m_cluster->read(request);
            chunk = read ? *std::move(read) : nullptr;
            record = findIn(chunk, one.offset);
        }
        Row& row = rows[order[i]];
        row.partition = one.partition;
        row.offset = one.offset;
        row.isMissing = record == nullptr;
        if (record != nullptr) {
            row.record = *record;
            row.chunk = chunk;
        }
    }
    return rows;
}

ClusterResult<std::int64_t> RecordSession::locate(const ui::StartAt& where) {
    return m_isMatchMode ? locateMatch(where) : locateRow(where);
}

ClusterResult<std::int64_t> RecordSession::locateRow(const ui::StartAt& where) {
    switch (where.kind) {
        case ui::StartKind::kBeginning:
            return std::int64_t{0};
        case ui::StartKind::kNewest:
        case ui::StartKind::kLive:
            return m_index.rowCount() - 1;
        case ui::StartKind::kTime: {
            auto row = m_index.rowAtTime(where.time);
            return row ? ClusterResult<std::int64_t>(std::min(*row, m_index.rowCount() - 1)) : row;
        }
        case ui::StartKind::kOffset:
        case ui::StartKind::kGroup:
            break;
    }
    std::int64_t best = -1;
    const GroupSnapshot* const group = m_snapshot->findGroup(where.group.toStdString());
    for (const PartitionSpan& span : m_index.spans()) {
        Offset offset = where.offset;
        if (where.kind == ui::StartKind::kGroup) {
            const CommittedOffset* const committed = findCommit(group, {m_topic, span.partition});
            if (committed == nullptr) {
                continue;
            }
            offset = committed->offset;
        }
        const auto row = m_index.rowOf(span.partition, offset);
        if (!row) {
            return fail(ClusterError(row.error()));
        }
        if (*row && (best < 0 || **row < best)) {
            best = **row;
        }
    }
    return best;
}

ClusterResult<std::int64_t> RecordSession::locateMatch(const ui::StartAt& where) {
    const std::lock_guard lock(m_matchMutex);
    const auto count = static_cast<std::int64_t>(listed());
    const std::int64_t oldest = m_isNewestFirst ? count - 1 : 0;
    if (count == 0 || where.kind == ui::StartKind::kGroup) {
        return std::int64_t{-1};
    }
    if (where.kind == ui::StartKind::kBeginning) {
        return oldest;
    }
    if (where.kind == ui::StartKind::kNewest || where.kind == ui::StartKind::kLive) {
        return count - 1 - oldest;
    }
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t row = m_isNewestFirst ? count - 1 - i : i;
        const Stored one = listedAt(static_cast<std::size_t>(row));
        if (where.kind == ui::StartKind::kTime ? one.timestamp >= where.time : one.offset == where.offset) {
            return row;
        }
    }
    return std::int64_t{-1};
}

}  // namespace weir::app
