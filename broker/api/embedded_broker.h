// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <type_traits>
#include <vector>

#include "broker/api/broker.h"
#include "broker/api/client_telemetry.h"
#include "broker/api/embedded_operations.h"
#include "broker/api/embedded_schemas.h"
#include "broker/api/publisher.h"
#include "broker/api/record_reader.h"
#include "broker/api/snapshot_maker.h"
#include "broker/io/posix_file_system.h"
#include "broker/server/engine.h"

namespace weir::api {

/// The contract over an engine of this process. Calls hold a shared lock that stop() takes alone, so none is under way
/// when the engine goes.
class EmbeddedBroker final : public Broker, public ClientTelemetry {
public:
    static Result<std::unique_ptr<Broker>, StartError> start(BrokerOptions options);
    ~EmbeddedBroker() override;

    void stop() override;
    [[nodiscard]] std::string bootstrap() const override { return m_bootstrap; }
    [[nodiscard]] std::uint16_t port() const override { return m_port; }
    [[nodiscard]] std::string clusterId() const override { return m_clusterId; }
    [[nodiscard]] std::string dataFolder() const override { return m_dataFolder; }
    [[nodiscard]] SnapshotPtr snapshot() override;
    [[nodiscard]] Schemas& schemas() override { return *m_schemas; }

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
    [[nodiscard]] Operations& operations() override { return *m_operations; }
    ClusterResult<ClientMetricsReport> clientMetrics() override;
    ClusterResult<void> askClients(bool isWanted) override;

private:
    EmbeddedBroker() = default;

    [[nodiscard]] server::Services& services() { return m_engine->services(); }
    ClusterResult<std::shared_ptr<topics::Partition>> find(const TopicPartition& partition);
    /// `work` while the broker runs; kStopped after.
    template <class Work>
    std::invoke_result_t<Work> running(Work work) {
        const std::shared_lock lock(m_running.mutex);
        if (m_running.isStopped) {
            return fail(stopped());
        }
        return work();
    }
    ClusterResult<std::shared_ptr<const RecordChunk>> readWith(const ReadRequest& request, const RecordSieve* sieve);
    static ClusterError stopped();

    SystemClock m_clock;
    SystemRandom m_random;
    io::PosixFileSystem m_disk;
    // Stopped before anything goes; these two only look into it.
    std::unique_ptr<server::Engine> m_engine;
    std::unique_ptr<SnapshotMaker> m_snapshots;
    std::unique_ptr<Publisher> m_publisher;
    std::unique_ptr<EmbeddedSchemas> m_schemas;
    std::unique_ptr<EmbeddedOperations> m_operations;
    std::shared_ptr<ReadWorkspaces> m_workspaces = std::make_shared<ReadWorkspaces>();
    std::string m_bootstrap;
    std::uint16_t m_port = 0;
    std::string m_clusterId;
    std::string m_dataFolder;
    RunState m_running;
    SnapshotPtr m_lastSnapshot;
};

}  // namespace weir::api
