// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/records/batch_header.h"

#include <limits>

#include "broker/base/assert.h"
#include "broker/base/hash.h"
#include "broker/records/record_parse.h"

namespace weir::records {

namespace {

constexpr std::size_t kLengthAt = 8;
constexpr std::size_t kLeaderEpochAt = 12;
constexpr std::size_t kMagicAt = 16;
constexpr std::size_t kCrcAt = 17;
constexpr std::size_t kAttributesAt = 21;
constexpr std::size_t kLastOffsetDeltaAt = 23;
constexpr std::size_t kBaseTimestampAt = 27;
constexpr std::size_t kMaxTimestampAt = 35;
constexpr std::size_t kProducerIdAt = 43;
constexpr std::size_t kProducerEpochAt = 51;
constexpr std::size_t kBaseSequenceAt = 53;
constexpr std::size_t kRecordCountAt = 57;
constexpr auto kMinBatchLength = static_cast<std::int32_t>(kBatchHeaderSize - kBatchPrefixSize);

std::int8_t magicOf(ByteView bytes) {
    return std::to_integer<std::int8_t>(bytes[kMagicAt]);
}

}  // namespace

BatchHeader readHeader(ByteView from) {
    WEIR_ASSERT(from.size() >= kBatchHeaderSize);
    const std::byte* p = from.data();
    return {
        .baseOffset = Offset(loadBigEndian<std::int64_t>(p)),
        .batchLength = loadBigEndian<std::int32_t>(p + kLengthAt),
        .partitionLeaderEpoch = LeaderEpoch(loadBigEndian<std::int32_t>(p + kLeaderEpochAt)),
        .magic = magicOf(from),
        .crc = loadBigEndian<std::uint32_t>(p + kCrcAt),
        .attributes = loadBigEndian<std::int16_t>(p + kAttributesAt),
        .lastOffsetDelta = loadBigEndian<std::int32_t>(p + kLastOffsetDeltaAt),
        .baseTimestamp = Timestamp(loadBigEndian<std::int64_t>(p + kBaseTimestampAt)),
        .maxTimestamp = Timestamp(loadBigEndian<std::int64_t>(p + kMaxTimestampAt)),
        .producerId = ProducerId(loadBigEndian<std::int64_t>(p + kProducerIdAt)),
        .producerEpoch = ProducerEpoch(loadBigEndian<std::int16_t>(p + kProducerEpochAt)),
        .baseSequence = Sequence(loadBigEndian<std::int32_t>(p + kBaseSequenceAt)),
        .recordCount = loadBigEndian<std::int32_t>(p + kRecordCountAt),
    };
}

void writeHeader(MutableByteView to, const BatchHeader& header) {
    WEIR_ASSERT(to.size() >= kBatchHeaderSize);
    std::byte* p = to.data();
    storeBigEndian(p, header.baseOffset.value);
    storeBigEndian(p + kLengthAt, header.batchLength);
    storeBigEndian(p + kLeaderEpochAt, header.partitionLeaderEpoch.value);
    p[kMagicAt] = static_cast<std::byte>(header.magic);
    storeBigEndian(p + kCrcAt, header.crc);
    storeBigEndian(p + kAttributesAt, header.attributes);
    storeBigEndian(p + kLastOffsetDeltaAt, header.lastOffsetDelta);
    storeBigEndian(p + kBaseTimestampAt, header.baseTimestamp.value);
    storeBigEndian(p + kMaxTimestampAt, header.maxTimestamp.value);
    storeBigEndian(p + kProducerIdAt, header.producerId.value);
    storeBigEndian(p + kProducerEpochAt, header.producerEpoch.value);
    storeBigEndian(p + kBaseSequenceAt, header.baseSequence.value);
    storeBigEndian(p + kRecordCountAt, header.recordCount);
}

Sequence advanceSequence(Sequence sequence, std::int32_t delta) {
    if (sequence.value < 0) {
        return kNoSequence;
    }
    const std::uint32_t sum = static_cast<std::uint32_t>(sequence.value) + static_cast<std::uint32_t>(delta);
    return Sequence(static_cast<std::int32_t>(sum & 0x7fffffffU));
}

BatchView::BatchView(ByteView bytes) : m_bytes(bytes) {
    const Frame frame = frameAt(bytes);
    WEIR_ASSERT(frame.framing == Framing::kWhole && frame.size == bytes.size());
}

std::optional<BatchView> BatchView::of(ByteView bytes) {
    const Frame frame = frameAt(bytes);
    if (frame.framing != Framing::kWhole) {
        return std::nullopt;
    }
    return BatchView(bytes.first(frame.size));
}

Offset BatchView::lastOffset() const {
    return Offset(addWrapping(baseOffset().value, lastOffsetDelta()));
}

Offset BatchView::nextOffset() const {
    return Offset(addWrapping(lastOffset().value, 1));
}

std::optional<Compression> BatchView::compression() const {
    const int code = attributes() & kCompressionMask;
    if (code > static_cast<int>(Compression::kZstd)) {
        return std::nullopt;
    }
    return static_cast<Compression>(code);
}

std::optional<Timestamp> BatchView::deleteHorizon() const {
    return hasDeleteHorizon() ? std::optional(baseTimestamp()) : std::nullopt;
}

std::uint32_t BatchView::computeCrc() const {
    return crc32c(m_bytes.subspan(kCrcCoverageStart));
}

bool BatchView::isPlausible() const {
    const std::int64_t base = baseOffset().value;
    const std::int64_t delta = lastOffsetDelta();
    const std::int64_t count = recordCount();
    return base >= 0 && delta >= 0 && count >= 0 && count <= delta + 1 &&
           base < std::numeric_limits<std::int64_t>::max() - delta;
}

void stampBaseOffset(MutableByteView batch, Offset baseOffset) {
    WEIR_ASSERT(batch.size() >= kBatchHeaderSize);
    storeBigEndian(batch.data(), baseOffset.value);
}

void stampLeaderEpoch(MutableByteView batch, LeaderEpoch epoch) {
    WEIR_ASSERT(batch.size() >= kBatchHeaderSize);
    storeBigEndian(batch.data() + kLeaderEpochAt, epoch.value);
}

void stampLogAppendTime(MutableByteView batch, Timestamp now) {
    const BatchView view(batch);
    storeBigEndian(batch.data() + kAttributesAt, static_cast<std::int16_t>(view.attributes() | kLogAppendTimeBit));
    stampMaxTimestamp(batch, now);
}

void stampMaxTimestamp(MutableByteView batch, Timestamp max) {
    WEIR_ASSERT(batch.size() >= kBatchHeaderSize);
    storeBigEndian(batch.data() + kMaxTimestampAt, max.value);
    stampCrc(batch);
}

void stampCrc(MutableByteView batch) {
    storeBigEndian(batch.data() + kCrcAt, BatchView(batch).computeCrc());
}

Frame frameAt(ByteView bytes) {
    if (bytes.empty()) {
        return {Framing::kEnd, 0};
    }
    if (bytes.size() < kBatchPrefixSize) {
        return {Framing::kPartial, 0};
    }
    // Messages of magic 0 and 1 share the place of length and magic, but may be shorter than a header of magic 2.
    const auto length = loadBigEndian<std::int32_t>(bytes.data() + kLengthAt);
    if (bytes.size() > kMagicAt && magicOf(bytes) != kMagicV2) {
        return {Framing::kOtherMagic, 0};
    }
    if (length < kMinBatchLength) {
        return {Framing::kBadLength, 0};
    }
    const std::size_t size = kBatchPrefixSize + static_cast<std::size_t>(length);
    return {bytes.size() < size ? Framing::kPartial : Framing::kWhole, size};
}

std::optional<BatchView> BatchWalker::next() {
    if (m_stop != Framing::kWhole) {
        return std::nullopt;
    }
    const Frame frame = frameAt(m_bytes.subspan(m_position));
    if (frame.framing != Framing::kWhole) {
        m_stop = frame.framing;
        return std::nullopt;
    }
    const BatchView batch(m_bytes.subspan(m_position, frame.size));
    m_position += frame.size;
    return batch;
}

}  // namespace weir::records
