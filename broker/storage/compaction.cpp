// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/compaction.h"

#include <algorithm>
#include <limits>

#include "broker/storage/cleaned_file.h"
#include "broker/storage/segment.h"

namespace weir::storage {

namespace {

using records::BatchView;

constexpr std::int64_t kMostRelative = std::numeric_limits<std::int32_t>::max();

/// Segments from the one that holds `from` to the last whose base offset lies below `end`, as Kafka counts them.
SegmentList overlapping(const SegmentList& segments, OffsetRange range) {
    SegmentList found;
    if (range.begin >= range.end) {
        return found;
    }
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const bool endsBefore = i + 1 < segments.size() && segments[i + 1]->baseOffset() <= range.begin;
        if (!endsBefore && segments[i]->baseOffset() < range.end) {
            found.push_back(segments[i]);
        }
    }
    return found;
}

std::int64_t bytesOf(const SegmentList& segments) {
    std::int64_t sum = 0;
    for (const auto& segment : segments) {
        sum += static_cast<std::int64_t>(segment->size());
    }
    return sum;
}

/// Walks one log from the dirty part to the renames. The steps stand in the order in which they run.
class Round {
public:
    Round(Log& log, const LogOptions& options, const CompactionRound& round)
        : m_log(log),
          m_options(options),
          m_round(round),
          m_latest(round.mapBytes, round.mapLoadFactor, round.secret),
          m_buffer(round.ioBytes) {}

    StorageResult<CompactionReport> run() {
        m_segments = *m_log.segmentList();
        m_report.cleanedUpTo = m_round.range.from;
        if (auto done = learnTransactions(); !done || m_report.stopped) {
            return finished(std::move(done));
        }
        if (auto done = learnKeys(); !done || m_report.stopped) {
            return finished(std::move(done));
        }
        return finished(cleanSegments());
    }

private:
    StorageResult<CompactionReport> finished(StorageResult<void> done) {
        if (!done) {
            return fail(std::move(done).error());
        }
        return m_report;
    }

    bool pace(std::size_t bytes) {
        m_report.stopped = !m_round.pace(bytes);
        return !m_report.stopped;
    }

    /// Every batch of `segment` from `from` on, each checked by CRC; stops early where `visit` says false.
    template <class Visit>
    StorageResult<void> forEachBatch(Segment& segment, Offset from, Visit visit) {
        while (from < segment.endOffset()) {
            m_buffer.clear();
            const auto extent = segment.read({.from = std::max(from, segment.baseOffset()),
                                              .upTo = Offset(std::numeric_limits<std::int64_t>::max()),
                                              .maxBytes = m_round.ioBytes,
                                              .firstBatch = FirstBatch::kEvenIfLarger},
                                             m_log.epochs(), m_buffer);
            if (!extent) {
                return fail(extent.error());
            }
            if (extent->bytes == 0 || !pace(extent->bytes)) {
                return {};
            }
            records::BatchWalker walker(m_buffer.bytes());
            while (const auto batch = walker.next()) {
                StorageResult<bool> goesOn = visit(*batch);
                if (!goesOn) {
                    return fail(std::move(goesOn).error());
                }
                if (!*goesOn) {
                    return {};
                }
            }
            from = extent->next;
        }
        return {};
    }

    /// A transaction of the dirty part may end behind it: the markers are looked for until all are decided.
    StorageResult<void> learnTransactions() {
        const Offset end = m_round.range.end;
        for (const auto& segment : overlapping(m_segments, {m_round.range.from, m_log.endOffset()})) {
            if (segment->baseOffset() >= end && !m_transactions.isUndecided()) {
                break;
            }
            auto done = forEachBatch(*segment, m_round.range.from, [&](const BatchView& batch) -> StorageResult<bool> {
                if (batch.baseOffset() >= end && !m_transactions.isUndecided()) {
                    return false;
                }
                // What begins behind the end is none of this round's business.
                if (batch.baseOffset() < end || batch.isControl()) {
                    m_transactions.learn(batch);
                }
                return true;
            });
            if (!done || m_report.stopped) {
                return done;
            }
        }
        return {};
    }

    StorageResult<void> learnKeys() {
        m_end = m_round.range.end;
        records::Codec codec;
        Bytes scratch;
        for (const auto& segment : overlapping(m_segments, {m_round.range.from, m_round.range.end})) {
            if (segment->baseOffset() >= m_end) {
                break;
            }
            auto done = forEachBatch(*segment, m_round.range.from, [&](const BatchView& batch) -> StorageResult<bool> {
                if (batch.baseOffset() >= m_end) {
                    return false;
                }
                if (batch.isControl() || batch.recordCount() == 0 || m_transactions.isAborted(batch)) {
                    return true;
                }
                if (m_latest.size() > 0 && !m_latest.hasRoomFor(static_cast<std::size_t>(batch.recordCount()))) {
                    // The next round goes on from here.
                    m_end = batch.baseOffset();
                    return false;
                }
                return learnKeysOf(batch, codec, scratch);
            });
            if (!done || m_report.stopped) {
                return done;
            }
        }
        return {};
    }

    StorageResult<bool> learnKeysOf(const BatchView& batch, records::Codec& codec, Bytes& scratch) {
        auto records = records::RecordIterator::open(batch, codec, scratch, records::BatchBuilder::kMaxRecordBytes);
        if (!records) {
            return fail(StorageErrc::kCorrupt, records.error().message);
        }
        for (RecordView record; records->next(record);) {
            if (record.key) {
                m_latest.put(*record.key, record.offset);
            }
        }
        if (records->error()) {
            return fail(StorageErrc::kCorrupt, "a record of the batch at offset " +
                                                   std::to_string(batch.baseOffset().value) + " cannot be read");
        }
        return true;
    }

