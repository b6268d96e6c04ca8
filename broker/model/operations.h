// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/model/snapshot.h"

/// What goes on inside a broker beyond topics and committed offsets: transactions, producers, deliveries of share
/// groups, tasks of streams groups, compaction. Plain values, asked for and not kept.
namespace weir {

/// Kafka's states; kUnowned is a transaction that is open in a partition although its coordinator knows nothing of it
/// (a "hanging" one), which holds readers of committed data for ever.
enum class TransactionState {
    kEmpty,
    kOngoing,
    kPrepareCommit,
    kPrepareAbort,
    kCompleteCommit,
    kCompleteAbort,
    kDead,
    kUnowned
};

struct TransactionPlace {
    TopicPartition partition;
    /// Its first record there; kNoOffset where it has written nothing yet.
    Offset first = kNoOffset;
    /// Whether the last stable offset of the partition stands at its first record because of it.
    bool holdsReaders = false;
    bool operator==(const TransactionPlace&) const = default;
};

struct TransactionInfo {
    /// Empty for kUnowned.
    std::string id;
    ProducerId producerId = kNoProducerId;
    ProducerEpoch epoch = kNoProducerEpoch;
    TransactionState state = TransactionState::kEmpty;
    /// 1, or 2 for a producer that gets a new epoch with every transaction (KIP-890).
    int version = 1;
    std::int32_t timeoutMs = 0;
    /// kNoTimestamp outside of a transaction.
    Timestamp startedAt = kNoTimestamp;
    Timestamp updatedAt = kNoTimestamp;
    std::vector<TransactionPlace> places;
    /// Groups with offsets staged in it.
    std::vector<std::string> groups;

    [[nodiscard]] bool isOpen() const {
        return state == TransactionState::kOngoing || state == TransactionState::kPrepareCommit ||
               state == TransactionState::kPrepareAbort || state == TransactionState::kUnowned;
    }
    bool operator==(const TransactionInfo&) const = default;
};

/// What partitions say is open in the transaction stands for what its coordinator says of them.
void addPlaces(TransactionInfo& info, const std::vector<TransactionPlace>& open);

/// A producer that a partition remembers, to tell a retry from new data (DescribeProducers).
struct ProducerInfo {
    ProducerId id = kNoProducerId;
    ProducerEpoch epoch = kNoProducerEpoch;
    Sequence lastSequence = kNoSequence;
    Timestamp lastTimestamp = kNoTimestamp;
    std::int32_t coordinatorEpoch = -1;
    /// kNoOffset without an open transaction.
    Offset txnFirstOffset = kNoOffset;
    /// Empty for a producer that is idempotent only.
    std::string transactionalId;
    bool operator==(const ProducerInfo&) const = default;
};

/// How far compaction has come in one partition.
struct CompactionInfo {
    PartitionId partition;
    bool isCompacted = false;
    /// kNoOffset before the first round.
    Offset cleanedUpTo = kNoOffset;
    /// First offset that a round would leave alone.
    Offset dirtyEnd = kNoOffset;
    std::int64_t cleanBytes = 0;
    std::int64_t dirtyBytes = 0;
    /// A round begins above it (min.cleanable.dirty.ratio).
    double minDirtyRatio = 0.5;
    bool isDue = false;
    /// delete.retention.ms: a tombstone goes so long after the round that first kept it.
    std::int64_t tombstonesKeptMs = 0;
    /// Of the last round since the broker started; kNoTimestamp without one.
    Timestamp lastRound = kNoTimestamp;
    std::int64_t lastBytesBefore = 0;
    std::int64_t lastBytesAfter = 0;

    [[nodiscard]] double dirtyRatio() const {
        const std::int64_t all = cleanBytes + dirtyBytes;
        return all > 0 ? static_cast<double>(dirtyBytes) / static_cast<double>(all) : 0;
    }
    bool operator==(const CompactionInfo&) const = default;
};

enum class DeliveryKind { kAvailable, kAcquired, kAcknowledged, kGivenUp };

/// Neighbouring records of a share-partition that are in the same state.
struct DeliveryRange {
    Offset first;
    Offset last;
    DeliveryKind kind = DeliveryKind::kAvailable;
    std::int32_t deliveries = 0;
    /// Who has them; empty unless they are acquired.
    std::string memberId;
    bool operator==(const DeliveryRange&) const = default;
};

/// One partition of one share group.
struct ShareDelivery {
    TopicPartition partition;
    /// Below it everything is done.
    Offset start;
    /// From here on nothing was ever delivered.
    Offset end;
    Offset highWatermark;
    std::int64_t inFlight = 0;
    /// Delivered before, and to be delivered again.
    std::int64_t waiting = 0;
    /// Done or given up above the start.
    std::int64_t doneAhead = 0;
    std::int64_t givenUp = 0;
    std::int32_t mostDeliveries = 0;
    /// The first of them, in order.
    std::vector<DeliveryRange> ranges;
    /// Members that have the partition.
    std::vector<std::string> clients;
    bool operator==(const ShareDelivery&) const = default;
};

struct StreamsTask {
    std::string subtopology;
    PartitionId partition;
    auto operator<=>(const StreamsTask&) const = default;
};

struct StreamsMember {
    std::string memberId;
    std::string clientId;
    std::string host;
    /// Members of one process share its state stores.
    std::string processId;
    std::int32_t epoch = 0;
    std::vector<StreamsTask> active;
    std::vector<StreamsTask> standby;
    /// What it is to run; it differs while tasks move.
    std::vector<StreamsTask> target;
    bool operator==(const StreamsMember&) const = default;
};

struct Subtopology {
    std::string id;
    std::vector<std::string> sources;
    std::vector<std::string> sinks;
    std::vector<std::string> repartitions;
    std::vector<std::string> changelogs;
    bool operator==(const Subtopology&) const = default;
};

struct StreamsInfo {
    std::int32_t groupEpoch = 0;
    std::int32_t topologyEpoch = 0;
    std::vector<Subtopology> subtopologies;
    std::vector<StreamsMember> members;
    bool operator==(const StreamsInfo&) const = default;
};

}  // namespace weir
