// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/forwarding_cluster.h"

namespace weir::app {

ClusterResult<SnapshotPtr> ForwardingCluster::snapshot() {
    const auto cluster = enter();
    return cluster ? (*cluster)->snapshot() : ClusterResult<SnapshotPtr>(fail(ClusterError(cluster.error())));
}

ClusterResult<void> ForwardingCluster::createTopic(const NewTopic& topic) {
    const auto cluster = enter();
    return cluster ? (*cluster)->createTopic(topic) : ClusterResult<void>(fail(ClusterError(cluster.error())));
}

ClusterResult<void> ForwardingCluster::deleteTopic(const std::string& name) {
    const auto cluster = enter();
    return cluster ? (*cluster)->deleteTopic(name) : ClusterResult<void>(fail(ClusterError(cluster.error())));
}

ClusterResult<void> ForwardingCluster::undeleteTopic(const std::string& name) {
    const auto cluster = enter();
    return cluster ? (*cluster)->undeleteTopic(name) : ClusterResult<void>(fail(ClusterError(cluster.error())));
}

ClusterResult<void> ForwardingCluster::addPartitions(const std::string& topic, std::int32_t total) {
    const auto cluster = enter();
    return cluster ? (*cluster)->addPartitions(topic, total) : ClusterResult<void>(fail(ClusterError(cluster.error())));
}

ClusterResult<std::vector<ConfigEntry>> ForwardingCluster::describeTopicConfig(const std::string& topic) {
    const auto cluster = enter();
    return cluster ? (*cluster)->describeTopicConfig(topic)
                   : ClusterResult<std::vector<ConfigEntry>>(fail(ClusterError(cluster.error())));
}

ClusterResult<std::vector<ConfigEntry>> ForwardingCluster::describeBrokerConfig() {
    const auto cluster = enter();
    return cluster ? (*cluster)->describeBrokerConfig()
                   : ClusterResult<std::vector<ConfigEntry>>(fail(ClusterError(cluster.error())));
}

ClusterResult<void> ForwardingCluster::alterTopicConfig(const std::string& topic,
                                                        const std::vector<ConfigChange>& changes, bool validateOnly) {
    const auto cluster = enter();
    return cluster ? (*cluster)->alterTopicConfig(topic, changes, validateOnly)
                   : ClusterResult<void>(fail(ClusterError(cluster.error())));
}

ClusterResult<void> ForwardingCluster::alterBrokerConfig(const std::vector<ConfigChange>& changes, bool validateOnly) {
    const auto cluster = enter();
    return cluster ? (*cluster)->alterBrokerConfig(changes, validateOnly)
                   : ClusterResult<void>(fail(ClusterError(cluster.error())));
}

ClusterResult<Offset> ForwardingCluster::deleteRecordsBefore(const TopicPartition& partition, Offset before) {
    const auto cluster = enter();
    return cluster ? (*cluster)->deleteRecordsBefore(partition, before)
                   : ClusterResult<Offset>(fail(ClusterError(cluster.error())));
}

ClusterResult<std::vector<PublishedRecord>> ForwardingCluster::produce(const std::string& topic,
                                                                       const std::vector<OutgoingRecord>& records,
                                                                       const ProduceOptions& options) {
    const auto cluster = enter();
    return cluster ? (*cluster)->produce(topic, records, options)
                   : ClusterResult<std::vector<PublishedRecord>>(fail(ClusterError(cluster.error())));
}

ClusterResult<std::shared_ptr<const RecordChunk>> ForwardingCluster::read(const ReadRequest& request) {
    const auto cluster = enter();
    return cluster ? (*cluster)->read(request)
                   : ClusterResult<std::shared_ptr<const RecordChunk>>(fail(ClusterError(cluster.error())));
}

ClusterResult<std::shared_ptr<const RecordChunk>> ForwardingCluster::search(const ReadRequest& request,
                                                                            const RecordSieve& sieve) {
    const auto cluster = enter();
    return cluster ? (*cluster)->search(request, sieve)
                   : ClusterResult<std::shared_ptr<const RecordChunk>>(fail(ClusterError(cluster.error())));
}

ClusterResult<Offset> ForwardingCluster::offsetFor(const TopicPartition& partition, const OffsetSpec& spec) {
    const auto cluster = enter();
    return cluster ? (*cluster)->offsetFor(partition, spec)
                   : ClusterResult<Offset>(fail(ClusterError(cluster.error())));
}

ClusterResult<std::vector<SegmentInfo>> ForwardingCluster::segments(const TopicPartition& partition) {
    const auto cluster = enter();
    return cluster ? (*cluster)->segments(partition)
                   : ClusterResult<std::vector<SegmentInfo>>(fail(ClusterError(cluster.error())));
}

ClusterResult<void> ForwardingCluster::alterGroupOffsets(const std::string& group,
                                                         const std::vector<OffsetChange>& changes) {
    const auto cluster = enter();
    return cluster ? (*cluster)->alterGroupOffsets(group, changes)
                   : ClusterResult<void>(fail(ClusterError(cluster.error())));
}

ClusterResult<void> ForwardingCluster::deleteGroup(const std::string& group) {
    const auto cluster = enter();
    return cluster ? (*cluster)->deleteGroup(group) : ClusterResult<void>(fail(ClusterError(cluster.error())));
}

ClusterResult<void> ForwardingCluster::removeMember(const std::string& group, const std::string& memberId) {
    const auto cluster = enter();
    return cluster ? (*cluster)->removeMember(group, memberId)
                   : ClusterResult<void>(fail(ClusterError(cluster.error())));
}

ClusterResult<void> ForwardingCluster::disconnect(std::uint64_t connectionId) {
    const auto cluster = enter();
    return cluster ? (*cluster)->disconnect(connectionId) : ClusterResult<void>(fail(ClusterError(cluster.error())));
}

ClusterResult<api::Operations*> ForwardingCluster::operations() {
    const auto cluster = enter();
    return cluster ? (*cluster)->operations() : ClusterResult<api::Operations*>(fail(ClusterError(cluster.error())));
}

ClusterResult<api::Schemas*> ForwardingCluster::schemas() {
    const auto cluster = enter();
    return cluster ? (*cluster)->schemas() : ClusterResult<api::Schemas*>(fail(ClusterError(cluster.error())));
}

}  // namespace weir::app
