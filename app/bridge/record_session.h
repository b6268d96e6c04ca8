// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/cluster/cluster.h"
#include "app/jobs/job_control.h"
#include "app/search/matcher.h"
#include "app/search/row_index.h"
#include "app/search/scanner.h"
#include "broker/base/clock.h"
#include "ui/backend/records.h"

namespace weir::app {

/// What a session shows now. Plain values, copied under a short lock.
struct SessionState {
    std::int64_t rowCount = 0;
    /// Rows from here on are others than before; -1: none. Reading it clears it.
    std::int64_t invalidFrom = -1;
    ui::ScanProgress progress;
};

/// The rows behind one open record list, on the worker's side. Two modes:
///
/// - *rows*: no filter. Every offset is a row (RowIndex); refresh() follows the topic's end.
/// - *matches*: a filter, the newest record per key, or a compacted topic whose offsets are mostly gaps. A scan thread
///   collects where matches stand, reaches the end, and then follows it; rows are read again when shown. With a start
///   at the newest it goes back from there and rows stand newest first; what arrives meanwhile waits for showNewer().
///
/// Threads: open(), refresh(), rows() and locate() from one strand; scan() from one thread of its own, as long as
/// needsScan(); state() and stop() from any.
class RecordSession {
public:
    /// Matches are 24 bytes each: this is what 48 MB hold.
    static constexpr std::size_t kMaxMatches = 2'000'000;

    /// After every `maxMatches` matches the scan waits for goOn().
    RecordSession(std::shared_ptr<Cluster> cluster, const Clock& clock, ui::RecordQuery query,
                  std::function<void()> onChange, std::size_t maxMatches = kMaxMatches);

    /// Answers the row where the view starts.
    ClusterResult<std::int64_t> open();
    [[nodiscard]] bool needsScan() const { return m_isMatchMode; }
    /// Blocks until stopped, through with its stop condition, or failed.
    ClusterResult<void> scan();
    /// In rows mode: new records and deletions since. Once a poll.
    ClusterResult<void> refresh();
    ClusterResult<std::vector<Row>> rows(std::int64_t first, std::int64_t count);
    /// -1: not among the rows.
    ClusterResult<std::int64_t> locate(const ui::StartAt& where);

    /// The offsets that a query is about, start and stop conditions applied: what an export walks. A start at newest or
    /// live means everything there is.
    static ClusterResult<std::vector<PartitionSpan>> spansOf(const std::shared_ptr<Cluster>& cluster,
                                                             const Clock& clock, ui::RecordQuery query);

    /// Any thread.
    void goOn();
    void showNewer();
    void stop();
    [[nodiscard]] bool isStopped() const { return m_control->isStopped(); }
    [[nodiscard]] const std::shared_ptr<JobControl>& control() const { return m_control; }
    [[nodiscard]] SessionState state();

private:
    struct Stored {
        Offset offset;
        Timestamp timestamp;
        PartitionId partition;
    };
    struct Topic {
        std::vector<PartitionSpan> spans;
        std::int64_t lost = 0;
    };

    ClusterResult<Topic> look();
    ClusterResult<std::vector<PartitionSpan>> scanStart(const std::vector<PartitionSpan>& all);
    ClusterResult<Offset> startOf(const PartitionSpan& span, const GroupSnapshot* group);
    ClusterResult<std::int64_t> startRow();
    [[nodiscard]] bool clip(std::vector<PartitionSpan>& spans);
    ClusterResult<void> scanOnce(RowIndex& index, std::int64_t from, std::int64_t to, const Matcher& matcher);
    bool take(std::vector<Match>&& matches);
    ClusterResult<void> follow(RowIndex& index, const Matcher& matcher);
    bool addMatches(const std::vector<Match>& matches);
    bool addNewer(const std::vector<Match>& matches);
    bool waitForRoom();
    [[nodiscard]] std::size_t listed() const { return m_newer.size() + m_matches.size(); }
    [[nodiscard]] Stored listedAt(std::size_t row) const;
    bool addLatest(std::vector<Match>&& matches);
    void publishLatest();
    ClusterResult<std::vector<Row>> matchRows(std::int64_t first, std::int64_t count);
    ClusterResult<std::int64_t> locateRow(const ui::StartAt& where);
    ClusterResult<std::int64_t> locateMatch(const ui::StartAt& where);
    void setRows(std::int64_t count, std::int64_t invalidFrom);

    std::shared_ptr<Cluster> m_cluster;
    const Clock& m_clock;
    const ui::RecordQuery m_query;
    const std::string m_topic;
    std::function<void()> m_onChange;
    std::shared_ptr<JobControl> m_control = std::make_shared<JobControl>();
    Clock::Steady m_openedAt;

    bool m_isMatchMode = false;
    SnapshotPtr m_snapshot;
    TopicId m_topicId;
    RowIndex m_index;
    /// Rows mode: no more than these; -1: no limit.
    std::int64_t m_maxRows = -1;
    /// Where the scan begins and has to go.
    std::vector<PartitionSpan> m_scanSpans;
    Matcher m_matcher;
    ScanStats m_stats;

    bool m_isNewestFirst = false;
    /// Scan thread only: what is found now is newer than what is listed.
    bool m_isFollowing = false;
    std::atomic<std::size_t> m_maxMatches;
    std::size_t m_matchStep;

    std::mutex m_matchMutex;
    /// In the order of rows.
    std::vector<Stored> m_matches;
    /// Newest first only, both oldest first: what stands before m_matches, and what waits to stand there.
    std::vector<Stored> m_newer;
    std::vector<Stored> m_waiting;
    std::atomic<std::int64_t> m_keyless{0};
    /// Newest per key, by hash. Scan thread only.
    std::unordered_map<std::uint64_t, Stored> m_latest;
    Clock::Steady m_latestShownAt;

    mutable std::mutex m_stateMutex;
    SessionState m_state;
    bool m_isScanning = false;
    std::int64_t m_scanMs = 0;
};

}  // namespace weir::app
