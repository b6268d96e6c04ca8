// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "broker/base/bytes.h"
#include "broker/base/result.h"
#include "broker/model/record.h"
#include "broker/records/batch_header.h"
#include "broker/records/compression.h"

/// Reading the records inside a batch. Each record (Kafka's DefaultRecord) is
///
///     length         varint     bytes that follow
///     attributes     1 byte     unused
///     timestampDelta varlong    from the batch's baseTimestamp
///     offsetDelta    varint     from the batch's baseOffset
///     keyLength      varint     -1: no key
///     key            keyLength bytes
///     valueLength    varint     -1: no value, a tombstone
///     value          valueLength bytes
///     headerCount    varint
///     headers        headerCount × { keyLength varint (not negative), key, valueLength varint (-1: null), value }
///
/// varint and varlong are zigzag encoded. Example: 10 00 00 00 01 04 6869 00 is "hi" without a key, at both deltas 0.
namespace weir::records {

enum class RecordErrc {
    kUnknownCompression,  ///< Codes 5 to 7.
    kUndecodable,         ///< The codec refuses the records section.
    kTooLarge,            ///< The records section would decompress beyond the limit.
    kMalformed,           ///< A record contradicts its length, or has a negative one, or its offset leaves the batch.
    kCountMismatch,       ///< Fewer or more records than the header's count.
};
using RecordError = Error<RecordErrc>;

/// One header of a record; the views live as long as the record's.
struct HeaderView {
    std::string_view key;
    std::optional<ByteView> value;
};

/// Walks a record's headers without copying. Not thread safe.
///
///     HeaderIterator headers(record);
///     for (HeaderView h; headers.next(h);) { … }
///     if (headers.broken()) { … }
class HeaderIterator {
public:
    explicit HeaderIterator(const RecordView& record) : m_left(record.rawHeaders), m_count(record.headerCount) {}
    /// False at the end, or when the rest cannot be read.
    bool next(HeaderView& header);
    /// The headers contradict their count or their lengths.
    [[nodiscard]] bool broken() const { return m_broken; }

private:
    ByteView m_left;
    std::int32_t m_count;
    bool m_broken = false;
};

/// The records section of `batch` as plain bytes: `recordsPayload()` itself, or decompressed into `scratch` (see
/// Codec::decompress for its life and the limit).
Result<ByteView, RecordError> plainRecords(const BatchView& batch, Codec& codec, Bytes& scratch,
                                           std::size_t limit = kDefaultDecompressedLimit);

/// Iterates over the records of one batch, in offset order, without an allocation per record; the batch costs none
/// either once `scratch` and `codec` have been used. Whatever the bytes say, the result is records or an error, never
/// memory outside the batch. The CRC is not checked here.
///
///     auto records = RecordIterator::open(batch, codec, scratch);
///     if (!records) { … }
///     for (RecordView r; records->next(r);) { use(r); }
///     if (const auto error = records->error()) { … }
///
/// Views point into the batch or into `scratch`; both must outlive them and stay unchanged. Not thread safe.
class RecordIterator {
public:
    static Result<RecordIterator, RecordError> open(const BatchView& batch, Codec& codec, Bytes& scratch,
                                                    std::size_t limit = kDefaultDecompressedLimit);
    /// Over records that `plainRecords` has already made plain.
    RecordIterator(const BatchHeader& header, ByteView plain);

    /// The next record; false at the end or at the first damage, see `error`. Sets every field of `record` but `batch`,
    /// which counts the batches of a chunk and is the caller's. Timestamps follow the batch: all maxTimestamp under
    /// LogAppendTime.
    bool next(RecordView& record);
    /// Nothing while records come and after a clean end.
    [[nodiscard]] std::optional<RecordErrc> error() const { return m_error; }

private:
    bool stop(RecordErrc error);

    const std::byte* m_at;
    const std::byte* m_end;
    Offset m_baseOffset;
    Timestamp m_baseTimestamp;
    /// Set under LogAppendTime, where it stands for every record's own.
    std::optional<Timestamp> m_appendTime;
    std::int32_t m_left;
    std::int32_t m_lastDelta;
    std::int32_t m_maxDelta;
    std::optional<RecordErrc> m_error;
};

/// A decoded end-of-transaction marker (KIP-98): the one record of a control batch.
enum class MarkerType : std::uint8_t { kAbort = 0, kCommit = 1 };
struct EndMarker {
    MarkerType type = MarkerType::kAbort;
    std::int32_t coordinatorEpoch = -1;
    bool operator==(const EndMarker&) const = default;
};
/// Nothing if the record of a control batch is of another kind or cannot be read. Newer versions may append fields.
std::optional<EndMarker> readEndMarker(const RecordView& controlRecord);

}  // namespace weir::records
