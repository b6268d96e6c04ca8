// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/records/record_iterator.h"

#include "broker/records/record_parse.h"

namespace weir::records {

namespace {

constexpr std::size_t kMarkerKeySize = 4;    // version, type
constexpr std::size_t kMarkerValueSize = 6;  // version, coordinator epoch

std::optional<Timestamp> appendTimeOf(const BatchHeader& header) {
    return (header.attributes & kLogAppendTimeBit) != 0 ? std::optional(header.maxTimestamp) : std::nullopt;
}

}  // namespace

bool HeaderIterator::next(HeaderView& header) {
    if (m_count <= 0) {
        m_broken = m_broken || !m_left.empty();
        return false;
    }
    Cursor cursor(m_left);
    std::optional<ByteView> key;
    if (!readNullableBytes(cursor, key) || !key || !readNullableBytes(cursor, header.value)) {
        m_broken = true;
        m_count = 0;
        return false;
    }
    header.key = asText(*key);
    --m_count;
    m_left = ByteView(cursor.at, cursor.left());
    return true;
}

Result<ByteView, RecordError> plainRecords(const BatchView& batch, Codec& codec, Bytes& scratch, std::size_t limit) {
    const auto compression = batch.compression();
    if (!compression) {
        return fail(RecordErrc::kUnknownCompression, "batch names a compression that does not exist");
    }
    if (*compression == Compression::kNone || batch.recordCount() == 0) {
        return batch.recordsPayload();
    }
    auto plain = codec.decompress(*compression, batch.recordsPayload(), scratch, limit);
    if (!plain) {
        const bool large = plain.error().code == CodecErrc::kTooLarge;
        return fail(large ? RecordErrc::kTooLarge : RecordErrc::kUndecodable, std::move(plain).error().message);
    }
    return *plain;
}

Result<RecordIterator, RecordError> RecordIterator::open(const BatchView& batch, Codec& codec, Bytes& scratch,
                                                         std::size_t limit) {
    auto plain = plainRecords(batch, codec, scratch, limit);
    if (!plain) {
        return fail(std::move(plain).error());
    }
    return RecordIterator(batch.header(), *plain);
}

RecordIterator::RecordIterator(const BatchHeader& header, ByteView plain)
    : m_at(plain.data()),
      m_end(plain.data() + plain.size()),
      m_baseOffset(header.baseOffset),
      m_baseTimestamp(header.baseTimestamp),
      m_appendTime(appendTimeOf(header)),
      m_left(header.recordCount),
      m_lastDelta(-1),
      m_maxDelta(header.lastOffsetDelta) {
    if (m_left == 0) {
        m_at = m_end;  // what compaction leaves of a batch has no records, whatever follows the header
    }
}

bool RecordIterator::next(RecordView& record) {
    if (m_left <= 0) {
        return m_left == 0 && m_at == m_end ? false : stop(RecordErrc::kCountMismatch);
    }
    if (m_at == m_end) {
        return stop(RecordErrc::kCountMismatch);
    }
    Cursor cursor(ByteView(m_at, m_end));
    ParsedRecord parsed;
    if (!parseRecord(cursor, parsed)) {
        return stop(RecordErrc::kMalformed);
    }
    if (parsed.offsetDelta <= m_lastDelta || parsed.offsetDelta > m_maxDelta) {
        return stop(RecordErrc::kMalformed);
    }
    m_lastDelta = parsed.offsetDelta;
    record.offset = Offset(addWrapping(m_baseOffset.value, parsed.offsetDelta));
    record.timestamp =
        m_appendTime ? *m_appendTime : Timestamp(addWrapping(m_baseTimestamp.value, parsed.timestampDelta));
    record.key = parsed.key;
    record.value = parsed.value;
    record.rawHeaders = parsed.rawHeaders;
    record.headerCount = parsed.headerCount;
    record.sizeBytes = static_cast<std::int32_t>(cursor.at - m_at);
    m_at = cursor.at;
    --m_left;
    return true;
}

bool RecordIterator::stop(RecordErrc error) {
    m_error = error;
    m_left = 0;
    m_at = m_end;
    return false;
}

std::optional<EndMarker> readEndMarker(const RecordView& controlRecord) {
    if (!controlRecord.key || controlRecord.key->size() < kMarkerKeySize || !controlRecord.value ||
        controlRecord.value->size() < kMarkerValueSize) {
        return std::nullopt;
    }
    const auto version = loadBigEndian<std::int16_t>(controlRecord.key->data());
    const auto type = loadBigEndian<std::int16_t>(controlRecord.key->data() + 2);
    if (version < 0 || type < 0 || type > static_cast<int>(MarkerType::kCommit)) {
        return std::nullopt;
    }
    return EndMarker{static_cast<MarkerType>(type), loadBigEndian<std::int32_t>(controlRecord.value->data() + 2)};
}

}  // namespace weir::records
