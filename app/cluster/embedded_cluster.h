// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cluster/cluster.h"
#include "broker/api/broker.h"

namespace weir::app {

/// The broker of this process as a Cluster. Shares the broker; stopping it is the owner's business, and calls answer
/// kStopped from then on.
class EmbeddedCluster final : public Cluster {
public:
    explicit EmbeddedCluster(std::shared_ptr<api::Broker> broker) : m_broker(std::move(broker)) {}

    [[nodiscard]] std::string name() const override { return "This computer"; }
    [[nodiscard]] std::string bootstrap() const override { return m_broker->bootstrap(); }
    [[nodiscard]] std::string clusterId() const override { return m_broker->clusterId(); }
    [[nodiscard]] Capabilities capabilities() const override { return {}; }

    ClusterResult<SnapshotPtr> snapshot() override { return m_broker->snapshot(); }

    ClusterResult<void> createTopic(const NewTopic& topic) override { return m_broker->createTopic(topic); }
    ClusterResult<void> deleteTopic(const std::string& name) override { return m_broker->deleteTopic(name); }
    ClusterResult<void> undeleteTopic(const std::string& name) override { return m_broker->undeleteTopic(name); }
    ClusterResult<void> addPartitions(const std::string& topic, std::int32_t total) override {
        return m_broker->addPartitions(topic, total);
    }
    ClusterResult<std::vector<ConfigEntry>> describeTopicConfig(const std::string& topic) override {
        return m_broker->describeTopicConfig(topic);
    }
    ClusterResult<std::vector<ConfigEntry>> describeBrokerConfig() override { return m_broker->describeBrokerConfig(); }
    ClusterResult<void> alterTopicConfig(const std::string& topic, const std::vector<ConfigChange>& changes,
                                         bool validateOnly) override {
        return m_broker->alterTopicConfig(topic, changes, validateOnly);
    }
    ClusterResult<void> alterBrokerConfig(const std::vector<ConfigChange>& changes, bool validateOnly) override {
        return m_broker->alterBrokerConfig(changes, validateOnly);
    }
    ClusterResult<Offset> deleteRecordsBefore(const TopicPartition& partition, Offset before) override {
        return m_broker->deleteRecordsBefore(partition, before);
    }

    ClusterResult<std::vector<PublishedRecord>> produce(const std::string& topic,
                                                        const std::vector<OutgoingRecord>& records,
                                                        const ProduceOptions& options) override {
        return m_broker->produce(topic, records, options);
    }
    ClusterResult<std::shared_ptr<const RecordChunk>> read(const ReadRequest& request) override {
        return m_broker->read(request);
    }
    ClusterResult<std::shared_ptr<const RecordChunk>> search(const ReadRequest& request,
                                                             const RecordSieve& sieve) override {
        return m_broker->search(request, sieve);
    }
    ClusterResult<Offset> offsetFor(const TopicPartition& partition, const OffsetSpec& spec) override {
        return m_broker->offsetFor(partition, spec);
    }
    ClusterResult<std::vector<SegmentInfo>> segments(const TopicPartition& partition) override {
        return m_broker->segments(partition);
    }

    ClusterResult<void> alterGroupOffsets(const std::string& group, const std::vector<OffsetChange>& changes) override {
        return m_broker->alterGroupOffsets(group, changes);
    }
    ClusterResult<void> deleteGroup(const std::string& group) override { return m_broker->deleteGroup(group); }
    ClusterResult<void> removeMember(const std::string& group, const std::string& memberId) override {
        return m_broker->removeMember(group, memberId);
    }
    ClusterResult<void> disconnect(std::uint64_t connectionId) override { return m_broker->disconnect(connectionId); }
    ClusterResult<api::Operations*> operations() override { return &m_broker->operations(); }
    ClusterResult<api::Schemas*> schemas() override { return &m_broker->schemas(); }

private:
    std::shared_ptr<api::Broker> m_broker;
};

}  // namespace weir::app
