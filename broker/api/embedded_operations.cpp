// SPDX-License-Identifier: GPL-3.0-or-later
// Transactions, producers and compaction: what the coordinator knows, put together with what the partitions hold; and
// the node's own state.
#include "broker/api/embedded_operations.h"

#include <algorithm>
#include <future>
#include <map>
#include <utility>

#include "broker/server/cluster_state.h"

namespace weir::api {

namespace {

TransactionState toState(transactions::TxnState state) {
    using transactions::TxnState;
    switch (state) {
        case TxnState::kEmpty:
            return TransactionState::kEmpty;
        case TxnState::kOngoing:
            return TransactionState::kOngoing;
        case TxnState::kPrepareCommit:
            return TransactionState::kPrepareCommit;
        case TxnState::kPrepareAbort:
        case TxnState::kPrepareEpochFence:
            return TransactionState::kPrepareAbort;
        case TxnState::kCompleteCommit:
            return TransactionState::kCompleteCommit;
        case TxnState::kCompleteAbort:
            return TransactionState::kCompleteAbort;
        case TxnState::kDead:
            break;
    }
    return TransactionState::kDead;
}

TransactionInfo toInfo(const transactions::StoredTransaction& stored) {
    const transactions::Transaction& from = stored.transaction;
    TransactionInfo info;
    info.id = stored.transactionalId;
    info.producerId = from.producerId;
    info.epoch = from.epoch;
    info.state = toState(from.state);
    info.version = static_cast<int>(from.version);
    info.timeoutMs = from.timeoutMs;
    info.startedAt = from.startedAt;
    info.updatedAt = from.updatedAt;
    for (const TopicPartition& partition : from.partitions) {
        info.places.push_back({partition, kNoOffset, false});
    }
    info.groups.assign(from.groups.begin(), from.groups.end());
    return info;
}

/// What is open in partitions, by producer. Only partitions whose readers are held back are looked into.
class OpenPlaces {
public:
    struct Open {
        ProducerEpoch epoch;
        Timestamp lastTimestamp;
        std::vector<TransactionPlace> places;
    };

    explicit OpenPlaces(const topics::TopicsSnapshot& topics) {
        for (const auto& topic : topics.topics()) {
            for (const auto& slot : topic->partitions) {
                if (slot.partition != nullptr) {
                    look(*slot.partition);
                }
            }
        }
    }
    [[nodiscard]] const std::map<std::int64_t, Open>& byProducer() const { return m_byProducer; }

private:
    void look(const topics::Partition& partition) {
        const topics::PartitionOffsets offsets = partition.offsets();
        if (offsets.lastStable >= offsets.highWatermark) {
            return;
        }
        for (const topics::ProducerSummary& producer : partition.producers()) {
            if (producer.txnFirstOffset == kNoOffset) {
                continue;
            }
            Open& open = m_byProducer[producer.id.value];
            open.epoch = producer.epoch;
            open.lastTimestamp = producer.lastTimestamp;
            open.places.push_back(
                {partition.id(), producer.txnFirstOffset, producer.txnFirstOffset == offsets.lastStable});
        }
    }

