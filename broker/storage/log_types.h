// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "broker/model/ids.h"

/// Plain values that a log takes and gives.
namespace weir::storage {

/// Above every offset.
inline constexpr Offset kNoOffsetLimit{std::numeric_limits<std::int64_t>::max()};

/// Half-open range of offsets.
struct OffsetRange {
    Offset begin;
    Offset end;
    auto operator<=>(const OffsetRange&) const = default;
};

enum class FirstBatch : std::uint8_t {
    kEvenIfLarger,  ///< At least one whole batch, however large: what lets a consumer get on.
    kWithinLimit,   ///< Nothing rather than more than the limit.
};

struct ReadRequest {
    /// Where to start; the batch that contains it comes whole.
    Offset from;
    /// No batch that starts here or later: the high watermark or the last stable offset.
    Offset upTo;
    /// Reached only by batches with records: the empty ones that compaction keeps come on top, for there are clients
    /// that never get past a response without records.
    std::size_t maxBytes = 0;
    FirstBatch firstBatch = FirstBatch::kEvenIfLarger;
};

/// What a read added to the buffer: whole batches, each CRC-checked, in offset order.
struct ReadExtent {
    std::size_t bytes = 0;
    /// Where to read on: after the last batch, or `from` if nothing came.
    Offset next;
    /// False if compaction has left no record in what came.
    bool hasRecords = false;
};

struct TimestampedOffset {
    Offset offset = kNoOffset;
    Timestamp timestamp = kNoTimestamp;
    LeaderEpoch leaderEpoch = kNoLeaderEpoch;
    bool operator==(const TimestampedOffset&) const = default;
};

/// One segment for the storage view.
struct SegmentSummary {
    Offset baseOffset;
    /// Offset after its last record.
    Offset endOffset;
    std::int64_t sizeBytes = 0;
    std::int64_t indexBytes = 0;
    Timestamp largestTimestamp = kNoTimestamp;
    bool active = false;
};

/// Bytes that were no batches any more, where they were and where they are kept now.
struct DamageReport {
    std::string file;
    std::uint64_t position = 0;
    std::uint64_t bytes = 0;
    /// Offsets that may be missing from the log because of it; begin == end if it was past the last record.
    OffsetRange offsets;
    /// The file under `.quarantine` that holds the bytes; empty if they are still in place (found while reading).
    std::string keptIn;
};

}  // namespace weir::storage
