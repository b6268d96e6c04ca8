// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "app/cluster/remote/wire.h"
#include "broker/base/clock.h"

namespace weir::app {

/// Makes snapshots of a remote cluster when asked. Each part has a pace of its own that stretches with what it costs:
/// ends of partitions four times a second, groups every two seconds, the map every five, sizes and settings more
/// rarely; a part that takes long comes twenty times as rarely as it takes. Between two samples everybody gets the
/// last one; after a failure the failure, while the next attempt waits longer each time. Thread safe; one asker
/// samples, the others get what there is.
class RemoteSampler {
public:
    RemoteSampler(Wire& wire, const Clock& clock) : m_wire(wire), m_clock(clock) {}

    ClusterResult<SnapshotPtr> snapshot();
    enum class Changed { kRecords, kAnything };
    /// Something was changed: the next snapshot shows it.
    void expire(Changed what);

private:
    using Steady = Clock::Steady;
    struct Ends {
        Offset logStart{0};
        Offset highWatermark{0};
        Offset lastStable{0};
        bool isKnown = false;
    };
    /// Bytes that came in, as far as they can be told from offsets and sizes.
    struct Inflow {
        Offset seen = kNoOffset;
        double bytesPerRecord = 0;
        double bytes = 0;
        Timestamp lastGrown = kNoTimestamp;
    };
    /// A broker that does not answer while others do: asked more and more rarely, so that it holds up nobody.
    struct Silent {
        Timestamp since = kNoTimestamp;
        ClusterError why{ClusterErrc::kUnreachable, 0, {}};
        Steady nextTry{};
        int tries = 0;
    };
    struct TopicFacts {
        std::string cleanupPolicy;
        std::int64_t retentionMs = -1;
        std::int64_t retentionBytes = -1;
    };
    struct Known {
        std::uint64_t fingerprint = 0;
        std::shared_ptr<const TopicSnapshot> snapshot;
    };
    /// When a part is due again.
    struct Pace {
        Steady nextAt{};
        std::chrono::milliseconds least;
        [[nodiscard]] bool isDue(Steady now) const { return now >= nextAt; }
        void done(Steady from, Steady to);
    };

    ClusterResult<SnapshotPtr> sample(bool isExpired);
    ClusterResult<void> sampleEnds(const ClusterMap& map, bool withStarts);
    void fellSilent(BrokerId broker, const ClusterError& why, Steady asked);
    ClusterResult<void> askEnds(BrokerId leader, const std::map<std::string, std::vector<const MappedPartition*>>& of,
                                Timestamp which, std::int8_t isolation, Offset Ends::*into);
    void sampleConfigs(const ClusterMap& map);
    void sampleLogDirs(const ClusterMap& map);
    void sampleSlowParts(const ClusterMap& map, bool isExpired);
    void addInflow(const TopicPartition& key, PartitionSnapshot& to);
    ClusterResult<SnapshotPtr> assemble(const ClusterMap& map);
    std::shared_ptr<const TopicSnapshot> describe(const std::string& name, const MappedTopic& topic,
                                                  std::vector<Problem>& problems);

    Wire& m_wire;
    const Clock& m_clock;

    std::mutex m_mutex;
    std::condition_variable m_sampled;
    bool m_isSampling = false;
    bool m_isExpired = false;
    bool m_isAllExpired = false;
    std::optional<ClusterResult<SnapshotPtr>> m_last;
    Steady m_nextAt{};
    int m_failures = 0;

    // What is below belongs to whoever samples.
    Pace m_mapPace{{}, std::chrono::milliseconds(5'000)};
    Pace m_startPace{{}, std::chrono::milliseconds(5'000)};
    Pace m_groupPace{{}, std::chrono::milliseconds(2'000)};
    Pace m_configPace{{}, std::chrono::milliseconds(60'000)};
    Pace m_dirPace{{}, std::chrono::milliseconds(10'000)};
    std::map<TopicPartition, Ends> m_ends;
    /// Topics in which a transaction was seen open: its marker will stand among their offsets and be no record.
    std::set<std::string> m_withMarkers;
    std::map<BrokerId, Silent> m_silent;
    /// What this sample waited for in vain: no reason to come more rarely.
    std::chrono::milliseconds m_inVain{};
    std::map<TopicPartition, std::int64_t> m_sizes;
    std::map<TopicPartition, Inflow> m_inflows;
    std::map<std::string, TopicFacts> m_facts;
    std::map<std::string, Known> m_topics;
    std::map<std::string, std::pair<std::uint64_t, std::shared_ptr<const GroupSnapshot>>> m_known;
    std::vector<std::shared_ptr<const GroupSnapshot>> m_groups;
    std::vector<std::string> m_groupProblems;
    std::int64_t m_usableBytes = 0;
};

}  // namespace weir::app
