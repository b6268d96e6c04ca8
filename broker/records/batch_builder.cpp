// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/records/batch_builder.h"

#include <algorithm>
#include <array>
#include <limits>

#include "broker/base/assert.h"
#include "broker/records/record_parse.h"

namespace weir::records {

namespace {

std::size_t nullableSize(const std::optional<ByteView>& bytes) {
    return bytes ? varintSize(static_cast<std::int32_t>(bytes->size())) + bytes->size() : varintSize(std::int32_t{-1});
}

std::byte* writeNullable(std::byte* to, const std::optional<ByteView>& bytes) {
    if (!bytes) {
        return writeVarint(to, std::int32_t{-1});
    }
    to = writeVarint(to, static_cast<std::int32_t>(bytes->size()));
    return std::copy(bytes->begin(), bytes->end(), to);
}

std::size_t headersSize(std::span<const HeaderView> headers) {
    std::size_t size = 0;
    for (const HeaderView& header : headers) {
        size += nullableSize(asBytes(header.key)) + nullableSize(header.value);
    }
    return size;
}

std::int16_t attributesOf(const BatchOptions& options) {
    int attributes = static_cast<int>(options.compression);
    attributes |= options.logAppendTime ? kLogAppendTimeBit : 0;
    attributes |= options.transactional ? kTransactionalBit : 0;
    attributes |= options.control ? kControlBit : 0;
    attributes |= options.deleteHorizon ? kDeleteHorizonBit : 0;
    return static_cast<std::int16_t>(attributes);
}

std::int32_t lengthOf(std::size_t batchSize) {
    WEIR_ASSERT(batchSize - kBatchPrefixSize <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()));
    return static_cast<std::int32_t>(batchSize - kBatchPrefixSize);
}

}  // namespace

/// A record with its headers in one of two forms: to be encoded, or encoded already.
struct BatchBuilder::Encoded {
    std::int32_t delta;
    Timestamp timestamp;
    const std::optional<ByteView>& key;
    const std::optional<ByteView>& value;
    std::span<const HeaderView> headers;
    ByteView rawHeaders;
    std::int32_t headerCount;
};

void BatchBuilder::start(const BatchOptions& options) {
    m_options = options;
    m_size = kBatchHeaderSize;
    m_count = 0;
    m_lastDelta = -1;
    m_baseTimestamp = options.deleteHorizon.value_or(kNoTimestamp);
    m_maxTimestamp = kNoTimestamp;
}

bool BatchBuilder::append(const RecordInput& record) {
    WEIR_ASSERT(m_lastDelta < std::numeric_limits<std::int32_t>::max());
    return put({m_lastDelta + 1,
                record.timestamp,
                record.key,
                record.value,
                record.headers,
                {},
                static_cast<std::int32_t>(record.headers.size())});
}

bool BatchBuilder::appendCopy(const RecordView& record) {
    const std::int64_t delta = record.offset - m_options.baseOffset;
    WEIR_ASSERT(delta > m_lastDelta && delta <= std::numeric_limits<std::int32_t>::max());
    return put({static_cast<std::int32_t>(delta),
                record.timestamp,
                record.key,
                record.value,
                {},
                record.rawHeaders,
                record.headerCount});
}

bool BatchBuilder::put(const Encoded& record) {
    if (m_count == 0 && !m_options.deleteHorizon) {
        m_baseTimestamp = record.timestamp;
    }
    // Wraps like the reader's addition, so any two timestamps survive.
    const auto timestampDelta = static_cast<std::int64_t>(static_cast<std::uint64_t>(record.timestamp.value) -
                                                          static_cast<std::uint64_t>(m_baseTimestamp.value));
    const std::size_t body = 1 + varintSize(timestampDelta) + varintSize(record.delta) + nullableSize(record.key) +
                             nullableSize(record.value) + varintSize(record.headerCount) + headersSize(record.headers) +
                             record.rawHeaders.size();
    if (body > kMaxRecordBytes || m_size - kBatchHeaderSize + body + kLongestVarint > kMaxRecordBytes) {
        return false;
    }
    const auto length = static_cast<std::int32_t>(body);
    const std::size_t total = varintSize(length) + body;
    std::byte* to = makeRoom(total);
    const std::byte* const expectedEnd = to + total;
    to = writeVarint(to, length);
    *to++ = std::byte{0};
    to = writeVarint(to, timestampDelta);
    to = writeVarint(to, record.delta);
    to = writeNullable(to, record.key);
    to = writeNullable(to, record.value);
    to = writeVarint(to, record.headerCount);
    for (const HeaderView& header : record.headers) {
        to = writeNullable(to, asBytes(header.key));
        to = writeNullable(to, header.value);
    }
    to = std::copy(record.rawHeaders.begin(), record.rawHeaders.end(), to);
    WEIR_ASSERT(to == expectedEnd);
    m_size += total;
    m_lastDelta = record.delta;
    m_maxTimestamp = m_count == 0 ? record.timestamp : std::max(m_maxTimestamp, record.timestamp);
    ++m_count;
    return true;
}

