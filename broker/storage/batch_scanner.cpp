// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/batch_scanner.h"

#include <algorithm>
#include <cstring>

#include "broker/base/hash.h"

namespace weir::storage {

using records::BatchView;
using records::kBatchHeaderSize;
using records::kBatchPrefixSize;

namespace {

constexpr std::size_t kWindow = 1024UL * 1024;
/// A batch up to this size is read in one go, and once: Kafka's default max.message.bytes lets none be much larger than
/// a MiB.
constexpr std::size_t kWhole = 2 * kWindow;
constexpr std::size_t kMagicAt = 16;

/// Size that the header at the start of `bytes` claims; 0 if it is no header of a v2 batch.
std::uint64_t claimedSize(ByteView bytes) {
    if (bytes.size() < kBatchHeaderSize) {
        return 0;
    }
    const records::BatchHeader header = records::readHeader(bytes);
    const std::int64_t size = header.batchLength + static_cast<std::int64_t>(kBatchPrefixSize);
    if (header.magic != records::kMagicV2 || size < static_cast<std::int64_t>(kBatchHeaderSize)) {
        return 0;
    }
    return static_cast<std::uint64_t>(size);
}

}  // namespace

BatchScanner::BatchScanner(io::File& file, ByteRange stretch, OffsetRange offsets, LastBatch lastBatch)
    : m_file(file),
      m_stretch(stretch),
      m_offsets(offsets),
      m_lastBatch(lastBatch),
      m_expected(offsets.begin),
      m_position(stretch.begin) {}

StorageResult<ByteView> BatchScanner::window(std::uint64_t at, std::size_t size) {
    if (at >= m_stretch.end) {
        return ByteView{};
    }
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, m_stretch.end - at));
    if (at < m_windowAt || at + size > m_windowAt + m_windowSize) {
        const auto wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(std::max<std::size_t>(size, kWindow), m_stretch.end - at));
        if (m_window.size() < wanted) {
            m_window.resize(wanted);
        }
        // A batch whose header stands near the window's end: what has been read of it is not read again.
        const bool goesOn = at >= m_windowAt && at < m_windowAt + m_windowSize;
        const std::size_t kept = goesOn ? static_cast<std::size_t>(m_windowAt + m_windowSize - at) : 0;
        std::memmove(m_window.data(), m_window.data() + (m_windowSize - kept), kept);
        m_windowAt = at;
        m_windowSize = kept;
        const auto got =
            m_file.read(io::FilePosition{at + kept}, MutableByteView(m_window).first(wanted).subspan(kept));
        if (!got) {
            return fail(fromIo(got.error()));
        }
        m_windowSize += *got;
    }
    const std::size_t within = static_cast<std::size_t>(at - m_windowAt);
    return ByteView(m_window).subspan(within, std::min(size, m_windowSize - within));
}

StorageResult<bool> BatchScanner::crcHolds(std::uint64_t at, std::uint64_t size, std::uint32_t stored) {
    if (size <= kWhole) {
        if (auto whole = window(at, static_cast<std::size_t>(size)); !whole) {
            return fail(std::move(whole).error());
        }
    }
    // In pieces: a damaged length may claim the whole rest of the file, which need not be in memory to be refused.
    std::uint32_t crc = 0;
    for (std::uint64_t done = records::kCrcCoverageStart; done < size;) {
        auto piece = window(at + done, static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, size - done)));
        if (!piece) {
            return fail(std::move(piece).error());
        }
        if (piece->empty()) {
            return false;
        }
        crc = crc32c(*piece, crc);
        done += piece->size();
    }
    return crc == stored;
}

StorageResult<bool> BatchScanner::agreesWithNext(std::uint64_t nextAt, Offset nextOffset) {
    auto header = window(nextAt, kBatchHeaderSize);
    if (!header) {
        return fail(std::move(header).error());
    }
    if (claimedSize(*header) == 0) {
        return m_lastBatch == LastBatch::kMayLeaveGap;
    }
    return records::readHeader(*header).baseOffset >= nextOffset;
}

StorageResult<std::optional<BatchView>> BatchScanner::validAt(std::uint64_t at, Offset atLeast) {
    const std::optional<BatchView> invalid;
    auto header = window(at, kBatchHeaderSize);
    if (!header) {
        return fail(std::move(header).error());
    }
    const std::uint64_t size = claimedSize(*header);
    if (size == 0 || size > m_stretch.end - at) {
        return invalid;
    }
    const records::BatchHeader claims = records::readHeader(*header);
    const Offset base = claims.baseOffset;
    if (base < atLeast || base >= m_offsets.end) {
        return invalid;
    }
    if (m_epochs != nullptr) {
        const auto epoch = m_epochs->epochOf(base);
        if (epoch && *epoch != claims.partitionLeaderEpoch) {
            return invalid;
        }
    }
    auto holds = crcHolds(at, size, claims.crc);
    if (!holds) {
        return fail(std::move(holds).error());
    }
    if (!*holds) {
        return invalid;
    }
    auto bytes = window(at, static_cast<std::size_t>(size));
    if (!bytes) {
        return fail(std::move(bytes).error());
    }
    const auto batch = bytes->size() == size ? BatchView::of(*bytes) : invalid;
    if (!batch || !batch->isPlausible() || batch->nextOffset() > m_offsets.end) {
        return invalid;
    }
    if (base > atLeast) {
        const Offset nextOffset = batch->nextOffset();
        auto agrees = agreesWithNext(at + size, nextOffset);
        if (!agrees) {
            return fail(std::move(agrees).error());
        }
        if (!*agrees) {
            return invalid;
        }
        // Looking ahead may have moved the window.
        bytes = window(at, static_cast<std::size_t>(size));
        if (!bytes) {
            return fail(std::move(bytes).error());
        }
        return BatchView::of(*bytes);
    }
    return batch;
}

