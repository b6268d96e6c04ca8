// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "broker/base/bytes.h"
#include "broker/model/ids.h"
#include "broker/model/record.h"

/// Record batch v2 ("magic 2"): the unit that producers send, segments store and consumers fetch, the same bytes in all
/// three places. Rules: KIP-98, Kafka's DefaultRecordBatch. All integers are big-endian.
///
///     at  bytes  field                 covered by the CRC
///      0    8    baseOffset            no   offset of the first record the producer put in (compaction may drop it)
///      8    4    batchLength           no   bytes that follow this field: 49 of header + the records
///     12    4    partitionLeaderEpoch  no   stamped by the broker
///     16    1    magic                 no   2
///     17    4    crc                   -    CRC-32C of everything from `attributes` to the end of the batch
///     21    2    attributes            yes  bits 0-2 compression, 3 log append time, 4 transactional, 5 control,
///                                           6 baseTimestamp is the delete horizon
///     23    4    lastOffsetDelta       yes  last offset - baseOffset; kept by compaction
///     27    8    baseTimestamp         yes  timestamp deltas of records count from here
///     35    8    maxTimestamp          yes
///     43    8    producerId            yes  -1: not idempotent
///     51    2    producerEpoch         yes
///     53    4    baseSequence          yes
///     57    4    recordCount           yes  0 in what compaction leaves of a producer's last batch
///     61    …    records               yes  count × record, compressed as a whole; see record_iterator.h
///
/// Example: one record (no key, value "hi") at offset 5, epoch 1, timestamp 1000 (0x3e8), not idempotent:
///
///     0000000000000005 0000003a 00000001 02 233dad44(crc) 0000 00000000 00000000000003e8 00000000000003e8
///     ffffffffffffffff ffff ffffffff 00000001  10 00 00 00 01 04 6869 00
///     batchLength 0x3a = 49 + 9; the record: length 8 (zigzag 0x10), attributes 0, deltas 0 and 0, key length -1
///     (0x01), value length 2 (0x04), "hi", 0 headers.
///
/// Nothing in this header allocates, throws or locks. Views do not own: the bytes must outlive them.
namespace weir::records {

inline constexpr std::size_t kBatchHeaderSize = 61;
/// baseOffset and batchLength, which batchLength does not count.
inline constexpr std::size_t kBatchPrefixSize = 12;
/// The first byte that the CRC covers.
inline constexpr std::size_t kCrcCoverageStart = 21;
inline constexpr std::int8_t kMagicV2 = 2;

inline constexpr std::int16_t kCompressionMask = 0x07;
inline constexpr std::int16_t kLogAppendTimeBit = 0x08;
inline constexpr std::int16_t kTransactionalBit = 0x10;
inline constexpr std::int16_t kControlBit = 0x20;
inline constexpr std::int16_t kDeleteHorizonBit = 0x40;

/// The header decoded as it stands; no field has been judged.
struct BatchHeader {
    Offset baseOffset;
    std::int32_t batchLength = 0;
    LeaderEpoch partitionLeaderEpoch;
    std::int8_t magic = kMagicV2;
    std::uint32_t crc = 0;
    std::int16_t attributes = 0;
    std::int32_t lastOffsetDelta = 0;
    Timestamp baseTimestamp;
    Timestamp maxTimestamp;
    ProducerId producerId = kNoProducerId;
    ProducerEpoch producerEpoch = kNoProducerEpoch;
    Sequence baseSequence = kNoSequence;
    std::int32_t recordCount = 0;

    bool operator==(const BatchHeader&) const = default;
};

/// `from` holds at least kBatchHeaderSize bytes (asserted).
[[nodiscard]] BatchHeader readHeader(ByteView from);
/// `to` holds at least kBatchHeaderSize bytes (asserted). Writes `crc` as given.
void writeHeader(MutableByteView to, const BatchHeader& header);

/// `sequence + delta` on the ring 0 … 2^31-1 (DefaultRecordBatch.incrementSequence). -1 stays -1.
[[nodiscard]] Sequence advanceSequence(Sequence sequence, std::int32_t delta);

/// One whole batch of magic 2 in memory: exactly kBatchPrefixSize + batchLength bytes. Only the framing is trusted;
/// call `checkCrc` before believing the rest, and `isPlausible` before counting with offsets off a disk.
class BatchView {
public:
    /// `bytes` must be exactly one batch as framed by its own batchLength with magic 2 (asserted);
    /// take it from BatchWalker or `BatchView::of`.
    explicit BatchView(ByteView bytes);
    /// The batch at the start of `bytes`, or nothing if it is not whole or not magic 2.
    static std::optional<BatchView> of(ByteView bytes);

    [[nodiscard]] ByteView bytes() const { return m_bytes; }
    [[nodiscard]] std::size_t size() const { return m_bytes.size(); }
    [[nodiscard]] BatchHeader header() const { return readHeader(m_bytes); }

