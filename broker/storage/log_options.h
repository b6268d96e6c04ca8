// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>

namespace weir::storage {

/// When an acknowledged batch is safe.
///
///     policy      acknowledged means             survives a kill   survives a power cut
///     kKernel     written to the system          yes               up to the last flush (Kafka's meaning)
///     kInterval   as above                       yes               all but the last `flushMs`
///     kDurable    fdatasync returned             yes               yes
enum class FlushPolicy : std::uint8_t { kKernel, kInterval, kDurable };

/// What the topic's configuration says to its logs. The defaults are Kafka 4.2's; the field comments name the keys.
/// A plain value: a change replaces the whole (Log::setOptions).
struct LogOptions {
    static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
    static constexpr std::int64_t kUnlimited = -1;

    std::int64_t segmentBytes = 1024LL * 1024 * 1024;     ///< segment.bytes
    std::int64_t segmentMs = 7LL * 24 * 60 * 60 * 1000;   ///< segment.ms
    std::int64_t segmentJitterMs = 0;                     ///< segment.jitter.ms
    std::int64_t segmentIndexBytes = 10LL * 1024 * 1024;  ///< segment.index.bytes
    std::int64_t indexIntervalBytes = 4096;               ///< index.interval.bytes
    std::int64_t fileDeleteDelayMs = 60'000;              ///< file.delete.delay.ms

    bool deletes = true;                                   ///< cleanup.policy contains "delete"
    bool compacts = false;                                 ///< cleanup.policy contains "compact"
    std::int64_t retentionMs = 7LL * 24 * 60 * 60 * 1000;  ///< retention.ms, kUnlimited keeps by time for ever
    std::int64_t retentionBytes = kUnlimited;              ///< retention.bytes of one partition

    double minDirtyRatio = 0.5;                              ///< min.cleanable.dirty.ratio
    std::int64_t compactionMinLagMs = 0;                     ///< min.compaction.lag.ms
    std::int64_t compactionMaxLagMs = kNever;                ///< max.compaction.lag.ms
    std::int64_t deleteRetentionMs = 24LL * 60 * 60 * 1000;  ///< delete.retention.ms

    std::int64_t flushMessages = kNever;             ///< flush.messages: this many records unflushed force a flush
    std::int64_t flushMs = kNever;                   ///< flush.ms: longest time that a record waits for a flush
    FlushPolicy flushPolicy = FlushPolicy::kKernel;  ///< the broker's durability setting

    bool operator==(const LogOptions&) const = default;
};

}  // namespace weir::storage
