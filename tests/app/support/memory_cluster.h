// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/cluster/cluster.h"

namespace weir::test {

/// A Kafka in memory with the same rules for offsets, times and reads, so that services are tested without a broker.
/// Thread safe. `now` is the time of whatever has none.
class MemoryCluster final : public app::Cluster {
public:
    struct Stored {
        Offset offset;
        Timestamp timestamp;
        std::optional<Bytes> key;
        std::optional<Bytes> value;
        std::vector<Header> headers;
    };

    /// Appends one record; topics and partitions appear as needed. Answers its offset.
    Offset add(const std::string& topic, int partition, std::int64_t timestamp, std::optional<std::string> key,
               std::optional<std::string> value, std::vector<Header> headers = {});
    /// As compaction does: the offset stays, the record goes.
    void compactAway(const std::string& topic, int partition, std::int64_t offset);
    void setGroup(GroupSnapshot group);
    void setNow(std::int64_t now) { m_now = now; }
    /// Every call fails with this until cleared.
    void failWith(std::optional<ClusterError> error);
    [[nodiscard]] std::vector<Stored> all(const std::string& topic, int partition) const;
    [[nodiscard]] int offsetLookups() const { return m_lookups; }
    [[nodiscard]] int reads() const { return m_reads; }

    [[nodiscard]] std::string name() const override { return "Memory"; }
    [[nodiscard]] std::string bootstrap() const override { return "memory:0"; }
    [[nodiscard]] std::string clusterId() const override { return "memory"; }
    [[nodiscard]] Capabilities capabilities() const override { return {}; }

    ClusterResult<SnapshotPtr> snapshot() override;
    ClusterResult<void> createTopic(const NewTopic& topic) override;
    ClusterResult<void> deleteTopic(const std::string& name) override;
    ClusterResult<void> undeleteTopic(const std::string& name) override;
    ClusterResult<void> addPartitions(const std::string& topic, std::int32_t total) override;
    ClusterResult<std::vector<ConfigEntry>> describeTopicConfig(const std::string& topic) override;
    ClusterResult<std::vector<ConfigEntry>> describeBrokerConfig() override;
    ClusterResult<void> alterTopicConfig(const std::string& topic, const std::vector<ConfigChange>& changes,
                                         bool validateOnly) override;
    ClusterResult<void> alterBrokerConfig(const std::vector<ConfigChange>& changes, bool validateOnly) override;
    ClusterResult<Offset> deleteRecordsBefore(const TopicPartition& partition, Offset before) override;
    ClusterResult<std::vector<PublishedRecord>> produce(const std::string& topic,
                                                        const std::vector<OutgoingRecord>& records,
                                                        const ProduceOptions& options) override;
    ClusterResult<std::shared_ptr<const RecordChunk>> read(const ReadRequest& request) override;
    ClusterResult<Offset> offsetFor(const TopicPartition& partition, const OffsetSpec& spec) override;
    ClusterResult<std::vector<SegmentInfo>> segments(const TopicPartition& partition) override;
    ClusterResult<void> alterGroupOffsets(const std::string& group, const std::vector<OffsetChange>& changes) override;
    ClusterResult<void> deleteGroup(const std::string& group) override;
    ClusterResult<void> removeMember(const std::string& group, const std::string& memberId) override;
    ClusterResult<void> disconnect(std::uint64_t connectionId) override;

private:
    struct Partition {
        Offset logStart{0};
        Offset next{0};
        std::int64_t bytes = 0;
        std::vector<Stored> records;
    };
    using Topic = std::vector<Partition>;

    Offset append(Partition& partition, Stored record);
    Partition* find(const TopicPartition& partition);
    [[nodiscard]] std::optional<ClusterError> failure() const { return m_failure; }

    mutable std::mutex m_mutex;
    std::map<std::string, Topic> m_topics;
    std::map<std::string, Topic> m_deleted;
    std::map<std::string, GroupSnapshot> m_groups;
    std::optional<ClusterError> m_failure;
    std::int64_t m_now = 1'000'000;
    std::int64_t m_steady = 0;
    std::int32_t m_turn = 0;
    std::atomic<int> m_lookups{0};
    std::atomic<int> m_reads{0};
};

}  // namespace weir::test
