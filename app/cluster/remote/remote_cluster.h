// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "app/cluster/cluster.h"
#include "app/cluster/remote/remote_options.h"
#include "broker/base/clock.h"

namespace weir::app {

/// Any Kafka as a Cluster: Apache Kafka, Redpanda, a cloud's, or another Weir.
///
/// Looking cannot disturb it: records are read with plain fetches of bounded size, never as a member of a group, and
/// nothing is committed but by alterGroupOffsets. All goes over a few small connections in Kafka's own words.
///
/// Made without a connection: the first call connects, and every call connects again after a failure. What changes in
/// the cluster is sampled when somebody asks for a snapshot, each part at its own pace, slower where answers take
/// longer. Thread safe. `clock` outlives it.
class RemoteCluster final : public Cluster {
public:
    RemoteCluster(RemoteOptions options, const Clock& clock);
    ~RemoteCluster() override;

    /// Calls under way and later ones answer kStopped, at once.
    void stop();

    [[nodiscard]] std::string name() const override;
    [[nodiscard]] std::string bootstrap() const override;
    /// Empty before the first answer.
    [[nodiscard]] std::string clusterId() const override;
    [[nodiscard]] Capabilities capabilities() const override;

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
    ClusterResult<std::shared_ptr<const RecordChunk>> search(const ReadRequest& request,
                                                             const RecordSieve& sieve) override;
    ClusterResult<Offset> offsetFor(const TopicPartition& partition, const OffsetSpec& spec) override;
    ClusterResult<std::vector<SegmentInfo>> segments(const TopicPartition& partition) override;
    ClusterResult<void> alterGroupOffsets(const std::string& group, const std::vector<OffsetChange>& changes) override;
    ClusterResult<void> deleteGroup(const std::string& group) override;
    ClusterResult<void> removeMember(const std::string& group, const std::string& memberId) override;
    ClusterResult<void> disconnect(std::uint64_t connectionId) override;
    ClusterResult<api::Operations*> operations() override;

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace weir::app