    [[nodiscard]] Offset baseOffset() const { return Offset(load<std::int64_t>(0)); }
    [[nodiscard]] LeaderEpoch leaderEpoch() const { return LeaderEpoch(load<std::int32_t>(12)); }
    [[nodiscard]] std::uint32_t crc() const { return load<std::uint32_t>(17); }
    [[nodiscard]] std::int16_t attributes() const { return load<std::int16_t>(21); }
    [[nodiscard]] std::int32_t lastOffsetDelta() const { return load<std::int32_t>(23); }
    [[nodiscard]] Timestamp baseTimestamp() const { return Timestamp(load<std::int64_t>(27)); }
    [[nodiscard]] Timestamp maxTimestamp() const { return Timestamp(load<std::int64_t>(35)); }
    [[nodiscard]] ProducerId producerId() const { return ProducerId(load<std::int64_t>(43)); }
    [[nodiscard]] ProducerEpoch producerEpoch() const { return ProducerEpoch(load<std::int16_t>(51)); }
    [[nodiscard]] Sequence baseSequence() const { return Sequence(load<std::int32_t>(53)); }
    [[nodiscard]] std::int32_t recordCount() const { return load<std::int32_t>(57); }

    /// Offset of the last record the batch was built with; wraps instead of overflowing on nonsense.
    [[nodiscard]] Offset lastOffset() const;
    /// Where the following batch starts at the earliest.
    [[nodiscard]] Offset nextOffset() const;
    /// Sequence number of the last record; -1 if the batch is not idempotent.
    [[nodiscard]] Sequence lastSequence() const { return advanceSequence(baseSequence(), lastOffsetDelta()); }

    /// Nothing for the three codes that mean no codec.
    [[nodiscard]] std::optional<Compression> compression() const;
    [[nodiscard]] TimestampType timestampType() const {
        return has(kLogAppendTimeBit) ? TimestampType::kLogAppendTime : TimestampType::kCreateTime;
    }
    [[nodiscard]] bool isTransactional() const { return has(kTransactionalBit); }
    [[nodiscard]] bool isControl() const { return has(kControlBit); }
    [[nodiscard]] bool isIdempotent() const { return producerId() != kNoProducerId; }
    [[nodiscard]] bool hasDeleteHorizon() const { return has(kDeleteHorizonBit); }
    /// When the tombstones of a cleaned batch may go; nothing until the cleaner has set it.
    [[nodiscard]] std::optional<Timestamp> deleteHorizon() const;

    /// The records as stored: compressed if the batch is.
    [[nodiscard]] ByteView recordsPayload() const { return m_bytes.subspan(kBatchHeaderSize); }

    [[nodiscard]] std::uint32_t computeCrc() const;
    [[nodiscard]] bool checkCrc() const { return computeCrc() == crc(); }
    /// Offsets and counts are not negative, do not overflow, and the count fits between the offsets.
    [[nodiscard]] bool isPlausible() const;

private:
    template <class Int>
    [[nodiscard]] Int load(std::size_t at) const {
        return loadBigEndian<Int>(m_bytes.data() + at);
    }
    [[nodiscard]] bool has(std::int16_t bit) const { return (attributes() & bit) != 0; }

    ByteView m_bytes;
};

/// In-place changes of a batch the caller owns; `batch` starts with a whole header (asserted).
/// The first two lie outside the CRC and are free; the third recomputes it over the batch, whose bytes must all be
/// there.
void stampBaseOffset(MutableByteView batch, Offset baseOffset);
void stampLeaderEpoch(MutableByteView batch, LeaderEpoch epoch);
/// Marks the batch LogAppendTime and sets maxTimestamp, from which readers then take every record's timestamp.
void stampLogAppendTime(MutableByteView batch, Timestamp now);
/// Corrects maxTimestamp; recomputes the CRC.
void stampMaxTimestamp(MutableByteView batch, Timestamp max);
/// Computes and stores the CRC of a batch just written or changed.
void stampCrc(MutableByteView batch);

/// What stands at the start of some bytes that should hold batches.
enum class Framing : std::uint8_t {
    kWhole,       ///< A whole batch of magic 2.
    kEnd,         ///< Nothing: the bytes are used up.
    kPartial,     ///< The start of a batch whose rest is missing: a truncated fetch, or the tail of a crashed log.
    kBadLength,   ///< batchLength is negative or too small for a header: not a batch.
    kOtherMagic,  ///< A message set of magic 0 or 1, or something unknown.
};
struct Frame {
    Framing framing = Framing::kEnd;
    /// kWhole and kPartial with a readable length: bytes of the batch; 0 otherwise.
    std::size_t size = 0;
};
[[nodiscard]] Frame frameAt(ByteView bytes);

/// Walks consecutive batches in a buffer, without allocating and without reading past a trailing partial batch:
///
///     BatchWalker walker(buffer);
///     while (const auto batch = walker.next()) { use(*batch); }
///     if (walker.stop() == Framing::kPartial) { … walker.position() is where the valid prefix ends … }
///
/// Only framing is checked: a batch with a wrong CRC is still handed out.
class BatchWalker {
public:
    explicit BatchWalker(ByteView bytes) : m_bytes(bytes) {}

    /// The next whole batch, or nothing for good once `stop` says why.
    std::optional<BatchView> next();
    /// kWhole while walking; then kEnd, kPartial, kBadLength or kOtherMagic.
    [[nodiscard]] Framing stop() const { return m_stop; }
    /// Where the next batch would start: after the last one handed out.
    [[nodiscard]] std::size_t position() const { return m_position; }

private:
    ByteView m_bytes;
    std::size_t m_position = 0;
    Framing m_stop = Framing::kWhole;
};

}  // namespace weir::records
