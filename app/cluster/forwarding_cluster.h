// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cluster/cluster.h"

namespace weir::app {

/// Base of decorators: every call goes through enter(), which answers the cluster to forward to or why not.
class ForwardingCluster : public Cluster {
public:
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
    ClusterResult<api::Schemas*> schemas() override;

protected:
    virtual ClusterResult<std::shared_ptr<Cluster>> enter() = 0;
};

}  // namespace weir::app
