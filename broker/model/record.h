// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/model/ids.h"

namespace weir {

enum class Compression : std::uint8_t { kNone = 0, kGzip = 1, kSnappy = 2, kLz4 = 3, kZstd = 4 };
enum class TimestampType : std::uint8_t { kCreateTime = 0, kLogAppendTime = 1 };
enum class Isolation : std::uint8_t { kReadUncommitted = 0, kReadCommitted = 1 };

/// How the transaction of a batch ended; kNone for a batch outside of one, or where the cluster does not say.
enum class TransactionOutcome { kNone, kOpen, kCommitted, kAborted };

/// What a record's batch says about it. Shared by all records of the batch.
struct BatchInfo {
    Offset baseOffset = kNoOffset;
    Offset lastOffset = kNoOffset;
    std::int32_t recordCount = 0;
    /// Bytes of the batch as stored, its 61-byte header included.
    std::int32_t sizeBytes = 0;
    Compression compression = Compression::kNone;
    TimestampType timestampType = TimestampType::kCreateTime;
    LeaderEpoch leaderEpoch = kNoLeaderEpoch;
    ProducerId producerId = kNoProducerId;
    ProducerEpoch producerEpoch = kNoProducerEpoch;
    Sequence baseSequence = kNoSequence;
    bool isTransactional = false;
    bool isControl = false;
    TransactionOutcome outcome = TransactionOutcome::kNone;
};

/// One record as views into memory that somebody else keeps alive (see RecordChunk). An absent key or value (null) is
/// nullopt, an empty one is an empty view: they are different things everywhere in Weir.
struct RecordView {
    Offset offset = kNoOffset;
    Timestamp timestamp = kNoTimestamp;
    std::optional<ByteView> key;
    std::optional<ByteView> value;
    /// The encoded headers as they stand in the record (varint length, key, varint length, value; repeated).
    ByteView rawHeaders;
    std::int32_t headerCount = 0;
    /// Bytes of the record's encoding before compression.
    std::int32_t sizeBytes = 0;
    /// Index into RecordChunk::batches.
    std::uint32_t batch = 0;
};

struct Header {
    std::string key;
    std::optional<Bytes> value;
    bool operator==(const Header&) const = default;
};

/// Decodes `record.rawHeaders`; what cannot be decoded ends the list. Copies.
std::vector<Header> decodeHeaders(const RecordView& record);

/// Records of one partition read in one go, with the memory that their views point into. Immutable and shared freely.
/// A chunk of one broker page costs one allocation per batch that is compressed and none per record.
struct RecordChunk {
    TopicPartition partition;
    std::vector<RecordView> records;
    std::vector<BatchInfo> batches;
    /// Where the next read goes on; past gaps left by compaction and control batches.
    Offset next = kNoOffset;
    Offset logStart = kNoOffset;
    Offset highWatermark = kNoOffset;
    Offset lastStable = kNoOffset;
    /// Bytes read from the log to make this chunk: what a progress strip counts.
    std::int64_t bytesScanned = 0;
    /// Keeps the bytes behind the views.
    std::vector<std::shared_ptr<const Bytes>> memory;
};

/// One record that owns its bytes: what a person or a job publishes.
struct OutgoingRecord {
    std::optional<Bytes> key;
    std::optional<Bytes> value;
    std::vector<Header> headers;
    /// kNoTimestamp: now.
    Timestamp timestamp = kNoTimestamp;
    /// Nothing: by key with the Java client's hash, keyless ones in turn (see partitioner.h).
    std::optional<PartitionId> partition;
};

}  // namespace weir
