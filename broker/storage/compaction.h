// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

#include "broker/storage/batch_filter.h"
#include "broker/storage/key_offsets.h"
#include "broker/storage/log.h"

/// Compaction of one log (cleanup.policy=compact): of every key the newest record stays. Rules: Kafka's LogCleaner,
/// LogCleanerManager and Cleaner; KIP-58 (lags), KIP-354 (max.compaction.lag.ms), KIP-534 (delete horizons).
///
///     clean | dirty                       | not to be cleaned
///     ------+-----------------------------+-------------------------------------------
///     compacted earlier                     active segment, open transactions, what is
///                                           not flushed, records younger than the lag
///
/// A round remembers the newest offset of each key in the dirty part and then writes all segments up to its end anew,
/// several small ones into one. Offsets do not change; where records went the log has gaps.
namespace weir::storage {

/// How much of a log a round would look at.
struct DirtyRange {
    Offset from;
    /// First offset that must not be cleaned yet; what is not on stable storage must not be, for the older records that
    /// it replaces are. `from` if there is nothing.
    Offset end;
    std::int64_t cleanBytes = 0;
    std::int64_t dirtyBytes = 0;
    /// max.compaction.lag.ms is over for a record in it.
    bool overdue = false;

    [[nodiscard]] double ratio() const {
        const std::int64_t all = cleanBytes + dirtyBytes;
        return all > 0 ? static_cast<double>(dirtyBytes) / static_cast<double>(all) : 0;
    }
};

/// What the log does not know itself.
struct CompactionInput {
    /// What the checkpoint says; anything outside the log means its start.
    Offset cleanedUpTo;
    /// First offset that may still change its meaning: the last stable offset.
    Offset stableEnd;
    Timestamp now;
};

/// The dirty part of a log, by its segments' sizes. Reads at most an index and a batch header of each segment.
[[nodiscard]] StorageResult<DirtyRange> dirtyRangeOf(const Log& log, const LogOptions& options,
                                                     const CompactionInput& input);

/// Called with the bytes just read or written, before going on: waits as long as the pace asks for. False: stop.
using CompactionPace = std::function<bool(std::size_t bytes)>;

struct CompactionRound {
    DirtyRange range;
    /// Of producers that may come back.
    ProducerTails producers;
    Timestamp now;
    std::size_t mapBytes = 128UL * 1024 * 1024;
    double mapLoadFactor = 0.9;
    std::size_t ioBytes = 512UL * 1024;
    KeySecret secret;
    CompactionPace pace;
    /// Called before segments are replaced with the markers in them whose transactions have nothing left: what is
    /// remembered of those must be forgotten, for a marker without records will not be there to end it. False: stop.
    std::function<bool(const std::vector<Offset>&)> forgetMarkers;
};

struct CompactionReport {
    /// Clean up to here now; where the map of keys was full before the end of the range, that is less.
    Offset cleanedUpTo;
    std::int64_t bytesBefore = 0;
    std::int64_t bytesAfter = 0;
    std::int32_t segmentsBefore = 0;
    std::int32_t segmentsAfter = 0;
    BatchFilter::Counts counts;
    /// The pace said stop, or the log changed underneath: nothing is clean that was not before.
    bool stopped = false;
};

/// One round, on the calling thread, beside writers and readers, who do not notice but for a few renames at the end of
/// each segment. kCorrupt if a batch cannot be read: then the log is left as it is.
[[nodiscard]] StorageResult<CompactionReport> compact(Log& log, const LogOptions& options,
                                                      const CompactionRound& round);

}  // namespace weir::storage
