// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "broker/api/operations.h"
#include "broker/api/schemas.h"
#include "broker/model/admin.h"
#include "broker/model/capabilities.h"
#include "broker/model/record_sieve.h"
#include "broker/model/snapshot.h"

namespace weir::app {

/// "A Kafka", the same for the embedded broker and a remote cluster. Qt-free. Thread safe; calls block until answered
/// or failed, so they are made from worker threads only (app/bridge owns those), never from the GUI thread.
class Cluster {
public:
    virtual ~Cluster() = default;

    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual std::string bootstrap() const = 0;
    [[nodiscard]] virtual std::string clusterId() const = 0;
    [[nodiscard]] virtual Capabilities capabilities() const = 0;

    virtual ClusterResult<SnapshotPtr> snapshot() = 0;

    virtual ClusterResult<void> createTopic(const NewTopic& topic) = 0;
    virtual ClusterResult<void> deleteTopic(const std::string& name) = 0;
    virtual ClusterResult<void> undeleteTopic(const std::string& name) = 0;
    virtual ClusterResult<void> addPartitions(const std::string& topic, std::int32_t total) = 0;
    /// An empty name: what a new topic would get.
    virtual ClusterResult<std::vector<ConfigEntry>> describeTopicConfig(const std::string& topic) = 0;
    virtual ClusterResult<std::vector<ConfigEntry>> describeBrokerConfig() = 0;
    virtual ClusterResult<void> alterTopicConfig(const std::string& topic, const std::vector<ConfigChange>& changes,
                                                 bool validateOnly) = 0;
    virtual ClusterResult<void> alterBrokerConfig(const std::vector<ConfigChange>& changes, bool validateOnly) = 0;
    virtual ClusterResult<Offset> deleteRecordsBefore(const TopicPartition& partition, Offset before) = 0;

    virtual ClusterResult<std::vector<PublishedRecord>> produce(const std::string& topic,
                                                                const std::vector<OutgoingRecord>& records,
                                                                const ProduceOptions& options) = 0;
    virtual ClusterResult<std::shared_ptr<const RecordChunk>> read(const ReadRequest& request) = 0;
    /// May leave out the records that `sieve` holds back; whoever cannot tell answers them all.
    virtual ClusterResult<std::shared_ptr<const RecordChunk>> search(const ReadRequest& request,
                                                                     const RecordSieve& sieve) {
        static_cast<void>(sieve);
        return read(request);
    }
    virtual ClusterResult<Offset> offsetFor(const TopicPartition& partition, const OffsetSpec& spec) = 0;
    virtual ClusterResult<std::vector<SegmentInfo>> segments(const TopicPartition& partition) = 0;

    virtual ClusterResult<void> alterGroupOffsets(const std::string& group,
                                                  const std::vector<OffsetChange>& changes) = 0;
    virtual ClusterResult<void> deleteGroup(const std::string& group) = 0;
    virtual ClusterResult<void> removeMember(const std::string& group, const std::string& memberId) = 0;
    virtual ClusterResult<void> disconnect(std::uint64_t connectionId) = 0;

    /// Transactions, deliveries, tasks, users, access rules and quotas; kUnsupported where the cluster cannot be asked
    /// for them. Lives as long as the cluster.
    virtual ClusterResult<api::Operations*> operations() {
        return fail(ClusterError{ClusterErrc::kUnsupported, 0, "This cluster cannot be asked for it from here."});
    }

    /// Its schema registry; kUnsupported where none is known. Lives as long as the cluster.
    virtual ClusterResult<api::Schemas*> schemas() {
        return fail(ClusterError{ClusterErrc::kUnsupported, 0, "No schema registry of this cluster is known here."});
    }
};

}  // namespace weir::app
