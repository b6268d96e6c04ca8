// SPDX-License-Identifier: GPL-3.0-or-later
// Finding batches of a segment. Headers are believed while looking for a place; who reads there checks
// (segment_fill.cpp).
#include <algorithm>

#include "broker/storage/segment.h"

namespace weir::storage {

using records::BatchView;
using records::kBatchHeaderSize;
using records::kBatchPrefixSize;

namespace {

constexpr std::size_t kWalkWindow = 4096;

}  // namespace

StorageResult<std::size_t> Segment::readSome(std::uint64_t position, MutableByteView into) const {
    auto opened = file();
    if (!opened) {
        return fail(std::move(opened).error());
    }
    const auto got = (*opened)->read(io::FilePosition{position}, into);
    if (!got) {
        return fail(fromIo(got.error()));
    }
    return *got;
}

StorageResult<void> Segment::readExactly(std::uint64_t position, MutableByteView into) const {
    const auto got = readSome(position, into);
    if (!got) {
        return fail(got.error());
    }
    if (*got != into.size()) {
        return fail(StorageErrc::kCorrupt, logPath().string() + " is shorter than it was");
    }
    return {};
}

void Segment::rememberPosition(Offset offset, std::uint64_t position) {
    const std::uint64_t hint = (static_cast<std::uint64_t>(offset - m_base) << 32) | position;
    const std::uint32_t slot = m_nextHint.fetch_add(1, std::memory_order_relaxed) % kHints;
    m_hints[slot].store(hint, std::memory_order_relaxed);
}

std::optional<SegmentPosition> Segment::recall(Offset offset) const {
    const auto wanted = static_cast<std::uint64_t>(offset - m_base);
    for (const auto& hint : m_hints) {
        const std::uint64_t value = hint.load(std::memory_order_relaxed);
        if (value >> 32 == wanted && value != kNoHint) {
            return static_cast<SegmentPosition>(value & 0xffffffffU);
        }
    }
    return std::nullopt;
}

StorageResult<Segment::Start> Segment::startFor(Offset target) {
    if (auto done = prepareIndexes(); !done) {
        return fail(std::move(done).error());
    }
    if (target <= m_base) {
        return Start{};
    }
    const auto relative = static_cast<std::uint64_t>(target - m_base);
    const auto entry = m_offsetIndex.floor([relative](const OffsetEntry& e) { return e.relativeOffset <= relative; });
    if (!entry) {
        return fail(entry.error());
    }
    if (!*entry) {
        return Start{};
    }
    return Start{.position = (*entry)->position, .lastOffset = m_base + (*entry)->relativeOffset};
}

StorageResult<std::optional<Segment::Located>> Segment::walk(const Start& start, Offset target) {
    auto opened = file();
    if (!opened) {
        return fail(std::move(opened).error());
    }
    const std::uint64_t end = size();
    std::array<std::byte, kWalkWindow> window;
    std::uint64_t windowAt = 0;
    std::size_t windowSize = 0;
    std::uint64_t position = start.position;
    std::optional<Offset> expected = start.lastOffset ? std::nullopt : std::optional(m_base);
    while (position + kBatchHeaderSize <= end) {
        if (position + kBatchHeaderSize > windowAt + windowSize) {
            const MutableByteView wanted(
                window.data(), static_cast<std::size_t>(std::min<std::uint64_t>(kWalkWindow, end - position)));
            const auto got = (*opened)->read(io::FilePosition{position}, wanted);
            if (!got) {
                return fail(fromIo(got.error()));
            }
            windowAt = position;
            windowSize = *got;
            if (windowSize < kBatchHeaderSize) {
                return locateCarefully(target);
            }
        }
        const records::BatchHeader header =
            records::readHeader(ByteView(window).subspan(static_cast<std::size_t>(position - windowAt)));
        const std::int64_t batchSize = header.batchLength + static_cast<std::int64_t>(kBatchPrefixSize);
        const Offset last = header.baseOffset + header.lastOffsetDelta;
        // A gap may be compaction's or a flipped bit's in one of the headers at its sides. Who reads the batch behind
        // it compares that with the next one; what is asked for inside the gap is looked for with care.
        const bool wrongPlace = expected ? header.baseOffset < *expected : last != *start.lastOffset;
        if (header.magic != records::kMagicV2 || batchSize < static_cast<std::int64_t>(kBatchHeaderSize) ||
            position + static_cast<std::uint64_t>(batchSize) > end || header.lastOffsetDelta < 0 || wrongPlace) {
            return locateCarefully(target);
        }
        if (last >= target) {
            if (expected && header.baseOffset > std::max(*expected, target)) {
                return locateCarefully(target);
            }
            return std::optional(Located{.base = header.baseOffset,
                                         .next = last + 1,
                                         .maxTimestamp = header.maxTimestamp,
                                         .position = static_cast<SegmentPosition>(position),
                                         .size = static_cast<std::uint32_t>(batchSize),
                                         .behindGap = expected && header.baseOffset > *expected});
        }
        expected = last + 1;
        position += static_cast<std::uint64_t>(batchSize);
    }
    // The last header may have been damaged to end before it really does.
    const bool endsAsExpected = position == end && expected.value_or(m_base) == endOffset();
    return endsAsExpected ? std::optional<Located>() : locateCarefully(target);
}

StorageResult<std::optional<Segment::Located>> Segment::locateCarefully(Offset target) {
    auto opened = file();
    if (!opened) {
        return fail(std::move(opened).error());
    }
    auto start = startFor(target);
    if (!start) {
        return fail(std::move(start).error());
    }
    // The index entry itself may point nowhere: then the whole segment is looked through.
    const ByteRange whole{0, size()};
    Offset from = m_base;
    ByteRange stretch = whole;
    if (start->lastOffset) {
        std::array<std::byte, kBatchHeaderSize> bytes{};
        if (readExactly(start->position, bytes)) {
            const records::BatchHeader header = records::readHeader(bytes);
            if (header.baseOffset + header.lastOffsetDelta == *start->lastOffset && header.baseOffset >= m_base) {
                stretch.begin = start->position;
                from = header.baseOffset;
            }
        }
    }
    BatchScanner scanner(**opened, stretch, {from, endOffset()}, BatchScanner::LastBatch::kMayLeaveGap);
    bool damagedBefore = false;
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
            damagedBefore = true;
            continue;
        }
        if (batch->lastOffset() >= target) {
            if (batch->baseOffset() > target && damagedBefore) {
                break;
            }
            return std::optional(Located{.base = batch->baseOffset(),
                                         .next = batch->nextOffset(),
                                         .maxTimestamp = batch->maxTimestamp(),
                                         .position = static_cast<SegmentPosition>((*item)->where.begin),
                                         .size = static_cast<std::uint32_t>(batch->size()),
                                         .behindGap = true});
        }
        damagedBefore = false;
    }
    if (damagedBefore) {
        return fail(StorageErrc::kCorrupt,
                    logPath().string() + " is damaged where offset " + std::to_string(target.value) + " should be");
    }
    return std::optional<Located>();
}

