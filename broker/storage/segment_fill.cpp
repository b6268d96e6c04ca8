// SPDX-License-Identifier: GPL-3.0-or-later
// Reading batches from a known place on. What is handed out has been checked by CRC, by its neighbours' offsets and by
// its leader epoch, so that no flipped bit gets through.
#include <algorithm>
#include <array>

#include "broker/storage/segment.h"

namespace weir::storage {

using records::BatchView;
using records::Framing;
using records::kBatchHeaderSize;

namespace {

/// Read at least this much, so that the size of the first batch is known.
constexpr std::size_t kSmallestRead = 4096;

}  // namespace

struct Segment::Filling {
    const ReadRequest& request;
    const FillFrom& from;
    const LeaderEpochs& epochs;
    ReadBuffer& into;
    /// Where this read began in the buffer and how much of the file is there from then on.
    std::size_t before = 0;
    std::size_t have = 0;
    std::uint64_t end = 0;
    ReadExtent extent;
    Offset expected;
    LeaderEpochs::Span span{.epoch = std::nullopt, .end = Offset(0)};

    [[nodiscard]] ByteView rest() const { return into.bytes().subspan(before + extent.bytes, have - extent.bytes); }
    [[nodiscard]] std::uint64_t position() const { return from.position + extent.bytes; }
    [[nodiscard]] bool isBehindGap(const BatchView& batch) const {
        return batch.baseOffset() > expected || (extent.bytes == 0 && from.behindGap);
    }
    [[nodiscard]] bool wholeFirst() const {
        return !extent.hasRecords && request.firstBatch == FirstBatch::kEvenIfLarger;
    }
};

StorageResult<ReadExtent> Segment::fill(const ReadRequest& request, const FillFrom& from, const LeaderEpochs& epochs,
                                        ReadBuffer& into) {
    Filling filling{.request = request,
                    .from = from,
                    .epochs = epochs,
                    .into = into,
                    .before = into.size(),
                    .end = size(),
                    .extent = {.bytes = 0, .next = request.from},
                    .expected = from.expectedBase};
    if (from.position < filling.end) {
        const bool wholeFirst = request.firstBatch == FirstBatch::kEvenIfLarger;
        const std::size_t wanted = wholeFirst ? std::max(request.maxBytes, kSmallestRead) : request.maxBytes;
        filling.have = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, filling.end - from.position));
        auto got = readSome(from.position, into.extend(filling.have));
        if (!got) {
            return fail(std::move(got).error());
        }
        filling.have = *got;
        for (bool more = true; more;) {
            auto one = fillOne(filling);
            if (!one) {
                return fail(std::move(one).error());
            }
            more = *one;
        }
        into.shrink(filling.before + filling.extent.bytes);
    }
    // Asked in this order, for a segment that is sealed does not grow any more.
    if (isSealed() && filling.position() == size()) {
        filling.extent.next = std::max(filling.extent.next, endOffset());
    } else if (filling.extent.bytes > 0) {
        rememberPosition(filling.extent.next, filling.position());
    }
    return filling.extent;
}

StorageResult<bool> Segment::fillOne(Filling& filling) {
    ReadExtent& extent = filling.extent;
    const bool first = extent.bytes == 0;
    const auto damagedUnlessBehindOthers = [&]() -> StorageResult<bool> {
        if (!first) {
            // What is sound already is handed out; the next read starts here and looks carefully.
            return false;
        }
        return fail(StorageErrc::kCorrupt,
                    logPath().string() + " is damaged at offset " + std::to_string(filling.expected.value));
    };
    const records::Frame frame = records::frameAt(filling.rest());
    switch (frame.framing) {
        case Framing::kEnd:
            if (!filling.wholeFirst() || filling.position() + kBatchHeaderSize > filling.end) {
                return false;
            }
            // Nothing came of what must be there: somebody has cut the file.
            return first ? damagedUnlessBehindOthers() : fetchRest(filling, kBatchHeaderSize);
        case Framing::kPartial: {
            const std::size_t size = std::max(frame.size, kBatchHeaderSize);
            const bool fits = filling.position() + size <= filling.end;
            if (!filling.wholeFirst()) {
                return first && !fits ? damagedUnlessBehindOthers() : StorageResult<bool>(false);
            }
            return fits ? fetchRest(filling, size) : damagedUnlessBehindOthers();
        }
        case Framing::kWhole:
            break;
        default:
            return damagedUnlessBehindOthers();
    }
    const BatchView batch(filling.rest().first(frame.size));
    const Offset upTo = filling.request.upTo;
    if ((batch.baseOffset() >= upTo && batch.baseOffset() == filling.expected && !filling.isBehindGap(batch)) ||
        (extent.hasRecords && extent.bytes + frame.size > filling.request.maxBytes)) {
        return false;
    }
    auto sound = isSound(filling, batch);
    if (!sound) {
        return fail(std::move(sound).error());
    }
    if (!*sound) {
        return damagedUnlessBehindOthers();
    }
    if (batch.baseOffset() >= upTo) {
        return false;
    }
    extent.hasRecords = extent.hasRecords || batch.recordCount() > 0;
    extent.bytes += frame.size;
    filling.expected = batch.nextOffset();
    extent.next = filling.expected;
    return true;
}

StorageResult<bool> Segment::fetchRest(Filling& filling, std::size_t frameSize) {
    const std::size_t missing = frameSize - filling.rest().size();
    // What was promised and did not come leaves room behind it that is no part of the file.
    filling.into.shrink(filling.before + filling.have);
    if (auto done = readExactly(filling.from.position + filling.have, filling.into.extend(missing)); !done) {
        return fail(std::move(done).error());
    }
    filling.have += missing;
    return true;
}

StorageResult<bool> Segment::isSound(Filling& filling, const BatchView& batch) const {
    if (batch.baseOffset() < filling.expected || !batch.isPlausible()) {
        return false;
    }
    if (batch.baseOffset() >= filling.span.end) {
        filling.span = filling.epochs.spanOf(batch.baseOffset());
    }
    if ((filling.span.epoch && *filling.span.epoch != batch.leaderEpoch()) || !batch.checkCrc()) {
        return false;
    }
    return filling.isBehindGap(batch) ? gapHolds(filling.position(), batch) : StorageResult<bool>(true);
}

StorageResult<bool> Segment::gapHolds(std::uint64_t position, const BatchView& batch) const {
    const auto known = m_offsetIndex.floor([position](const OffsetEntry& entry) { return entry.position <= position; });
    if (known && *known && (*known)->position == position) {
        return m_base + (*known)->relativeOffset == batch.lastOffset();
    }
    const Offset next = batch.nextOffset();
    if (position + batch.size() + kBatchHeaderSize > size()) {
        return next <= endOffset();
    }
    std::array<std::byte, kBatchHeaderSize> bytes{};
    if (auto done = readExactly(position + batch.size(), bytes); !done) {
        return fail(std::move(done).error());
    }
    const records::BatchHeader header = records::readHeader(bytes);
    return header.magic == records::kMagicV2 && header.baseOffset >= next && next <= endOffset();
}

}  // namespace weir::storage
