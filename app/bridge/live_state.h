// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/history/history_store.h"
#include "broker/model/snapshot.h"
#include "ui/backend/live_feed.h"

namespace weir::app {

/// What the window shows of one instant: immutable, made on a worker.
struct LiveState {
    SnapshotPtr snapshot = std::make_shared<const Snapshot>();
    ui::Rate total;
    std::unordered_map<std::string, ui::Rate> topicRates;
    std::unordered_map<std::string, std::vector<double>> sparks;
    std::unordered_map<std::string, std::int64_t> groupLags;
};
using LiveStatePtr = std::shared_ptr<const LiveState>;

/// Makes rates out of counters. A rate compares with the snapshot about a second before, by the cluster's monotonic
/// stamp; counters that fell (the broker restarted, the topic was made anew) give 0. One thread.
class LiveStateMaker {
public:
    static constexpr std::size_t kSparkSeconds = 60;

    LiveStatePtr add(SnapshotPtr snapshot);
    /// One second's values for the history, once a second; empty between.
    std::vector<HistorySample> takeSamples();

private:
    struct Counters {
        std::int64_t recordsIn = 0;
        std::int64_t bytesIn = 0;
        std::int64_t bytesOut = 0;
    };
    struct Past {
        std::int64_t steadyMs = 0;
        Counters total;
        std::unordered_map<std::string, Counters> topics;
    };

    static Counters sumOf(const TopicSnapshot& topic);
    static ui::Rate rateBetween(const Counters& before, const Counters& after, double seconds);
    void addSparks(LiveState& state);

    std::deque<Past> m_past;
    std::unordered_map<std::string, std::vector<double>> m_sparks;
    std::int64_t m_lastSparkMs = -1;
    LiveStatePtr m_last;
    bool m_hasSamples = false;
};

/// Sum over the partitions of end minus committed; -1 without any commit.
[[nodiscard]] std::int64_t totalLag(const GroupSnapshot& group, const Snapshot& snapshot);
/// nullptr when there is none.
[[nodiscard]] const PartitionSnapshot* findPartition(const Snapshot& snapshot, const TopicPartition& partition);

}  // namespace weir::app
