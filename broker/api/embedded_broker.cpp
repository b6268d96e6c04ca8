// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/embedded_broker.h"

#include <utility>

#include "broker/api/cluster_errors.h"
#include "broker/api/record_reader.h"
#include "broker/catalog/folder_notice.h"
#include "broker/server/net/listener.h"

namespace weir::api {

namespace {

StartErrc toStartErrc(server::EngineErrc code) {
    using server::EngineErrc;
    switch (code) {
        case EngineErrc::kPortBusy:
            return StartErrc::kPortBusy;
        case EngineErrc::kAddressRefused:
            return StartErrc::kAddressRefused;
        case EngineErrc::kFolderInUse:
            return StartErrc::kFolderInUse;
        case EngineErrc::kFolderForeign:
            return StartErrc::kFolderForeign;
        case EngineErrc::kFolderUnusable:
            return StartErrc::kFolderUnusable;
        case EngineErrc::kBadConfig:
            return StartErrc::kBadConfig;
    }
    return StartErrc::kBadConfig;
}

}  // namespace

Result<std::unique_ptr<Broker>, StartError> Broker::start(BrokerOptions options) {
    return EmbeddedBroker::start(std::move(options));
}

Result<std::unique_ptr<Broker>, StartError> EmbeddedBroker::start(BrokerOptions options) {
    std::unique_ptr<EmbeddedBroker> broker(new EmbeddedBroker());
    server::EngineOptions engine;
    const std::filesystem::path folder = options.dataFolder;
    engine.dataFolder = options.dataFolder;
    for (ListenAddress& address : options.listen) {
        engine.listen.push_back({std::move(address.host), address.port});
    }
    engine.configs = std::move(options.configs);
    engine.networkThreads = options.networkThreads;
    engine.logger = std::move(options.logger);
    auto started = server::Engine::start(std::move(engine), {broker->m_clock, broker->m_random, broker->m_disk});
    if (!started) {
        const server::EngineError& error = started.error();
        const StartErrc code = toStartErrc(error.code);
        return fail(StartError{code, error.message, error.freePort,
                               code == StartErrc::kFolderInUse ? catalog::announcedAddress(folder) : std::string()});
    }
    broker->m_engine = std::move(*started);
    broker->m_bootstrap = broker->m_engine->advertised().bootstrap();
    broker->m_port = broker->m_engine->advertised().port();
    broker->m_clusterId = broker->services().clusterId;
    broker->m_dataFolder = broker->m_engine->dataFolder().string();
    catalog::announceAddress(folder, broker->m_bootstrap);
    broker->m_schemas = std::make_unique<EmbeddedSchemas>(broker->m_engine->schemas());
    broker->m_publisher = std::make_unique<Publisher>(broker->services());
    broker->m_operations = std::make_unique<EmbeddedOperations>(*broker->m_engine, broker->m_running);
    broker->m_snapshots = std::make_unique<SnapshotMaker>(*broker->m_engine);
    broker->m_engine->onTopicDeleted(
        [snapshots = broker->m_snapshots.get()](const topics::Topic& topic) { snapshots->topicDeleted(topic); });
    return std::unique_ptr<Broker>(std::move(broker));
}

EmbeddedBroker::~EmbeddedBroker() {
    EmbeddedBroker::stop();
}

ClusterError EmbeddedBroker::stopped() {
    return stoppedError();
}

void EmbeddedBroker::stop() {
    const std::unique_lock lock(m_running.mutex);
    if (!std::exchange(m_running.isStopped, true) && m_engine) {
        m_lastSnapshot = m_snapshots->make();
        m_engine->stop();
    }
}

SnapshotPtr EmbeddedBroker::snapshot() {
    const std::shared_lock lock(m_running.mutex);
    return m_running.isStopped ? m_lastSnapshot : m_snapshots->make();
}

ClusterResult<std::shared_ptr<topics::Partition>> EmbeddedBroker::find(const TopicPartition& wanted) {
    const auto topic = services().topics.snapshot()->byName(wanted.topic);
    auto partition = topic ? topic->partition(wanted.partition) : nullptr;
    if (!partition) {
        return fail(absentError(topic.get(), wanted));
    }
    return partition;
}

ClusterResult<Offset> EmbeddedBroker::deleteRecordsBefore(const TopicPartition& wanted, Offset before) {
    return running([&]() -> ClusterResult<Offset> {
        const auto partition = find(wanted);
        if (!partition) {
            return fail(partition.error());
        }
        const auto start = (*partition)->deleteRecordsBefore(before);
        if (!start) {
            return fail(clusterError(start.error()));
        }
        return *start;
    });
}

ClusterResult<std::vector<PublishedRecord>> EmbeddedBroker::produce(const std::string& topic,
                                                                    const std::vector<OutgoingRecord>& records,
                                                                    const ProduceOptions& options) {
    return running([&] { return m_publisher->publish(topic, records, options); });
}

ClusterResult<std::shared_ptr<const RecordChunk>> EmbeddedBroker::read(const ReadRequest& request) {
    return readWith(request, nullptr);
}

ClusterResult<std::shared_ptr<const RecordChunk>> EmbeddedBroker::search(const ReadRequest& request,
                                                                         const RecordSieve& sieve) {
    return readWith(request, &sieve);
}

ClusterResult<std::shared_ptr<const RecordChunk>> EmbeddedBroker::readWith(const ReadRequest& request,
                                                                           const RecordSieve* sieve) {
    return running([&]() -> ClusterResult<std::shared_ptr<const RecordChunk>> {
        const auto partition = find(request.partition);
        if (!partition) {
            return fail(partition.error());
        }
        return readRecords(**partition, request, sieve, *m_workspaces);
    });
}

ClusterResult<Offset> EmbeddedBroker::offsetFor(const TopicPartition& wanted, const OffsetSpec& spec) {
    return running([&]() -> ClusterResult<Offset> {
        using Query = topics::OffsetQuery;
        const auto partition = find(wanted);
        if (!partition) {
            return fail(partition.error());
        }
        std::int64_t query = Query::kLatest;
        switch (spec.kind) {
            case OffsetSpecKind::kEarliest:
                query = Query::kEarliest;
                break;
            case OffsetSpecKind::kLatest:
                break;
            case OffsetSpecKind::kMaxTimestamp:
                query = Query::kMaxTimestamp;
                break;
            case OffsetSpecKind::kAtTimestamp:
                if (spec.at.value < 0) {
                    return fail(
                        clusterError(protocol::ErrorCode::kInvalidRequest, "A time before 1970 has no record."));
                }
                query = spec.at.value;
                break;
        }
        const auto found = (*partition)->offsetFor(query, Isolation::kReadUncommitted);
        if (!found) {
            return fail(clusterError(found.error()));
        }
        return found->offset;
    });
}

ClusterResult<std::vector<SegmentInfo>> EmbeddedBroker::segments(const TopicPartition& wanted) {
    return running([&]() -> ClusterResult<std::vector<SegmentInfo>> {
        const auto partition = find(wanted);
        if (!partition) {
            return fail(partition.error());
        }
        std::vector<SegmentInfo> made;
        for (const auto& segment : (*partition)->segments()) {
            made.push_back(
                {segment.baseOffset, segment.endOffset, segment.sizeBytes, segment.largestTimestamp, segment.active});
        }
        return made;
    });
}

ClusterResult<void> EmbeddedBroker::disconnect(std::uint64_t connectionId) {
    return running([&]() -> ClusterResult<void> {
        if (!m_engine->listener().peers().disconnect(server::ConnectionId(connectionId))) {
            return fail(ClusterError{ClusterErrc::kNotFound, 0, "That client has gone already."});
        }
        return {};
    });
}

}  // namespace weir::api
