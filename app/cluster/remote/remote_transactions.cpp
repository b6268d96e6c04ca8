// SPDX-License-Identifier: GPL-3.0-or-later
// Transactions and producers of a remote cluster (KIP-664): what the coordinators know, put together with what the
// partitions hold.
#include <algorithm>
#include <map>
#include <set>

#include "app/cluster/remote/remote_operations.h"
#include "broker/protocol/messages/describe_producers.h"
#include "broker/protocol/messages/describe_transactions.h"
#include "broker/protocol/messages/init_producer_id.h"
#include "broker/protocol/messages/list_transactions.h"
#include "broker/protocol/messages/write_txn_markers.h"

namespace weir::app {

using protocol::ErrorCode;

namespace {

/// Ids in one request: bounded answers from clusters with thousands.
constexpr std::size_t kTransactionsPerRequest = 200;
/// Later versions begin two-phase commits.
constexpr std::int16_t kInitProducerCap = 5;
/// Later versions say which kind of transaction it is, which a hanging one no longer tells.
constexpr std::int16_t kMarkersCap = 1;

TransactionState transactionStateOf(std::string_view name) {
    static const std::map<std::string_view, TransactionState> kStates{
        {"Empty", TransactionState::kEmpty},
        {"Ongoing", TransactionState::kOngoing},
        {"PrepareCommit", TransactionState::kPrepareCommit},
        {"PrepareAbort", TransactionState::kPrepareAbort},
        {"PrepareEpochFence", TransactionState::kPrepareAbort},
        {"CompleteCommit", TransactionState::kCompleteCommit},
        {"CompleteAbort", TransactionState::kCompleteAbort}};
    const auto found = kStates.find(name);
    return found == kStates.end() ? TransactionState::kDead : found->second;
}

/// The ids that one broker coordinates, with their producers.
ClusterResult<std::map<std::string, ProducerId>> listTransactions(Wire& wire, BrokerId broker) {
    const auto answer = wire.call<protocol::ListTransactionsResponse>(broker, protocol::ListTransactionsRequest());
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (answer->message.errorCode != ErrorCode::kNone) {
        return fail(errorOf(answer->message.errorCode));
    }
    std::map<std::string, ProducerId> ids;
    for (const auto& one : answer->message.transactionStates) {
        ids.emplace(one.transactionalId, one.producerId);
    }
    return ids;
}

ClusterResult<std::vector<TransactionInfo>> describeTransactions(Wire& wire, BrokerId coordinator,
                                                                 std::vector<std::string> ids) {
    protocol::DescribeTransactionsRequest request;
    request.transactionalIds = std::move(ids);
    const auto answer = wire.call<protocol::DescribeTransactionsResponse>(coordinator, request);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    std::vector<TransactionInfo> all;
    for (const auto& from : answer->message.transactionStates) {
        // One that ended or moved meanwhile is left out.
        if (from.errorCode != ErrorCode::kNone) {
            continue;
        }
        TransactionInfo& info = all.emplace_back();
        info.id = from.transactionalId;
        info.producerId = from.producerId;
        info.epoch = from.producerEpoch;
        info.state = transactionStateOf(from.transactionState);
        info.timeoutMs = from.transactionTimeoutMs;
        info.startedAt = from.transactionStartTimeMs;
        for (const auto& topic : from.topics) {
            for (const PartitionId partition : topic.partitions) {
                info.places.push_back({{topic.topic, partition}, kNoOffset, false});
            }
        }
    }
    return all;
}

using ProducerState = protocol::DescribeProducersResponse::ProducerState;
using ProducersByPartition = std::map<TopicPartition, std::vector<ProducerState>>;

/// Asks the leaders of the partitions; those that do not answer are left out.
ProducersByPartition describeProducers(Wire& wire, const ClusterMap& map, const std::set<TopicPartition>& partitions) {
    std::map<BrokerId, std::map<std::string, std::vector<PartitionId>>> byLeader;
    for (const TopicPartition& one : partitions) {
        if (const MappedPartition* const mapped = map.find(one); mapped != nullptr && mapped->leader.value >= 0) {
            byLeader[mapped->leader][one.topic].push_back(one.partition);
        }
    }
    ProducersByPartition all;
    for (const auto& [leader, topics] : byLeader) {
        protocol::DescribeProducersRequest request;
        for (const auto& [name, indexes] : topics) {
            request.topics.push_back({name, indexes, {}});
        }
        auto answer = wire.call<protocol::DescribeProducersResponse>(leader, request);
        for (auto& topic : answer ? answer->message.topics : decltype(answer->message.topics)()) {
            for (auto& partition : topic.partitions) {
                if (partition.errorCode == ErrorCode::kNone) {
                    all[{topic.name, partition.partitionIndex}] = std::move(partition.activeProducers);
                }
            }
        }
    }
    return all;
}

/// What is open in partitions, by producer. The first of all open ones is where a partition's readers are held.
struct OpenTransaction {
    ProducerEpoch epoch = kNoProducerEpoch;
    Timestamp lastTimestamp = kNoTimestamp;
    std::vector<TransactionPlace> places;
};

std::map<ProducerId, OpenTransaction> openTransactions(const ProducersByPartition& producers) {
    std::map<ProducerId, OpenTransaction> open;
    for (const auto& [partition, states] : producers) {
        Offset first = kNoOffset;
        for (const ProducerState& one : states) {
            if (one.currentTxnStartOffset >= Offset(0) && (first == kNoOffset || one.currentTxnStartOffset < first)) {
                first = one.currentTxnStartOffset;
            }
        }
        for (const ProducerState& one : states) {
            if (one.currentTxnStartOffset >= Offset(0)) {
                OpenTransaction& to = open[one.producerId];
                to.epoch = ProducerEpoch(static_cast<std::int16_t>(one.producerEpoch));
                to.lastTimestamp = std::max(to.lastTimestamp, one.lastTimestamp);
                to.places.push_back({partition, one.currentTxnStartOffset, one.currentTxnStartOffset == first});
            }
        }
    }
    return open;
}

/// Where readers of committed data stand behind: there something is open.
void addHeldPartitions(const Snapshot& snapshot, std::set<TopicPartition>& into) {
    for (const auto& topic : snapshot.topics) {
        for (const PartitionSnapshot& one : topic->partitions) {
            if (one.lastStable < one.highWatermark) {
                into.insert({topic->name, one.partition});
            }
        }
    }
}

}  // namespace

ClusterResult<std::vector<TransactionInfo>> RemoteOperations::transactions() {
    const auto map = m_wire.map();
    if (!map) {
        return fail(ClusterError(map.error()));
    }
    std::vector<TransactionInfo> all;
    std::set<TopicPartition> partitions;
    for (const auto& [broker, address] : (*map)->brokers) {
        const auto listed = listTransactions(m_wire, broker);
        if (!listed) {
            return fail(ClusterError(listed.error()));
        }
        std::vector<std::string> ids;
        for (auto at = listed->begin(); at != listed->end();) {
            ids.push_back(at->first);
            if (++at != listed->end() && ids.size() < kTransactionsPerRequest) {
                continue;
            }
            auto described = describeTransactions(m_wire, broker, std::exchange(ids, {}));
            if (!described) {
                return fail(ClusterError(described.error()));
            }
            for (TransactionInfo& one : *described) {
                for (const TransactionPlace& place : one.places) {
                    partitions.insert(place.partition);
                }
                all.push_back(std::move(one));
            }
        }
    }
    if (const auto snapshot = m_sampler.snapshot()) {
        addHeldPartitions(**snapshot, partitions);
    }
    auto open = openTransactions(describeProducers(m_wire, **map, partitions));
    for (TransactionInfo& one : all) {
        if (const auto found = open.find(one.producerId); found != open.end()) {
            addPlaces(one, found->second.places);
            one.updatedAt = found->second.lastTimestamp;
            open.erase(found);
        }
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    for (auto& [producer, left] : open) {
        TransactionInfo& info = all.emplace_back();
        info.producerId = producer;
        info.epoch = left.epoch;
        info.state = TransactionState::kUnowned;
        info.updatedAt = left.lastTimestamp;
        info.places = std::move(left.places);
    }
    return all;
}

ClusterResult<void> RemoteOperations::abortTransaction(const TransactionInfo& transaction) {
    return transaction.id.empty() ? abortUnowned(transaction)
                                  : m_wire.withCoordinator([&] { return abortCoordinated(transaction); });
}

// A new incarnation of the producer is begun: that fences the old one and aborts what it left open.
ClusterResult<void> RemoteOperations::abortCoordinated(const TransactionInfo& transaction) {
    const auto coordinator = m_wire.coordinatorOf(transaction.id, Wire::CoordinatorOf::kTransaction);
    if (!coordinator) {
        return fail(ClusterError(coordinator.error()));
    }
    const auto now = describeTransactions(m_wire, *coordinator, {transaction.id});
    if (!now) {
        return fail(ClusterError(now.error()));
    }
    if (now->empty()) {
        return fail(ClusterError{ClusterErrc::kNotFound, 0, "There is no transaction '" + transaction.id + "'."});
    }
    const TransactionInfo& known = now->front();
    if (known.state != TransactionState::kOngoing || known.producerId != transaction.producerId ||
        known.epoch != transaction.epoch) {
        return fail(ClusterError{ClusterErrc::kRefused, 0,
                                 "The transaction '" + transaction.id + "' has ended, or another one has begun."});
    }
    protocol::InitProducerIdRequest request;
    request.transactionalId = transaction.id;
    request.transactionTimeoutMs = known.timeoutMs;
    const auto answer = m_wire.call<protocol::InitProducerIdResponse>(*coordinator, request, kInitProducerCap);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    // "Another one is ending" is the abort that was just decided.
    const ErrorCode code = answer->message.errorCode;
    return code == ErrorCode::kNone || code == ErrorCode::kConcurrentTransactions ? ClusterResult<void>()
                                                                                  : fail(errorOf(code));
}

// Markers are written by hand, as Kafka's own tool does: nobody else will.
ClusterResult<void> RemoteOperations::abortUnowned(const TransactionInfo& transaction) {
    const auto map = m_wire.refreshMap();
    if (!map) {
        return fail(ClusterError(map.error()));
    }
    std::set<TopicPartition> partitions;
    for (const TransactionPlace& place : transaction.places) {
        partitions.insert(place.partition);
    }
    for (const auto& [partition, states] : describeProducers(m_wire, **map, partitions)) {
        for (const ProducerState& one : states) {
            if (one.producerId != transaction.producerId || one.currentTxnStartOffset < Offset(0)) {
                continue;
            }
            protocol::WriteTxnMarkersRequest request;
            request.markers.push_back({one.producerId,
                                       ProducerEpoch(static_cast<std::int16_t>(one.producerEpoch)),
                                       false,
                                       {{partition.topic, {partition.partition}, {}}},
                                       std::max(one.coordinatorEpoch, 0),
                                       0,
                                       {}});
            const auto answer =
                m_wire.call<protocol::WriteTxnMarkersResponse>((*map)->find(partition)->leader, request, kMarkersCap);
            if (!answer) {
                return fail(ClusterError(answer.error()));
            }
            for (const auto& marker : answer->message.markers) {
                for (const auto& topic : marker.topics) {
                    for (const auto& result : topic.partitions) {
                        if (result.errorCode != ErrorCode::kNone) {
                            return fail(errorOf(result.errorCode));
                        }
                    }
                }
            }
        }
    }
    return {};
}

ClusterResult<std::vector<ProducerInfo>> RemoteOperations::producers(const TopicPartition& partition) {
    const auto map = m_wire.map();
    if (!map) {
        return fail(ClusterError(map.error()));
    }
    const auto found = describeProducers(m_wire, **map, {partition});
    if (found.empty()) {
        return fail(errorOf(ErrorCode::kUnknownTopicOrPartition));
    }
    std::map<ProducerId, std::string> names;
    for (const auto& [broker, address] : (*map)->brokers) {
        const auto listed = listTransactions(m_wire, broker);
        for (const auto& [id, producer] : listed ? *listed : std::map<std::string, ProducerId>()) {
            names.emplace(producer, id);
        }
    }
    std::vector<ProducerInfo> all;
    for (const ProducerState& one : found.begin()->second) {
        const auto name = names.find(one.producerId);
        all.push_back({one.producerId, ProducerEpoch(static_cast<std::int16_t>(one.producerEpoch)), one.lastSequence,
                       one.lastTimestamp, one.coordinatorEpoch, one.currentTxnStartOffset,
                       name == names.end() ? std::string() : name->second});
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return all;
}

ClusterResult<std::vector<CompactionInfo>> RemoteOperations::compaction(const std::string&) {
    return fail(ClusterError{ClusterErrc::kUnsupported, 0,
                             "Only the broker inside Weir tells how far compaction is: Kafka's protocol has no "
                             "question for it."});
}

}  // namespace weir::app
