// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <limits>

#include "broker/topics/partition.h"

namespace weir::topics {

namespace {

constexpr std::size_t kSmallRecord = 256;

RecordKind kindOf(const records::BatchView& batch) {
    if (batch.compression() != Compression::kNone) {
        return RecordKind::kCompressed;
    }
    const auto count = static_cast<std::size_t>(std::max(batch.recordCount(), 1));
    return batch.size() / count < kSmallRecord ? RecordKind::kSmall : RecordKind::kOrdinary;
}

}  // namespace

PartitionOffsets Partition::offsets() const {
    // In this order each is at least what was loaded before, for all of them only grow.
    const Offset logStart = m_log->startOffset();
    const Offset highWatermark(m_highWatermark.load());
    const Offset logEnd = m_log->endOffset();
    const Offset lastStable = std::min(highWatermark, Offset(m_firstUnstable.load()));
    return {.logStart = logStart,
            .lastStable = std::max(lastStable, logStart),
            .highWatermark = highWatermark,
            .logEnd = logEnd};
}

Offset Partition::readableEnd(Isolation isolation) const {
    const Offset highWatermark(m_highWatermark.load());
    return isolation == Isolation::kReadCommitted ? std::min(highWatermark, Offset(m_firstUnstable.load()))
                                                  : highWatermark;
}

PartitionResult<Fetched> Partition::fetch(const FetchRequest& request, storage::ReadBuffer& into) {
    if (auto serving = checkServing(); !serving) {
        return fail(std::move(serving).error());
    }
    if (auto known = checkLeaderEpoch(request.currentLeaderEpoch); !known) {
        return fail(std::move(known).error());
    }
    const PartitionOffsets ends = offsets();
    const std::size_t before = into.size();
    const auto extent =
        m_log->read({.from = request.from,
                     .upTo = request.isolation == Isolation::kReadCommitted ? ends.lastStable : ends.highWatermark,
                     .maxBytes = request.maxBytes,
                     .firstBatch = request.firstBatch},
                    into);
    if (!extent) {
        return fail(fromStorage(extent.error()));
    }
    if (const auto batch = records::BatchView::of(into.bytes().subspan(before))) {
        m_lastFetchedKind.store(kindOf(*batch), std::memory_order_relaxed);
    }
    if (request.isCounted) {
        m_bytesOut.fetch_add(static_cast<std::int64_t>(extent->bytes), std::memory_order_relaxed);
    }
    Fetched fetched{.bytes = extent->bytes, .next = extent->next, .offsets = ends, .aborted = {}};
    if (request.isolation == Isolation::kReadCommitted && extent->bytes > 0) {
        fetched.aborted = abortedWithin({request.from, extent->next});
    }
    return fetched;
}

std::size_t Partition::readableBytes(Offset from, Isolation isolation, std::size_t enough) {
    const auto bytes = m_log->bytesBetween({from, readableEnd(isolation)}, enough);
    // An error answers at once, and what answers is a fetch that meets it.
    return bytes ? *bytes : enough;
}

bool Partition::park(std::shared_ptr<ParkedFetch> fetch, Isolation isolation, Offset seenEnd) {
    return m_parked.park(std::move(fetch), isolation, seenEnd, [this, isolation] {
        return m_serving ? readableEnd(isolation) : Offset(std::numeric_limits<std::int64_t>::max());
    });
}

PartitionResult<storage::TimestampedOffset> Partition::offsetFor(std::int64_t timestamp, Isolation isolation) {
    if (auto serving = checkServing(); !serving) {
        return fail(std::move(serving).error());
    }
    const Offset end = readableEnd(isolation);
    const Offset start = m_log->startOffset();
    const auto at = [this](Offset offset) {
        return storage::TimestampedOffset{
            .offset = offset,
            .timestamp = kNoTimestamp,
            .leaderEpoch = m_log->epochs().epochOf(offset).value_or(m_leaderEpoch),
        };
    };
    switch (timestamp) {
        case OffsetQuery::kLatest:
            return storage::TimestampedOffset{.offset = end, .timestamp = kNoTimestamp, .leaderEpoch = m_leaderEpoch};
        case OffsetQuery::kEarliest:
        case OffsetQuery::kEarliestLocal:
            return at(start);
        case OffsetQuery::kLatestTiered:
        case OffsetQuery::kEarliestPendingUpload:
            return storage::TimestampedOffset{};
        default:
            break;
    }
    const auto found = timestamp == OffsetQuery::kMaxTimestamp ? m_log->findLatestTime({start, end})
                                                               : m_log->findByTime(Timestamp(timestamp), {start, end});
    if (!found) {
        return fail(fromStorage(found.error()));
    }
    return found->value_or(storage::TimestampedOffset{});
}

storage::LeaderEpochs::EpochEnd Partition::endOfEpoch(LeaderEpoch requested) const {
    return m_log->epochs().endOf(requested, m_log->endOffset());
}

PartitionCounters Partition::counters() const {
    return {.recordsIn = m_recordsIn.load(std::memory_order_relaxed),
            .batchesIn = m_batchesIn.load(std::memory_order_relaxed),
            .bytesIn = m_bytesIn.load(std::memory_order_relaxed),
            .bytesOut = m_bytesOut.load(std::memory_order_relaxed),
            .lastAppend = Timestamp(m_lastAppend.load(std::memory_order_relaxed))};
}

std::int64_t Partition::sizeBytes() const {
    return m_log->sizeBytes();
}
std::int32_t Partition::segmentCount() const {
    return m_log->segmentCount();
}
std::vector<storage::SegmentSummary> Partition::segments() const {
    return m_log->segments();
}
std::vector<storage::DamageReport> Partition::damage() const {
    return m_log->damage();
}

std::vector<ProducerSummary> Partition::producers() const {
    const std::lock_guard lock(m_appendMutex);
    return m_producers.summaries();
}

}  // namespace weir::topics
