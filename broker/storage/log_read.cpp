// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/records/record_iterator.h"
#include "broker/storage/log.h"
#include "broker/storage/segment.h"

namespace weir::storage {

namespace {

constexpr std::size_t kScanAtOnce = 1024UL * 1024;
constexpr std::size_t kSearchAtOnce = 64UL * 1024;

/// Index of the segment that holds `offset`, or of the first if it lies before all.
std::size_t segmentFor(const SegmentList& segments, Offset offset) {
    const auto behind = std::upper_bound(segments.begin(), segments.end(), offset,
                                         [](Offset o, const auto& segment) { return o < segment->baseOffset(); });
    return behind == segments.begin() ? 0 : static_cast<std::size_t>(behind - segments.begin()) - 1;
}

}  // namespace

StorageResult<ReadExtent> Log::read(const ReadRequest& request, ReadBuffer& into) const {
    if (auto usable = checkUsable(); !usable) {
        return fail(std::move(usable).error());
    }
    const std::size_t before = into.size();
    for (;;) {
        // The end before the list, the list before the start: what the end promises is in the list.
        const Offset end = endOffset();
        const ListPointer segments = list();
        if (request.from > end || request.from < startOffset()) {
            return fail(StorageErrc::kOffsetOutOfRange,
                        "offset " + std::to_string(request.from.value) + " is not in the log");
        }
        if (request.from >= std::min(end, request.upTo)) {
            return ReadExtent{.bytes = 0, .next = request.from};
        }
        auto extent = readFrom(segments, request, into);
        if (extent) {
            return extent;
        }
        into.shrink(before);
        {
            // Retention may be renaming files underneath, and publishes the list without them when it is done.
            const std::lock_guard afterRetention(m_writeMutex);
        }
        if (segments == list()) {
            noteDamage(extent.error(), request.from);
            return extent;
        }
    }
}

StorageResult<ReadExtent> Log::readFrom(const ListPointer& segments, const ReadRequest& request,
                                        ReadBuffer& into) const {
    ReadRequest rest = request;
    ReadExtent all{.bytes = 0, .next = request.from};
    const std::size_t before = into.size();
    for (std::size_t i = segmentFor(*segments, request.from); i < segments->size(); ++i) {
        Segment& segment = *(*segments)[i];
        rest.from = std::max(rest.from, segment.baseOffset());
        if (rest.from >= request.upTo) {
            break;
        }
        auto extent = segment.read(rest, *m_epochs, into);
        if (!extent && all.bytes > 0) {
            into.shrink(before + all.bytes);
            break;
        }
        if (!extent) {
            return extent;
        }
        all.bytes += extent->bytes;
        all.next = all.bytes > 0 ? extent->next : request.from;
        all.hasRecords = extent->hasRecords;
        // Behind a segment whose last records are gone the next one continues.
        if (all.hasRecords || extent->next < segment.endOffset()) {
            break;
        }
        rest.from = extent->next;
    }
    return all;
}

void Log::noteDamage(const StorageError& error, Offset at) const {
    if (error.code != StorageErrc::kCorrupt) {
        return;
    }
    const std::lock_guard lock(m_damageMutex);
    const bool known = std::any_of(m_damage.begin(), m_damage.end(), [at](const DamageReport& report) {
        return report.keptIn.empty() && report.offsets.begin == at;
    });
    if (!known) {
        m_logger.error("{}", error.message);
        m_damage.push_back({.file = error.message, .position = 0, .bytes = 0, .offsets = {at, at + 1}, .keptIn = {}});
    }
}

StorageResult<std::size_t> Log::bytesBetween(OffsetRange range, std::size_t enough) const {
    const Offset end = std::min(range.end, endOffset());
    const ListPointer segments = list();
    if (range.begin >= end) {
        return std::size_t{0};
    }
    std::size_t sum = 0;
    for (std::size_t i = segmentFor(*segments, range.begin); i < segments->size() && sum < enough; ++i) {
        Segment& segment = *(*segments)[i];
        if (segment.baseOffset() >= end) {
            break;
        }
        const auto positionOf = [&segment](Offset offset) -> StorageResult<std::uint64_t> {
            if (offset <= segment.baseOffset()) {
                return std::uint64_t{0};
            }
            if (offset >= segment.endOffset()) {
                return segment.size();
            }
            auto located = segment.locate(offset);
            if (!located) {
                return fail(std::move(located).error());
            }
            return *located ? std::uint64_t{(*located)->position} : segment.size();
        };
        const auto first = positionOf(range.begin);
        const auto last = positionOf(end);
        if (!first || !last) {
            return fail(first ? last.error() : first.error());
        }
        sum += static_cast<std::size_t>(*last - std::min(*first, *last));
    }
    return sum;
}

StorageResult<void> Log::forEachBatch(Offset from, const std::function<bool(const records::BatchView&)>& visit) const {
    ReadBuffer buffer;
    for (;;) {
        buffer.clear();
        const auto extent =
            read({.from = from, .upTo = endOffset(), .maxBytes = kScanAtOnce, .firstBatch = FirstBatch::kEvenIfLarger},
                 buffer);
        if (!extent) {
            return fail(extent.error());
        }
        if (extent->bytes == 0) {
            return {};
        }
        records::BatchWalker walker(buffer.bytes());
        while (const auto batch = walker.next()) {
            if (!visit(*batch)) {
                return {};
            }
        }
        from = extent->next;
    }
}

StorageResult<std::optional<TimestampedOffset>> Log::findInSegment(Segment& segment, Timestamp target,
                                                                   OffsetRange within) const {
    Offset from = std::max(segment.offsetBefore(target), within.begin);
    ReadBuffer buffer;
    records::Codec codec;
    Bytes scratch;
    while (from < within.end) {
        buffer.clear();
        const auto extent = segment.read(
            {.from = from, .upTo = within.end, .maxBytes = kSearchAtOnce, .firstBatch = FirstBatch::kEvenIfLarger},
            *m_epochs, buffer);
        if (!extent) {
            return fail(extent.error());
        }
        if (extent->bytes == 0) {
            break;
        }
        records::BatchWalker walker(buffer.bytes());
        while (const auto batch = walker.next()) {
            if (batch->maxTimestamp() < target) {
                continue;
            }
            auto records = records::RecordIterator::open(*batch, codec, scratch);
            if (!records) {
                return fail(StorageErrc::kCorrupt, records.error().message);
            }
            for (RecordView record; records->next(record);) {
                if (record.timestamp >= target && record.offset >= within.begin && record.offset < within.end) {
                    return std::optional(TimestampedOffset{
                        .offset = record.offset, .timestamp = record.timestamp, .leaderEpoch = batch->leaderEpoch()});
                }
            }
            if (records->error()) {
                return fail(StorageErrc::kCorrupt, "a record of the batch at offset " +
                                                       std::to_string(batch->baseOffset().value) + " cannot be read");
            }
        }
        from = extent->next;
    }
    return std::optional<TimestampedOffset>();
}

StorageResult<std::optional<TimestampedOffset>> Log::findByTime(Timestamp target, OffsetRange within) const {
    const ListPointer segments = list();
    for (std::size_t i = segmentFor(*segments, within.begin); i < segments->size(); ++i) {
        Segment& segment = *(*segments)[i];
        if (segment.baseOffset() >= within.end) {
            break;
        }
        const auto largest = segment.largestTimestamp();
        if (!largest) {
            return fail(largest.error());
        }
        if (*largest < target) {
            continue;
        }
        auto found = findInSegment(segment, target, {std::max(within.begin, segment.baseOffset()), within.end});
        if (!found || *found) {
            return found;
        }
    }
    return std::optional<TimestampedOffset>();
}

StorageResult<std::optional<TimestampedOffset>> Log::findLatestTime(OffsetRange within) const {
    Timestamp largest = kNoTimestamp;
    for (const auto& segment : *list()) {
        const auto ofSegment = segment->largestTimestamp();
        if (!ofSegment) {
            return fail(ofSegment.error());
        }
        largest = std::max(largest, *ofSegment);
    }
    if (largest == kNoTimestamp) {
        return std::optional<TimestampedOffset>();
    }
    auto found = findByTime(largest, within);
    if (!found || *found) {
        return found;
    }
    // The largest one lies outside the range: before the log start in its first segment, or not readable yet.
    largest = kNoTimestamp;
    auto scanned = forEachBatch(std::max(within.begin, startOffset()), [&](const records::BatchView& batch) {
        if (batch.baseOffset() < within.end && batch.recordCount() > 0) {
            largest = std::max(largest, batch.maxTimestamp());
        }
        return batch.baseOffset() < within.end;
    });
    if (!scanned) {
        return fail(std::move(scanned).error());
    }
    return largest == kNoTimestamp ? StorageResult<std::optional<TimestampedOffset>>(std::nullopt)
                                   : findByTime(largest, within);
}

std::int64_t Log::sizeBytes() const {
    std::int64_t sum = 0;
    for (const auto& segment : *list()) {
        sum += static_cast<std::int64_t>(segment->size());
    }
    return sum;
}

std::int32_t Log::segmentCount() const {
    return static_cast<std::int32_t>(list()->size());
}

std::vector<SegmentSummary> Log::segments() const {
    std::vector<SegmentSummary> summaries;
    const ListPointer segments = list();
    for (const auto& segment : *segments) {
        const bool active = segment == segments->back();
        const auto largest = segment->largestTimestamp();
        summaries.push_back({.baseOffset = segment->baseOffset(),
                             .endOffset = segment->endOffset(),
                             .sizeBytes = static_cast<std::int64_t>(segment->size()),
                             .indexBytes = segment->indexBytes(),
                             .largestTimestamp = largest ? *largest : kNoTimestamp,
                             .active = active});
    }
    return summaries;
}

std::vector<DamageReport> Log::damage() const {
    const std::lock_guard lock(m_damageMutex);
    return m_damage;
}

}  // namespace weir::storage