    std::map<std::int64_t, Open> m_byProducer;
};

CompactionInfo toInfo(PartitionId partition, const topics::CompactionState& state) {
    return {.partition = partition,
            .isCompacted = state.compacts,
            .cleanedUpTo = state.cleanedUpTo,
            .dirtyEnd = state.dirtyEnd,
            .cleanBytes = state.cleanBytes,
            .dirtyBytes = state.dirtyBytes,
            .minDirtyRatio = state.minDirtyRatio,
            .isDue = state.isDue,
            .tombstonesKeptMs = state.deleteRetentionMs,
            .lastRound = state.last.at,
            .lastBytesBefore = state.last.bytesBefore,
            .lastBytesAfter = state.last.bytesAfter};
}

}  // namespace

ClusterResult<std::vector<TransactionInfo>> EmbeddedOperations::transactions() {
    return running([&]() -> ClusterResult<std::vector<TransactionInfo>> {
        auto open = OpenPlaces(*services().topics.snapshot()).byProducer();
        std::vector<TransactionInfo> all;
        for (const auto& stored : services().transactions.list()) {
            all.push_back(toInfo(stored));
            if (const auto places = open.find(all.back().producerId.value); places != open.end()) {
                addPlaces(all.back(), places->second.places);
                open.erase(places);
            }
        }
        std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
        for (const auto& [producer, left] : open) {
            TransactionInfo& info = all.emplace_back();
            info.producerId = ProducerId(producer);
            info.epoch = left.epoch;
            info.state = TransactionState::kUnowned;
            info.updatedAt = left.lastTimestamp;
            info.places = left.places;
        }
        return all;
    });
}

ClusterResult<void> EmbeddedOperations::abortTransaction(const TransactionInfo& transaction) {
    return running([&] { return transaction.id.empty() ? abortUnowned(transaction) : abortCoordinated(transaction); });
}

// Markers are written by hand, as Kafka's own tool does: nobody else will.
ClusterResult<void> EmbeddedOperations::abortUnowned(const TransactionInfo& transaction) {
    const auto topics = services().topics.snapshot();
    for (const TransactionPlace& place : transaction.places) {
        const auto partition = topics->partition(place.partition.topic, place.partition.partition);
        if (partition == nullptr) {
            continue;
        }
        for (const topics::ProducerSummary& producer : partition->producers()) {
            if (producer.id != transaction.producerId || producer.txnFirstOffset == kNoOffset) {
                continue;
            }
            const auto written = partition->endTransaction({.producerId = producer.id,
                                                            .producerEpoch = producer.epoch,
                                                            .type = records::MarkerType::kAbort,
                                                            .coordinatorEpoch = std::max(producer.coordinatorEpoch, 0),
                                                            .write = topics::TransactionMarker::Write::kOnlyIfOpen},
                                                           Timestamp(services().clock.wallNowMs()));
            if (!written) {
                return fail(clusterError(written.error()));
            }
            if (!written->committed) {
                std::promise<bool> safe;
                partition->whenCommitted(written->lastOffset, [&safe](bool committed) { safe.set_value(committed); });
                if (!safe.get_future().get()) {
                    return fail(clusterError(protocol::ErrorCode::kKafkaStorageError, {}));
                }
            }
        }
    }
    return {};
}

// A new incarnation of the producer is begun: that fences the old one and aborts what it left open.
ClusterResult<void> EmbeddedOperations::abortCoordinated(const TransactionInfo& transaction) {
    auto& coordinator = services().transactions;
    const auto now = coordinator.describe(transaction.id);
    if (!now) {
        return fail(ClusterError{ClusterErrc::kNotFound, 0, "There is no transaction '" + transaction.id + "'."});
    }
    if (now->state != transactions::TxnState::kOngoing || now->producerId != transaction.producerId ||
        now->epoch != transaction.epoch) {
        return fail(ClusterError{ClusterErrc::kRefused, 0,
                                 "The transaction '" + transaction.id + "' has ended, or another one has begun."});
    }
    std::promise<transactions::InitAnswer> begun;
    coordinator.initProducerId({transaction.id, now->timeoutMs, std::nullopt},
                               [&begun](const transactions::InitAnswer& answer) { begun.set_value(answer); });
    const auto answer = begun.get_future().get();
    if (answer.error != transactions::TxnErrc::kNone &&
        answer.error != transactions::TxnErrc::kConcurrentTransactions) {
        return fail(clusterError(static_cast<protocol::ErrorCode>(answer.error), {}));
    }
    return {};
}

ClusterResult<std::vector<ProducerInfo>> EmbeddedOperations::producers(const TopicPartition& wanted) {
    return running([&]() -> ClusterResult<std::vector<ProducerInfo>> {
        const auto topic = services().topics.snapshot()->byName(wanted.topic);
        const auto partition = topic ? topic->partition(wanted.partition) : nullptr;
        if (!partition) {
            return fail(absentError(topic.get(), wanted));
        }
        std::map<std::int64_t, std::string> names;
        for (const auto& stored : services().transactions.list()) {
            names.emplace(stored.transaction.producerId.value, stored.transactionalId);
        }
        std::vector<ProducerInfo> all;
        for (const topics::ProducerSummary& each : partition->producers()) {
            const auto name = names.find(each.id.value);
            all.push_back({each.id, each.epoch, each.lastSequence, each.lastTimestamp, each.coordinatorEpoch,
                           each.txnFirstOffset, name == names.end() ? std::string() : name->second});
        }
        std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
        return all;
    });
}

ClusterResult<std::vector<CompactionInfo>> EmbeddedOperations::compaction(const std::string& name) {
    return running([&]() -> ClusterResult<std::vector<CompactionInfo>> {
        const auto topic = services().topics.snapshot()->byName(name);
        if (!topic) {
            return fail(absentError(nullptr, {name, PartitionId(0)}));
        }
        const Timestamp now(services().clock.wallNowMs());
        std::vector<CompactionInfo> all;
        for (std::size_t i = 0; i < topic->partitions.size(); ++i) {
            const PartitionId id(static_cast<std::int32_t>(i));
            const auto& slot = topic->partitions[i];
            all.push_back(slot.partition ? toInfo(id, slot.partition->compactionState(now))
                                         : CompactionInfo{.partition = id});
        }
        return all;
    });
}

ClusterResult<QuorumInfo> EmbeddedOperations::quorum() {
    return running([&]() -> ClusterResult<QuorumInfo> { return server::quorumOf(services()); });
}

ClusterResult<FeaturesInfo> EmbeddedOperations::features() {
    return running([&]() -> ClusterResult<FeaturesInfo> { return server::featuresOf(services().features); });
}

ClusterResult<std::vector<LogDir>> EmbeddedOperations::logDirs() {
    return running([&]() -> ClusterResult<std::vector<LogDir>> { return std::vector{server::logDirOf(services())}; });
}

}  // namespace weir::api
