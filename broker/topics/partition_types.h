// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/base/result.h"
#include "broker/model/ids.h"
#include "broker/model/record.h"
#include "broker/storage/commit_queue.h"
#include "broker/storage/log.h"

/// What a partition is told and what it answers: plain values.
namespace weir::storage {
class LogDirectory;
}  // namespace weir::storage

namespace weir::topics {

/// With the Kafka code that each becomes in broker/server.
enum class PartitionErrc {
    kStorage,               ///< 56: the disk is full or has failed; retriable.
    kDeleted,               ///< 3: the topic went away meanwhile.
    kOffsetOutOfRange,      ///< 1
    kCorrupt,               ///< 2: damaged on disk.
    kTooLargeForSegment,    ///< 18
    kOutOfOrderSequence,    ///< 45
    kInvalidProducerEpoch,  ///< 47
    kInvalidTxnState,       ///< 48
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
    kClient,       ///< Sequences are checked; control and transactional batches are refused.
    kCoordinator,  ///< Markers and the broker's own records: stored as they are.
};

struct Appended {
    Offset baseOffset;
    Offset lastOffset;
    /// The broker's time if the topic stamps it, otherwise kNoTimestamp.
    Timestamp logAppendTime = kNoTimestamp;
    Offset logStart;
    /// A retry: nothing was written, `baseOffset` is where the original stands.
    bool duplicate = false;
    /// May be acknowledged now. Otherwise acknowledge once `whenCommitted(lastOffset, …)` says so.
    bool committed = true;
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