StorageResult<bool> BatchScanner::chainHolds(std::uint64_t at, Chain chain) {
    Offset expected = m_expected;
    while (at < m_stretch.end) {
        auto batch = validAt(at, expected);
        if (!batch) {
            return fail(std::move(batch).error());
        }
        if (!*batch) {
            auto header = window(at, kBatchHeaderSize);
            if (!header) {
                return fail(std::move(header).error());
            }
            const std::uint64_t claimed = claimedSize(*header);
            const bool torn = header->size() < kBatchHeaderSize || claimed > m_stretch.end - at;
            return chain == Chain::kMayBeTorn && torn;
        }
        at += (*batch)->size();
        expected = (*batch)->nextOffset();
    }
    return true;
}

StorageResult<bool> BatchScanner::canFollowDamage(std::uint64_t at, const BatchView& batch) {
    if (batch.baseOffset() > m_expected) {
        return true;
    }
    const Offset nextOffset = batch.nextOffset();
    auto header = window(at + batch.size(), kBatchHeaderSize);
    if (!header) {
        return fail(std::move(header).error());
    }
    return claimedSize(*header) != 0 && records::readHeader(*header).baseOffset == nextOffset;
}

StorageResult<std::uint64_t> BatchScanner::search(std::uint64_t from, Chain chain) {
    for (std::uint64_t at = from; at + kBatchHeaderSize <= m_stretch.end;) {
        auto header = window(at, kBatchHeaderSize);
        if (!header) {
            return fail(std::move(header).error());
        }
        if (header->size() < kBatchHeaderSize) {
            break;
        }
        // All that has been read already, or each candidate would fill the window anew.
        const std::size_t within = static_cast<std::size_t>(at - m_windowAt);
        const ByteView bytes = ByteView(m_window).subspan(within, m_windowSize - within);
        // The magic is the cheapest thing to look for.
        const ByteView magics = bytes.subspan(kMagicAt, bytes.size() - kBatchHeaderSize + 1);
        const void* const hit = std::memchr(magics.data(), records::kMagicV2, magics.size());
        if (hit == nullptr) {
            at += magics.size();
            continue;
        }
        at += static_cast<std::uint64_t>(static_cast<const std::byte*>(hit) - magics.data());
        auto batch = validAt(at, m_expected);
        if (!batch) {
            return fail(std::move(batch).error());
        }
        if (*batch) {
            const Offset base = (*batch)->baseOffset();
            auto holds = canFollowDamage(at, **batch);
            if (holds && *holds) {
                holds = chainHolds(at, chain);
            }
            if (!holds) {
                return fail(std::move(holds).error());
            }
            if (*holds) {
                m_expected = base;
                return at;
            }
        }
        ++at;
    }
    return m_stretch.end;
}

StorageResult<std::uint64_t> BatchScanner::findNextValid(std::uint64_t damagedAt) {
    auto header = window(damagedAt, kBatchHeaderSize);
    if (!header) {
        return fail(std::move(header).error());
    }
    const std::uint64_t claimed = claimedSize(*header);
    const std::uint64_t left = m_stretch.end - damagedAt;
    if (claimed > 0 && claimed < left) {
        // If the damage spared the header it says where the offsets go on.
        const records::BatchHeader damaged = records::readHeader(*header);
        const bool saysWhere = damaged.baseOffset == m_expected && damaged.lastOffsetDelta >= 0;
        auto behind =
            validAt(damagedAt + claimed, saysWhere ? m_expected + (damaged.lastOffsetDelta + 1LL) : m_expected);
        if (!behind) {
            return fail(std::move(behind).error());
        }
        if (*behind) {
            const Offset base = (*behind)->baseOffset();
            auto follows = saysWhere ? StorageResult<bool>(true) : canFollowDamage(damagedAt + claimed, **behind);
            if (!follows) {
                return fail(std::move(follows).error());
            }
            if (*follows) {
                m_expected = base;
                return damagedAt + claimed;
            }
        }
    }
    return search(damagedAt + 1, claimed > left ? Chain::kToTheEnd : Chain::kMayBeTorn);
}

StorageResult<std::optional<BatchScanner::Item>> BatchScanner::next() {
    if (m_position >= m_stretch.end) {
        return std::optional<Item>();
    }
    auto batch = validAt(m_position, m_expected);
    if (!batch) {
        return fail(std::move(batch).error());
    }
    Item item;
    if (*batch) {
        item.where = {m_position, m_position + (*batch)->size()};
        item.batch = *batch;
        m_expected = (*batch)->nextOffset();
    } else {
        auto end = findNextValid(m_position);
        if (!end) {
            return fail(std::move(end).error());
        }
        item.where = {m_position, *end};
    }
    m_position = item.where.end;
    return std::optional(item);
}

}  // namespace weir::storage