    /// Neighbours that make one ordinary segment together.
    [[nodiscard]] std::vector<SegmentList> groups(const SegmentList& segments) const {
        std::vector<SegmentList> groups;
        std::int64_t bytes = 0;
        std::int64_t indexBytes = 0;
        for (const auto& segment : segments) {
            bytes += static_cast<std::int64_t>(segment->size());
            indexBytes += segment->indexBytes();
            const bool fits = !groups.empty() && bytes <= std::min(m_options.segmentBytes, kMostRelative) &&
                              indexBytes <= m_options.segmentIndexBytes &&
                              segment->endOffset() - groups.back().front()->baseOffset() <= kMostRelative;
            if (!fits) {
                groups.emplace_back();
                bytes = static_cast<std::int64_t>(segment->size());
                indexBytes = segment->indexBytes();
            }
            groups.back().push_back(segment);
        }
        return groups;
    }

    StorageResult<void> cleanSegments() {
        const SegmentList all = overlapping(m_segments, {Offset(0), m_end});
        m_report.segmentsBefore = static_cast<std::int32_t>(all.size());
        m_report.bytesBefore = bytesOf(all);
        BatchFilter filter({.latest = m_latest,
                            .producers = m_round.producers,
                            .end = m_end,
                            .now = m_round.now,
                            .deleteRetentionMs = m_options.deleteRetentionMs},
                           m_transactions);
        for (const SegmentList& group : groups(all)) {
            if (auto done = cleanGroup(group, filter); !done || m_report.stopped) {
                return done;
            }
        }
        m_report.counts = filter.counts();
        m_report.cleanedUpTo = m_end;
        return {};
    }

    StorageResult<void> cleanGroup(const SegmentList& group, BatchFilter& filter) {
        auto cleaned = CleanedFile::create(group.front()->place(), group.front()->baseOffset());
        if (!cleaned) {
            return fail(std::move(cleaned).error());
        }
        bool changed = group.size() > 1;
        for (const auto& segment : group) {
            auto done =
                forEachBatch(*segment, segment->baseOffset(), [&](const BatchView& batch) -> StorageResult<bool> {
                    auto kept = filter.apply(batch);
                    if (!kept) {
                        return fail(std::move(kept).error());
                    }
                    changed = changed || kept->data() != batch.bytes().data();
                    if (kept->empty()) {
                        return true;
                    }
                    if (auto added = (*cleaned)->add(*kept); !added) {
                        return fail(std::move(added).error());
                    }
                    return pace(kept->size());
                });
            if (!done || m_report.stopped) {
                return done;
            }
        }
        m_report.bytesAfter += static_cast<std::int64_t>((*cleaned)->size());
        ++m_report.segmentsAfter;
        if (!changed) {
            return {};
        }
        if (auto done = (*cleaned)->finish(); !done) {
            return done;
        }
        const std::vector<Offset> markers = filter.takeEmptyMarkers();
        if (m_round.forgetMarkers && !markers.empty() && !m_round.forgetMarkers(markers)) {
            m_report.stopped = true;
            return {};
        }
        auto replaced = m_log.replaceSegments(group, **cleaned, m_round.now);
        if (!replaced) {
            return fail(std::move(replaced).error());
        }
        m_report.stopped = !*replaced;
        return {};
    }

    Log& m_log;
    const LogOptions& m_options;
    const CompactionRound& m_round;
    SegmentList m_segments;
    CleanedTransactions m_transactions;
    KeyOffsets m_latest;
    ReadBuffer m_buffer;
    Offset m_end;
    CompactionReport m_report;
};

}  // namespace

StorageResult<DirtyRange> dirtyRangeOf(const Log& log, const LogOptions& options, const CompactionInput& input) {
    const auto list = log.segmentList();
    const SegmentList& segments = *list;
    const Offset start = std::max(log.startOffset(), segments.front()->baseOffset());
    DirtyRange range;
    range.from = input.cleanedUpTo < start || input.cleanedUpTo > log.endOffset() ? start : input.cleanedUpTo;
    range.end = std::max(range.from, std::min({input.stableEnd, log.committedOffset(), segments.back()->baseOffset()}));
    const SegmentList dirty = overlapping(segments, {range.from, range.end});
    if (options.compactionMinLagMs > 0) {
        for (const auto& segment : dirty) {
            const auto largest = segment->largestTimestamp();
            if (!largest) {
                return fail(largest.error());
            }
            if (largest->value > input.now.value - options.compactionMinLagMs) {
                range.end = std::max(range.from, std::min(range.end, segment->baseOffset()));
                break;
            }
        }
    }
    const SegmentList cleanable = overlapping(segments, {range.from, range.end});
    range.dirtyBytes = bytesOf(cleanable);
    for (const auto& segment : segments) {
        if (segment->baseOffset() >= range.from || (!cleanable.empty() && segment == cleanable.front())) {
            break;
        }
        range.cleanBytes += static_cast<std::int64_t>(segment->size());
    }
    for (const auto& segment : cleanable) {
        const Timestamp first = segment->firstTimestamp();
        range.overdue = range.overdue || (first.value >= 0 && options.compactionMaxLagMs < LogOptions::kNever &&
                                          first.value < input.now.value - options.compactionMaxLagMs);
    }
    return range;
}

StorageResult<CompactionReport> compact(Log& log, const LogOptions& options, const CompactionRound& round) {
    return Round(log, options, round).run();
}

}  // namespace weir::storage