std::byte* BatchBuilder::makeRoom(std::size_t size) {
    constexpr std::size_t kFirstSize = 4096;
    if (m_plain.size() < m_size + size) {
        m_plain.resize(std::max({m_plain.size() * 2, m_size + size, kFirstSize}));
    }
    return m_plain.data() + m_size;
}

ByteView BatchBuilder::finish(Codec& codec) {
    WEIR_ASSERT(m_count > 0);
    WEIR_ASSERT(m_options.lastOffsetDelta.value_or(m_lastDelta) >= m_lastDelta);
    MutableByteView batch = MutableByteView(m_plain).first(m_size);
    if (m_options.compression != Compression::kNone) {
        m_packed.resize(kBatchHeaderSize);
        codec.compress(m_options.compression, m_options.level, batch.subspan(kBatchHeaderSize), m_packed);
        batch = m_packed;
    }
    writeHeader(batch, {
                           .baseOffset = m_options.baseOffset,
                           .batchLength = lengthOf(batch.size()),
                           .partitionLeaderEpoch = m_options.leaderEpoch,
                           .magic = kMagicV2,
                           .crc = 0,
                           .attributes = attributesOf(m_options),
                           .lastOffsetDelta = m_options.lastOffsetDelta.value_or(m_lastDelta),
                           .baseTimestamp = m_baseTimestamp,
                           .maxTimestamp = m_options.logAppendTime.value_or(m_maxTimestamp),
                           .producerId = m_options.producerId,
                           .producerEpoch = m_options.producerEpoch,
                           .baseSequence = m_options.baseSequence,
                           .recordCount = m_count,
                       });
    stampCrc(batch);
    return batch;
}

Bytes buildEndMarker(const EndMarkerOptions& options) {
    std::array<std::byte, 4> key{};
    storeBigEndian(key.data() + 2, static_cast<std::int16_t>(options.marker.type));
    std::array<std::byte, 6> value{};
    storeBigEndian(value.data() + 2, options.marker.coordinatorEpoch);
    BatchBuilder builder;
    builder.start({.producerId = options.producerId,
                   .producerEpoch = options.producerEpoch,
                   .transactional = true,
                   .control = true});
    WEIR_ASSERT(builder.append({.timestamp = options.now, .key = ByteView(key), .value = ByteView(value)}));
    Codec codec;
    return toBytes(builder.finish(codec));
}

Bytes buildEmptyBatch(const BatchView& original) {
    constexpr int kKept = kLogAppendTimeBit | kTransactionalBit | kControlBit;
    BatchHeader header = original.header();
    header.batchLength = lengthOf(kBatchHeaderSize);
    header.attributes = static_cast<std::int16_t>(header.attributes & kKept);
    header.baseTimestamp = kNoTimestamp;
    header.recordCount = 0;
    Bytes out(kBatchHeaderSize);
    writeHeader(out, header);
    stampCrc(out);
    return out;
}

Bytes recompress(const BatchView& batch, ByteView plain, Compression with, CompressionLevel level, Codec& codec) {
    Bytes out(kBatchHeaderSize);
    codec.compress(with, level, plain, out);
    BatchHeader header = batch.header();
    header.batchLength = lengthOf(out.size());
    header.attributes = static_cast<std::int16_t>((header.attributes & ~kCompressionMask) | static_cast<int>(with));
    writeHeader(out, header);
    stampCrc(out);
    return out;
}

}  // namespace weir::records
