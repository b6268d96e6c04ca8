// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/base/result.h"
#include "broker/model/ids.h"
#include "broker/model/record.h"
#include "broker/records/record_iterator.h"
#include "broker/storage/commit_queue.h"
#include "broker/storage/log.h"
#include "broker/storage/transaction_index.h"

/// What a partition is told and what it answers: plain values.
namespace weir::storage {
class LogDirectory;
}  // namespace weir::storage

namespace weir::topics {

/// With the Kafka code that each becomes in broker/server.
enum class PartitionErrc {
    kStorage,               ///< 56: the disk is full or has failed; retriable.
    kNoRoom,                ///< 56: only of opening: the disk is full, and what fails now may work once it is not.
    kDeleted,               ///< 3: the topic went away meanwhile.
    kOffsetOutOfRange,      ///< 1
    kCorrupt,               ///< 2: damaged on disk.
    kTooLargeForSegment,    ///< 18
    kOutOfOrderSequence,    ///< 45
    kInvalidProducerEpoch,  ///< 47
    kInvalidTxnState,       ///< 48
    kNotInTransaction,      ///< 120, or 48 for older clients: nobody has added the partition to the transaction.
    kTransactionPending,    ///< 51: the transaction before is still being ended; retriable.
    kUnknownTransaction,    ///< 49: the transactional id has another producer id, or is unknown.
    kCoordinatorFenced,     ///< 52: a marker of a coordinator that is not in office any more.
    kFencedLeaderEpoch,     ///< 74
    kUnknownLeaderEpoch,    ///< 75
};
using PartitionError = Error<PartitionErrc>;
template <class T>
using PartitionResult = Result<T, PartitionError>;

/// What a topic's configuration says to its partitions.
struct PartitionOptions {
    storage::LogOptions log;
    std::int64_t producerExpiryMs = 24LL * 60 * 60 * 1000;  ///< producer.id.expiration.ms (broker)

    bool operator==(const PartitionOptions&) const = default;
};

/// What all partitions of a broker share; outlives them.
struct PartitionContext {
    storage::LogDirectory& directory;
    storage::CommitQueue& commits;
    const Clock& clock;
    Logger logger;
};

enum class AppendOrigin : std::uint8_t {
    kClient,       ///< Sequences are checked; control batches are refused, transactional ones go through a gate.
    kCoordinator,  ///< Markers and the broker's own records: stored as they are.
};

/// Decides whether a producer's transaction may write to a partition (KIP-890). Asked inside the partition's critical
/// section, before the first record of a transaction there, so that nothing can come behind the transaction's marker:
/// whoever ends it refuses here first and writes the marker afterwards. Must not call the partition, and must not be
/// asked with a lock held that it takes itself. Lock order: partition, then what the gate locks.
class TransactionGate {
public:
    virtual ~TransactionGate() = default;
    [[nodiscard]] virtual PartitionResult<void> admit(const TopicPartition& partition, ProducerId producerId,
                                                      ProducerEpoch epoch) const = 0;
    /// transaction.version 2: every transaction has an epoch of its own and starts with sequence 0.
    [[nodiscard]] virtual bool startsAtZero() const = 0;
};

/// The end of a producer's transaction in one partition.
struct TransactionMarker {
    ProducerId producerId;
    ProducerEpoch producerEpoch;
    records::MarkerType type = records::MarkerType::kAbort;
    std::int32_t coordinatorEpoch = 0;
    enum class Write : std::uint8_t {
        kAlways,      ///< Also where the producer has nothing open, as Kafka does for partitions without a record.
        kOnlyIfOpen,  ///< After a crash: a partition that has its marker gets no second one.
    };
    Write write = Write::kAlways;
};

struct Appended {
    Offset baseOffset;
    Offset lastOffset;
    /// The broker's time if the topic stamps it, otherwise kNoTimestamp.
    Timestamp logAppendTime = kNoTimestamp;
    Offset logStart;
    /// Nothing was written: a retry, and `baseOffset` is where the original stands, or a marker that was not needed.
    bool duplicate = false;
    /// May be acknowledged now. Otherwise acknowledge once `whenCommitted(lastOffset, …)` says so.
    bool committed = true;
};

/// What the records of a partition are like, for whoever decides how many go into one answer.
enum class RecordKind : std::uint8_t {
    kOrdinary,
    /// Less than 256 bytes each, stored as they are.
    kSmall,
    /// Of unknown size once they are unpacked.
    kCompressed,
};

/// Ends of a partition at one instant; logStart <= lastStable <= highWatermark <= logEnd.
struct PartitionOffsets {
    Offset logStart;
    Offset lastStable;
    Offset highWatermark;
    Offset logEnd;
};

struct FetchRequest {
    Offset from;
    std::size_t maxBytes = 0;
    Isolation isolation = Isolation::kReadUncommitted;
    storage::FirstBatch firstBatch = storage::FirstBatch::kEvenIfLarger;
    /// kNoLeaderEpoch: no check.
    LeaderEpoch currentLeaderEpoch = kNoLeaderEpoch;
    /// False when a person looks: the counters tell what clients did.
    bool isCounted = true;
};

struct Fetched {
    std::size_t bytes = 0;
    /// Where to go on reading.
    Offset next;
    PartitionOffsets offsets;
    /// For readers of committed data: the aborted transactions with records among what was read, by first offset.
    std::vector<storage::AbortedTransaction> aborted;
};

/// The last round of compaction since the partition was opened; kNoTimestamp without one.
struct LastCompaction {
    Timestamp at = kNoTimestamp;
    std::int64_t bytesBefore = 0;
    std::int64_t bytesAfter = 0;
};

struct CompactionState {
    bool compacts = false;
    /// kNoOffset before the first round.
    Offset cleanedUpTo = kNoOffset;
    Offset dirtyEnd = kNoOffset;
    std::int64_t cleanBytes = 0;
    std::int64_t dirtyBytes = 0;
    double minDirtyRatio = 0.5;
    bool isDue = false;
    std::int64_t deleteRetentionMs = 0;
    LastCompaction last;
};

/// Counters since start, for rates; they only grow.
struct PartitionCounters {
    std::int64_t recordsIn = 0;
    std::int64_t batchesIn = 0;
    std::int64_t bytesIn = 0;
    std::int64_t bytesOut = 0;
    /// kNoTimestamp before the first append.
    Timestamp lastAppend = kNoTimestamp;
};

}  // namespace weir::topics
