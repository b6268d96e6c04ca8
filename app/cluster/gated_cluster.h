// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <mutex>

#include "app/cluster/forwarding_cluster.h"

namespace weir::app {

/// Whether a cluster may be changed now: empty, or a sentence why not. Called from any thread.
using ChangeGate = std::function<std::string()>;

/// A gate that never opens.
[[nodiscard]] ChangeGate readOnlyGate(const std::string& cluster);

/// Lets everything through that looks, and asks the gate before everything that changes: a promise that does not depend
/// on which button of which page asks. Checking a setting without applying it is looking.
class GatedCluster final : public ForwardingCluster {
public:
    GatedCluster(std::shared_ptr<Cluster> inner, ChangeGate whyNot);
    ~GatedCluster() override;

    [[nodiscard]] std::string name() const override { return m_inner->name(); }
    [[nodiscard]] std::string bootstrap() const override { return m_inner->bootstrap(); }
    [[nodiscard]] std::string clusterId() const override { return m_inner->clusterId(); }
    [[nodiscard]] Capabilities capabilities() const override { return m_inner->capabilities(); }

    ClusterResult<void> createTopic(const NewTopic& topic) override;
    ClusterResult<void> deleteTopic(const std::string& name) override;
    ClusterResult<void> undeleteTopic(const std::string& name) override;
    ClusterResult<void> addPartitions(const std::string& topic, std::int32_t total) override;
    ClusterResult<void> alterTopicConfig(const std::string& topic, const std::vector<ConfigChange>& changes,
                                         bool validateOnly) override;
    ClusterResult<void> alterBrokerConfig(const std::vector<ConfigChange>& changes, bool validateOnly) override;
    ClusterResult<Offset> deleteRecordsBefore(const TopicPartition& partition, Offset before) override;
    ClusterResult<std::vector<PublishedRecord>> produce(const std::string& topic,
                                                        const std::vector<OutgoingRecord>& records,
                                                        const ProduceOptions& options) override;
    ClusterResult<void> alterGroupOffsets(const std::string& group, const std::vector<OffsetChange>& changes) override;
    ClusterResult<void> deleteGroup(const std::string& group) override;
    ClusterResult<void> removeMember(const std::string& group, const std::string& memberId) override;
    ClusterResult<void> disconnect(std::uint64_t connectionId) override;
    ClusterResult<api::Operations*> operations() override;
    ClusterResult<api::Schemas*> schemas() override;

protected:
    ClusterResult<std::shared_ptr<Cluster>> enter() override { return m_inner; }

private:
    class Operations;
    class Schemas;
    template <class T, class Change>
    ClusterResult<T> change(Change go);

    std::shared_ptr<Cluster> m_inner;
    ChangeGate m_whyNot;
    std::mutex m_mutex;
    std::unique_ptr<Operations> m_operations;
    std::unique_ptr<Schemas> m_schemas;
};

}  // namespace weir::app
