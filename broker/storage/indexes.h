// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "broker/model/ids.h"
#include "broker/records/batch_header.h"
#include "broker/storage/index_file.h"

/// The two sparse indexes of a segment. Rules and bytes: Kafka's OffsetIndex and TimeIndex. Entries hold offsets
/// relative to the segment's base offset, big-endian.
///
///     <base>.index       int32 relative last offset of a batch, int32 position where that batch starts
///     <base>.timeindex   int64 timestamp, int32 relative last offset of the batch that first reached it: nothing up to
///                        that batch is later than the timestamp; timestamps strictly rise
///
/// A batch in front of which offsets are missing, because compaction has dropped their records, gets an entry, too:
/// base offsets stand outside the CRC, and this is what tells such a gap from a flipped bit (Kafka needs no such entry
/// and does not mind it). Otherwise an entry is added once more than index.interval.bytes lie between the last indexed
/// batch and the next; the time index gets one more when the segment is sealed.
namespace weir::storage {

/// Byte position in a segment file, which stays below 2 GiB.
using SegmentPosition = std::uint32_t;

struct OffsetEntry {
    std::uint32_t relativeOffset = 0;
    SegmentPosition position = 0;
    bool operator==(const OffsetEntry&) const = default;
};

struct TimeEntry {
    std::int64_t timestamp = 0;
    std::uint32_t relativeOffset = 0;
    bool operator==(const TimeEntry&) const = default;
};

struct OffsetEntryCodec {
    using Entry = OffsetEntry;
    static constexpr std::size_t kSize = 8;
    static Entry load(const std::byte* from) {
        return {loadBigEndian<std::uint32_t>(from), loadBigEndian<std::uint32_t>(from + 4)};
    }
    static void store(const Entry& entry, std::byte* to) {
        storeBigEndian(to, entry.relativeOffset);
        storeBigEndian(to + 4, entry.position);
    }
};

struct TimeEntryCodec {
    using Entry = TimeEntry;
    static constexpr std::size_t kSize = 12;
    static Entry load(const std::byte* from) {
        return {loadBigEndian<std::int64_t>(from), loadBigEndian<std::uint32_t>(from + 8)};
    }
    static void store(const Entry& entry, std::byte* to) {
        storeBigEndian(to, entry.timestamp);
        storeBigEndian(to + 8, entry.relativeOffset);
    }
};

using OffsetIndex = IndexFile<OffsetEntryCodec>;
using TimeIndex = IndexFile<TimeEntryCodec>;

/// The time that a batch stands for in the time index: none if compaction has left no record in it.
[[nodiscard]] inline Timestamp indexedTime(const records::BatchHeader& header) {
    return header.recordCount > 0 ? header.maxTimestamp : kNoTimestamp;
}
[[nodiscard]] inline Timestamp indexedTime(const records::BatchView& batch) {
    return batch.recordCount() > 0 ? batch.maxTimestamp() : kNoTimestamp;
}

/// What must hold of the entries of an index for a file of `size` bytes; any damage that breaks it means a rebuild.
[[nodiscard]] bool rises(const std::vector<OffsetEntry>& entries, std::uint64_t size);
[[nodiscard]] bool rises(const std::vector<TimeEntry>& entries);

/// Both indexes of one segment while its batches go by: decides which of them get entries. Not thread safe.
class IndexBuilder {
public:
    explicit IndexBuilder(Offset base) : m_base(base), m_expected(base) {}

    struct Step {
        bool addOffset = false;
        bool addTime = false;
        OffsetEntry offset;
        TimeEntry time;
    };
    /// A batch of `size` bytes that starts at `position`.
    struct Batch {
        Offset baseOffset;
        Offset lastOffset;
        Timestamp maxTimestamp;
        SegmentPosition position = 0;
        std::uint32_t size = 0;
    };
    Step add(const Batch& batch, std::int64_t intervalBytes);
    /// The time entry that sealing adds; nothing if the last one says it already.
    std::optional<TimeEntry> takeSeal();
    /// Goes on where the last offset entry points to: the next batch added is the one it indexes, and `time` is the
    /// last time entry up to it.
    void resume(const std::optional<TimeEntry>& time);

    [[nodiscard]] Timestamp largestTimestamp() const { return Timestamp(m_largest.timestamp); }

private:
    Offset m_base;
    /// Where the next batch starts unless there is a gap; nothing where that is not known.
    std::optional<Offset> m_expected;
    std::uint64_t m_bytesSinceEntry = 0;
    TimeEntry m_largest{kNoTimestamp.value, 0};
    std::int64_t m_lastTimeEntry = kNoTimestamp.value;
};

}  // namespace weir::storage