StorageResult<std::optional<Segment::Located>> Segment::locate(Offset target) {
    auto start = startFor(target);
    if (!start) {
        return fail(std::move(start).error());
    }
    return walk(*start, target);
}

Offset Segment::offsetBefore(Timestamp target) {
    WEIR_ASSERT(m_prepared);
    const auto entry = m_timeIndex.floor([target](const TimeEntry& e) { return e.timestamp <= target.value; });
    if (!entry || !*entry) {
        return m_base;
    }
    const Offset last = m_base + (*entry)->relativeOffset;
    const auto batch = locate(last);
    const bool holds =
        batch && *batch && (*batch)->next - 1 == last && (*batch)->maxTimestamp.value == (*entry)->timestamp;
    return holds ? (*batch)->base : m_base;
}

StorageResult<ReadExtent> Segment::read(const ReadRequest& request, const LeaderEpochs& epochs, ReadBuffer& into) {
    const std::size_t before = into.size();
    if (const auto position = recall(request.from)) {
        auto extent = fill(request, {.position = *position, .expectedBase = request.from}, epochs, into);
        if (extent || extent.error().code != StorageErrc::kCorrupt) {
            return extent;
        }
        into.shrink(before);
    } else {
        auto located = locate(request.from);
        if (!located) {
            return fail(std::move(located).error());
        }
        if (!*located) {
            return ReadExtent{.bytes = 0, .next = std::max(request.from, endOffset())};
        }
        auto extent = fill(request, fillFrom(**located), epochs, into);
        if (extent || extent.error().code != StorageErrc::kCorrupt) {
            return extent;
        }
        into.shrink(before);
    }
    auto located = locateCarefully(request.from);
    if (!located) {
        return fail(std::move(located).error());
    }
    if (!*located) {
        return ReadExtent{.bytes = 0, .next = std::max(request.from, endOffset())};
    }
    return fill(request, fillFrom(**located), epochs, into);
}

}  // namespace weir::storage
