// SPDX-License-Identifier: GPL-3.0-or-later
// Trusting and rebuilding the indexes of a segment.
#include <algorithm>
#include <array>

#include "broker/storage/segment.h"

namespace weir::storage {

StorageResult<void> Segment::prepareIndexes() {
    if (m_prepared.load(std::memory_order_acquire)) {
        return {};
    }
    const std::lock_guard lock(m_prepareMutex);
    if (m_prepared.load(std::memory_order_relaxed)) {
        return {};
    }
    const auto fit = indexesFit();
    if (!fit && fit.error().code == StorageErrc::kIo && !m_place.fileSystem.exists(logPath())) {
        return fail(fit.error());
    }
    if (!fit || !*fit) {
        m_place.logger.warn("indexes of {} do not fit their batches and are rebuilt", logPath().string());
        if (auto done = rebuildIndexes(); !done) {
            return done;
        }
    } else {
        const auto last = m_timeIndex.last();
        m_largestTimestamp.store(last ? last->timestamp : kNoTimestamp.value);
    }
    m_prepared.store(true, std::memory_order_release);
    return {};
}

StorageResult<bool> Segment::indexesFit() {
    if (auto done = m_offsetIndex.load(); !done) {
        return fail(std::move(done).error());
    }
    if (auto done = m_timeIndex.load(); !done) {
        return fail(std::move(done).error());
    }
    const auto offsets = m_offsetIndex.readAll();
    const auto times = m_timeIndex.readAll();
    if (!offsets || !times) {
        return false;
    }
    const std::int64_t last = endOffset() - m_base - 1;
    if (!rises(*offsets, size()) || !rises(*times) || (!offsets->empty() && offsets->back().relativeOffset > last) ||
        (!times->empty() && times->back().relativeOffset > last)) {
        return false;
    }
    for (const std::size_t i : {std::size_t{0}, times->size() - 1}) {
        if (times->empty()) {
            break;
        }
        if (auto fits = entryFits((*times)[i], *offsets); !fits || !*fits) {
            return fits;
        }
    }
    return tailFits(offsets->empty() ? std::nullopt : std::optional(offsets->back()),
                    times->empty() ? kNoTimestamp : Timestamp(times->back().timestamp));
}

StorageResult<bool> Segment::entryFits(const TimeEntry& entry, const std::vector<OffsetEntry>& offsets) {
    const auto behind = std::partition_point(
        offsets.begin(), offsets.end(), [&](const OffsetEntry& o) { return o.relativeOffset <= entry.relativeOffset; });
    std::uint64_t position = behind == offsets.begin() ? 0 : (behind - 1)->position;
    const std::uint64_t end = size();
    while (position + records::kBatchHeaderSize <= end) {
        std::array<std::byte, records::kBatchHeaderSize> bytes{};
        if (auto done = readExactly(position, bytes); !done) {
            return fail(std::move(done).error());
        }
        const records::BatchHeader header = records::readHeader(bytes);
        if (header.magic != records::kMagicV2 || header.batchLength <= 0) {
            return false;
        }
        const std::int64_t last = header.baseOffset + header.lastOffsetDelta - m_base;
        if (last >= entry.relativeOffset) {
            return last == entry.relativeOffset && header.maxTimestamp.value == entry.timestamp;
        }
        position += records::kBatchPrefixSize + static_cast<std::uint64_t>(header.batchLength);
    }
    return false;
}

StorageResult<bool> Segment::tailFits(const std::optional<OffsetEntry>& last, Timestamp largest) {
    const std::uint64_t end = size();
    std::uint64_t position = last ? last->position : 0;
    const std::uint64_t from = position;
    // Where the batches between are longer than this an entry is missing. It may be that it never was, because
    // index.interval.bytes was larger then: a rebuild does no harm.
    const auto interval = static_cast<std::uint64_t>(m_place.indexIntervalBytes);
    bool first = true;
    while (position + records::kBatchHeaderSize <= end) {
        std::array<std::byte, records::kBatchHeaderSize> bytes{};
        if (auto done = readExactly(position, bytes); !done) {
            return fail(std::move(done).error());
        }
        const records::BatchHeader header = records::readHeader(bytes);
        if (header.magic != records::kMagicV2 || header.batchLength <= 0) {
            return false;
        }
        if (first && last && header.baseOffset + header.lastOffsetDelta != m_base + last->relativeOffset) {
            return false;
        }
        if (indexedTime(header) > largest || (!first && position - from > interval)) {
            return false;
        }
        first = false;
        position += records::kBatchPrefixSize + static_cast<std::uint64_t>(header.batchLength);
    }
    return true;
}

StorageResult<void> Segment::rebuildIndexes() {
    auto opened = file();
    if (!opened) {
        return fail(std::move(opened).error());
    }
    std::vector<OffsetEntry> offsets;
    std::vector<TimeEntry> times;
    IndexBuilder builder(m_base);
    BatchScanner scanner(**opened, {0, size()}, {m_base, endOffset()}, BatchScanner::LastBatch::kMayLeaveGap);
    for (;;) {
        auto item = scanner.next();
        if (!item) {
            return fail(std::move(item).error());
        }
        if (!*item) {
            break;
        }
        const auto& batch = (*item)->batch;
        if (!batch) {
            continue;
        }
        const auto step = builder.add({.baseOffset = batch->baseOffset(),
                                       .lastOffset = batch->lastOffset(),
                                       .maxTimestamp = indexedTime(*batch),
                                       .position = static_cast<SegmentPosition>((*item)->where.begin),
                                       .size = static_cast<std::uint32_t>(batch->size())},
                                      m_place.indexIntervalBytes);
        if (step.addOffset) {
            offsets.push_back(step.offset);
        }
        if (step.addTime) {
            times.push_back(step.time);
        }
    }
    if (const auto last = builder.takeSeal()) {
        times.push_back(*last);
    }
    static_cast<void>(setIndexes(std::move(offsets), std::move(times), builder));
    return {};
}

bool Segment::setIndexes(std::vector<OffsetEntry> offsets, std::vector<TimeEntry> times, const IndexBuilder& builder) {
    m_builder = builder;
    m_largestTimestamp.store(builder.largestTimestamp().value);
    const auto lastOf = [](const auto& entries) {
        return entries.empty() ? std::nullopt : std::optional(entries.back());
    };
    const bool asOnDisk = m_offsetIndex.size() == offsets.size() && m_offsetIndex.last() == lastOf(offsets) &&
                          m_timeIndex.size() == times.size() && m_timeIndex.last() == lastOf(times) &&
                          m_place.fileSystem.exists(m_offsetIndex.path()) &&
                          m_place.fileSystem.exists(m_timeIndex.path());
    if (asOnDisk) {
        m_prepared.store(true, std::memory_order_release);
        return false;
    }
    // A disk without room keeps them in memory, which is as good until the next start.
    for (const auto& done : {m_offsetIndex.replaceAll(std::move(offsets)), m_timeIndex.replaceAll(std::move(times))}) {
        if (!done) {
            m_place.logger.warn("indexes of {} stay in memory: {}", logPath().string(), done.error().message);
        }
    }
    m_prepared.store(true, std::memory_order_release);
    return true;
}

StorageResult<Timestamp> Segment::largestTimestamp() {
    if (auto done = prepareIndexes(); !done) {
        return fail(std::move(done).error());
    }
    return Timestamp(m_largestTimestamp.load(std::memory_order_relaxed));
}

Segment::Anchor Segment::anchorBefore(Offset below) {
    Anchor start{.position = 0, .base = m_base, .offsets = {}, .times = {}};
    if (!m_offsetIndex.load() || !m_timeIndex.load()) {
        return start;
    }
    auto offsets = m_offsetIndex.readAll();
    auto times = m_timeIndex.readAll();
    if (!offsets || !times || !rises(*offsets, size()) || !rises(*times)) {
        return start;
    }
    for (; !offsets->empty(); offsets->pop_back()) {
        const OffsetEntry entry = offsets->back();
        const Offset last = m_base + entry.relativeOffset;
        std::array<std::byte, records::kBatchHeaderSize> bytes{};
        if (last >= below || !readExactly(entry.position, bytes)) {
            continue;
        }
        const records::BatchHeader header = records::readHeader(bytes);
        if (header.magic != records::kMagicV2 || header.baseOffset < m_base ||
            header.baseOffset + header.lastOffsetDelta != last) {
            continue;
        }
        std::erase_if(*times, [&](const TimeEntry& t) { return t.relativeOffset > entry.relativeOffset; });
        const Timestamp largest = times->empty() ? kNoTimestamp : Timestamp(times->back().timestamp);
        const auto fits = times->empty() ? StorageResult<bool>(true) : entryFits(times->back(), *offsets);
        if (!fits || !*fits || indexedTime(header) > largest) {
            // Times are missing in front of it: only the batches know them.
            return start;
        }
        return {.position = entry.position,
                .base = header.baseOffset,
                .offsets = std::move(*offsets),
                .times = std::move(*times)};
    }
    return start;
}

StorageResult<void> Segment::cutTo(const Contents& contents) {
    if (contents.size < size()) {
        auto opened = file();
        if (!opened) {
            return fail(std::move(opened).error());
        }
        if (auto done = (*opened)->truncate(io::FilePosition{contents.size}); !done) {
            return fail(fromIo(done.error()));
        }
    }
    m_size = contents.size;
    m_end = contents.endOffset.value;
    return {};
}

}  // namespace weir::storage
