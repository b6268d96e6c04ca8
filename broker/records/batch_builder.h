// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "broker/base/bytes.h"
#include "broker/model/record.h"
#include "broker/records/batch_header.h"
#include "broker/records/compression.h"
#include "broker/records/record_iterator.h"

namespace weir::records {

/// Everything of a batch that is not its records. The defaults are a plain produced batch, as a client would send it.
struct BatchOptions {
    Compression compression = Compression::kNone;
    CompressionLevel level = std::nullopt;
    /// 0 in what a client sends; the log's own writers give the real one.
    Offset baseOffset{0};
    LeaderEpoch leaderEpoch = kNoLeaderEpoch;
    ProducerId producerId = kNoProducerId;
    ProducerEpoch producerEpoch = kNoProducerEpoch;
    Sequence baseSequence = kNoSequence;
    bool transactional = false;
    bool control = false;
    /// LogAppendTime: maxTimestamp becomes this, and so every record's time. Nothing: CreateTime.
    std::optional<Timestamp> logAppendTime = std::nullopt;
    /// Set by the cleaner (KIP-534): takes the place of baseTimestamp.
    std::optional<Timestamp> deleteHorizon = std::nullopt;
    /// Set by the cleaner, which keeps a batch's last offset although its last record may be gone.
    /// Nothing: of the last record.
    std::optional<std::int32_t> lastOffsetDelta = std::nullopt;
};

/// A record to put in; the views need to live for the call only.
struct RecordInput {
    Timestamp timestamp = kNoTimestamp;
    std::optional<ByteView> key = std::nullopt;
    std::optional<ByteView> value = std::nullopt;
    std::span<const HeaderView> headers = {};
};

/// Builds one batch. Reusable: `start` begins another with the same memory, so the steady state allocates nothing.
/// Not thread safe.
///
///     BatchBuilder builder;
///     builder.start({.compression = Compression::kZstd});
///     builder.append({.timestamp = now, .key = key, .value = value});
///     const ByteView batch = builder.finish(codec);
class BatchBuilder {
public:
    /// Forgets what was built and begins an empty batch.
    void start(const BatchOptions& options);

    /// Puts a record at the offset after the last one. False, and nothing is changed, if the records would exceed
    /// kMaxRecordBytes before compression.
    [[nodiscard]] bool append(const RecordInput& record);
    /// Puts a copy of a stored record at its own offset, headers as they stand; for the cleaner. `record.offset` must
    /// be beyond the last one's and within int32 of baseOffset (asserted).
    [[nodiscard]] bool appendCopy(const RecordView& record);

    [[nodiscard]] std::int32_t recordCount() const { return m_count; }
    /// Size of the batch if it were finished now without compression.
    [[nodiscard]] std::size_t plainSize() const { return m_size; }

    /// The whole batch with its CRC; valid until the next `start`. At least one record was put in (asserted).
    [[nodiscard]] ByteView finish(Codec& codec);

    static constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 30;

private:
    struct Encoded;
    bool put(const Encoded& record);
    std::byte* makeRoom(std::size_t size);

    BatchOptions m_options;
    /// Room for the header, then records in their plain encoding; larger than what is used of it.
    Bytes m_plain;
    std::size_t m_size = kBatchHeaderSize;
    Bytes m_packed;
    std::int32_t m_count = 0;
    std::int32_t m_lastDelta = -1;
    Timestamp m_baseTimestamp;
    Timestamp m_maxTimestamp;
};

/// The batch that ends a transaction in one partition: one control record at one offset (KIP-98).
struct EndMarkerOptions {
    EndMarker marker;
    ProducerId producerId;
    ProducerEpoch producerEpoch;
    Timestamp now;
};
[[nodiscard]] Bytes buildEndMarker(const EndMarkerOptions& options);

/// What the cleaner keeps of a batch whose records are all gone but which is its producer's last or ends the round: a
/// header with count 0 and the same offsets, epochs and sequence (DefaultRecordBatch.writeEmptyHeader).
[[nodiscard]] Bytes buildEmptyBatch(const BatchView& original);

/// `batch` with its records compressed another way, header fields kept (a topic whose compression.type is not
/// "producer"). `plain` is what `plainRecords` gives for it.
[[nodiscard]] Bytes recompress(const BatchView& batch, ByteView plain, Compression with, CompressionLevel level,
                               Codec& codec);

}  // namespace weir::records
