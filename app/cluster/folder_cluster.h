// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include "app/cluster/cluster.h"
#include "broker/api/log_folder.h"

namespace weir::app {

/// A folder of log files as a Cluster: everything that looks works, everything that changes is refused with the reason.
/// Closing the folder (LogFolder::stop) is its owner's business; calls answer kStopped from then on.
class FolderCluster final : public Cluster {
public:
    FolderCluster(std::shared_ptr<api::LogFolder> folder, std::string name)
        : m_folder(std::move(folder)), m_name(std::move(name)) {}

    [[nodiscard]] std::string name() const override { return m_name; }
    [[nodiscard]] std::string bootstrap() const override { return m_folder->path(); }
    [[nodiscard]] std::string clusterId() const override { return m_folder->clusterId(); }
    [[nodiscard]] Capabilities capabilities() const override {
        Capabilities can;
        for (const Feature each : {Feature::kLiveClients, Feature::kUndelete, Feature::kByteRates, Feature::kEdit,
                                   Feature::kDeleteRecords, Feature::kConfigs, Feature::kGroupOffsets,
                                   Feature::kRemoveMember, Feature::kRebalances, Feature::kFeeds}) {
            can.absent[each] = api::LogFolder::kNoBroker;
        }
        return can;
    }

    ClusterResult<SnapshotPtr> snapshot() override { return m_folder->snapshot(); }
    ClusterResult<std::shared_ptr<const RecordChunk>> read(const ReadRequest& request) override {
        return m_folder->read(request, nullptr);
    }
    ClusterResult<std::shared_ptr<const RecordChunk>> search(const ReadRequest& request,
                                                             const RecordSieve& sieve) override {
        return m_folder->read(request, &sieve);
    }
    ClusterResult<Offset> offsetFor(const TopicPartition& partition, const OffsetSpec& spec) override {
        return m_folder->offsetFor(partition, spec);
    }
    ClusterResult<std::vector<SegmentInfo>> segments(const TopicPartition& partition) override {
        return m_folder->segments(partition);
    }
    ClusterResult<api::Operations*> operations() override { return &m_folder->operations(); }

    ClusterResult<void> createTopic(const NewTopic&) override { return refused(); }
    ClusterResult<void> deleteTopic(const std::string&) override { return refused(); }
    ClusterResult<void> undeleteTopic(const std::string&) override { return refused(); }
    ClusterResult<void> addPartitions(const std::string&, std::int32_t) override { return refused(); }
    ClusterResult<std::vector<ConfigEntry>> describeTopicConfig(const std::string& topic) override {
        return m_folder->describeTopicConfig(topic);
    }
    ClusterResult<std::vector<ConfigEntry>> describeBrokerConfig() override { return refused(); }
    ClusterResult<void> alterTopicConfig(const std::string&, const std::vector<ConfigChange>&, bool) override {
        return refused();
    }
    ClusterResult<void> alterBrokerConfig(const std::vector<ConfigChange>&, bool) override { return refused(); }
    ClusterResult<Offset> deleteRecordsBefore(const TopicPartition&, Offset) override { return refused(); }
    ClusterResult<std::vector<PublishedRecord>> produce(const std::string&, const std::vector<OutgoingRecord>&,
                                                        const ProduceOptions&) override {
        return refused();
    }
    ClusterResult<void> alterGroupOffsets(const std::string&, const std::vector<OffsetChange>&) override {
        return refused();
    }
    ClusterResult<void> deleteGroup(const std::string&) override { return refused(); }
    ClusterResult<void> removeMember(const std::string&, const std::string&) override { return refused(); }
    ClusterResult<void> disconnect(std::uint64_t) override { return refused(); }

private:
    static Failure<ClusterError> refused() {
        return fail(ClusterError{ClusterErrc::kUnsupported, 0, api::LogFolder::kNoBroker});
    }

    std::shared_ptr<api::LogFolder> m_folder;
    std::string m_name;
};

}  // namespace weir::app
