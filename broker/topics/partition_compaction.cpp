// SPDX-License-Identifier: GPL-3.0-or-later
// Compaction of one partition; when and on which thread is for the Compactor to say.
#include "broker/storage/compaction.h"
#include "broker/storage/log_directory.h"
#include "broker/topics/partition.h"

namespace weir::topics {

std::optional<storage::DirtyRange> Partition::compactionDue(Timestamp now) const {
    if (!m_serving) {
        return std::nullopt;
    }
    storage::LogOptions options;
    {
        const std::lock_guard lock(m_appendMutex);
        options = m_options.log;
    }
    if (!options.compacts) {
        return std::nullopt;
    }
    const auto range = storage::dirtyRangeOf(*m_log, options,
                                             {.cleanedUpTo = m_context.directory.cleanedUpTo(m_id).value_or(kNoOffset),
                                              .stableEnd = readableEnd(Isolation::kReadCommitted),
                                              .now = now});
    if (!range || range->dirtyBytes == 0 || range->end <= range->from) {
        return std::nullopt;
    }
    const bool due = range->overdue || range->ratio() > options.minDirtyRatio;
    return due ? std::optional(*range) : std::nullopt;
}

CompactionState Partition::compactionState(Timestamp now) const {
    CompactionState state;
    if (!m_serving) {
        return state;
    }
    storage::LogOptions options;
    {
        const std::lock_guard lock(m_appendMutex);
        options = m_options.log;
    }
    state.compacts = options.compacts;
    state.minDirtyRatio = options.minDirtyRatio;
    state.deleteRetentionMs = options.deleteRetentionMs;
    state.cleanedUpTo = m_context.directory.cleanedUpTo(m_id).value_or(kNoOffset);
    if (const auto range = storage::dirtyRangeOf(
            *m_log, options,
            {.cleanedUpTo = state.cleanedUpTo, .stableEnd = readableEnd(Isolation::kReadCommitted), .now = now})) {
        state.dirtyEnd = range->end;
        state.cleanBytes = range->cleanBytes;
        state.dirtyBytes = range->dirtyBytes;
        state.isDue = range->dirtyBytes > 0 && (range->overdue || range->ratio() > options.minDirtyRatio);
    }
    const std::lock_guard lock(m_roundMutex);
    state.last = m_lastRound;
    return state;
}

PartitionResult<storage::CompactionReport> Partition::compact(storage::CompactionRound round) {
    if (auto serving = checkServing(); !serving) {
        return fail(std::move(serving).error());
    }
    // What goes or stays follows from markers that may stand behind the range: a power cut must not take those.
    if (auto flushed = flush(); !flushed) {
        return fail(std::move(flushed).error());
    }
    storage::LogOptions options;
    {
        const std::lock_guard lock(m_appendMutex);
        options = m_options.log;
        round.producers = m_producers.tails();
    }
    auto pace = std::move(round.pace);
    round.pace = [this, &pace](std::size_t bytes) { return m_serving && pace(bytes); };
    round.forgetMarkers = [this](const std::vector<Offset>& markers) { return m_aborted->forget(markers).ok(); };
    auto report = storage::compact(*m_log, options, round);
    if (!report) {
        return fail(fromStorage(report.error()));
    }
    arrangeAborted();
    if (report->stopped || !m_serving) {
        report->stopped = true;
        return *report;
    }
    if (auto done = m_context.directory.setCleanedUpTo(m_id, report->cleanedUpTo); !done) {
        // The next round only has more to look at.
        m_logger.warn("{}-{}: {}", m_id.topic, m_id.partition.value, done.error().message);
    }
    {
        const std::lock_guard lock(m_roundMutex);
        m_lastRound = {Timestamp(m_context.clock.wallNowMs()), report->bytesBefore, report->bytesAfter};
    }
    m_logger.info("{}-{} compacted up to {}: {} bytes in {} segments became {} in {}; {} of {} records stay",
                  m_id.topic, m_id.partition.value, report->cleanedUpTo.value, report->bytesBefore,
                  report->segmentsBefore, report->bytesAfter, report->segmentsAfter, report->counts.recordsKept,
                  report->counts.recordsSeen);
    return *report;
}

}  // namespace weir::topics
