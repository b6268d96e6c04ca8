// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/folder/partition_scan.h"

#include <algorithm>
#include <utility>

#include "broker/folder/index_check.h"
#include "broker/io/files.h"
#include "broker/storage/checkpoint_text.h"
#include "broker/storage/file_names.h"

namespace weir::folder {

using storage::ByteRange;
using storage::OffsetRange;
using storage::StorageResult;

namespace {

constexpr std::uint64_t kPlaceEvery = std::uint64_t{64} << 10;

/// What the bytes at the start of a damaged range look like.
struct Look {
    std::string what;
    /// Behind the last offset of a batch that is cut off.
    std::optional<Offset> cut;
};

Look lookAt(ByteView start, ByteRange where, bool isAtEnd, Offset expected) {
    if (std::all_of(start.begin(), start.end(), [](std::byte each) { return each == std::byte{0}; })) {
        return {"zeros stand where batches should", std::nullopt};
    }
    constexpr std::size_t kMagicAt = 16;
    if (start.size() > kMagicAt && std::to_integer<int>(start[kMagicAt]) < records::kMagicV2) {
        const auto size = loadBigEndian<std::int32_t>(start.data() + 8);
        if (size > 0 && static_cast<std::uint64_t>(size) < where.size()) {
            return {"it is in the format of Kafka before 0.11, which Weir does not read", std::nullopt};
        }
    }
    if (start.size() < records::kBatchHeaderSize) {
        return {"the file ends within the header of a batch", std::nullopt};
    }
    const records::BatchHeader header = records::readHeader(start);
    const std::int64_t claimed = header.batchLength + static_cast<std::int64_t>(records::kBatchPrefixSize);
    const bool isPlausible = header.magic == records::kMagicV2 && header.baseOffset >= expected &&
                             header.lastOffsetDelta >= 0 && claimed >= static_cast<std::int64_t>(start.size());
    if (!isPlausible) {
        return {"no batch begins there", std::nullopt};
    }
    const auto missing = claimed - static_cast<std::int64_t>(where.size());
    if (isAtEnd && missing > 0) {
        return {"the last batch is cut off, " + std::to_string(missing) + " of its " + std::to_string(claimed) +
                    " bytes are missing",
                header.baseOffset + (header.lastOffsetDelta + 1LL)};
    }
    return {"the checksum of a batch is wrong", std::nullopt};
}

std::string readError(const storage::StorageError& error) {
    return "it cannot be read: " + error.message;
}

}  // namespace

PartitionScan::PartitionScan(io::FileSystem& disk, const PartitionFolder& folder, Watch watch)
    : m_disk(disk), m_folder(folder), m_watch(watch) {}

StorageResult<std::optional<PartitionContents>> PartitionScan::run() {
    const auto files = list();
    if (!files) {
        return fail(storage::StorageError(files.error()));
    }
    if (!files->empty()) {
        m_contents.logStart = std::max(files->front().base, m_folder.logStart);
        m_contents.end = m_contents.logStart;
        if (const Offset first = files->front().base; !m_orphans.empty() && m_orphans.front() < first) {
            reportMissing(m_orphans.front(), first);
        }
    }
    for (std::size_t i = 0; i < files->size(); ++i) {
        const bool isLast = i + 1 == files->size();
        scanSegment((*files)[i], isLast ? storage::kNoOffsetLimit : (*files)[i + 1].base, isLast);
        if (m_watch.stop) {
            return std::optional<PartitionContents>();
        }
    }
    reportMissingEnd();
    if (const auto text = io::readWholeFile(m_disk, m_folder.path / "leader-epoch-checkpoint")) {
        if (!storage::readEpochs(asText(*text))) {
            report("leader-epoch-checkpoint", 0, 0, {}, "it is not what a broker writes there");
        }
    }
    m_contents.aborted = m_transactions.aborted();
    m_contents.producers = m_transactions.producers();
    const Offset open = m_transactions.firstOpen();
    m_contents.lastStable = open == kNoOffset ? m_contents.end : open;
    return std::optional(std::move(m_contents));
}

StorageResult<std::vector<PartitionScan::OnDisk>> PartitionScan::list() {
    const auto entries = m_disk.list(m_folder.path);
    if (!entries) {
        return fail(storage::fromIo(entries.error()));
    }
    std::vector<OnDisk> files;
    std::vector<OnDisk> swaps;
    std::vector<Offset> indexes;
    const std::string swapSuffix = std::string(storage::kLogSuffix) + std::string(storage::kSwapSuffix);
    for (const io::DirectoryEntry& each : *entries) {
        if (each.isDirectory) {
            continue;
        }
        const auto base = storage::offsetOfFileName(each.name, storage::kLogSuffix);
        const auto swap = storage::offsetOfFileName(each.name, swapSuffix);
        if (base || swap) {
            const Offset at = base ? *base : *swap;
            const auto size = m_disk.fileSize(m_folder.path / each.name);
            if (size) {
                (base ? files : swaps).push_back({at, *size, each.name});
            } else {
                report(each.name, 0, 0, {at, base ? at + 1 : at}, "it cannot be read: " + size.error().message);
            }
        } else if (const auto index = storage::offsetOfFileName(each.name, storage::kOffsetIndexSuffix)) {
            indexes.push_back(*index);
        } else if (each.name.ends_with(std::string(storage::kLogSuffix) + std::string(storage::kCleanedSuffix))) {
            report(each.name, 0, 0, {}, "a compaction was not finished; what it began with is read");
        }
    }
    const auto isBefore = [](const OnDisk& a, const OnDisk& b) { return a.base < b.base; };
    std::sort(files.begin(), files.end(), isBefore);
    std::sort(swaps.begin(), swaps.end(), isBefore);
    takeSwaps(files, swaps);
    std::sort(indexes.begin(), indexes.end());
    for (const Offset each : indexes) {
        const OnDisk wanted{each, 0, {}};
        if (!std::binary_search(files.begin(), files.end(), wanted, isBefore)) {
            m_orphans.push_back(each);
        }
    }
    return files;
}

// As Kafka's LogLoader: the finished files replace every segment that begins among their offsets.
void PartitionScan::takeSwaps(std::vector<OnDisk>& files, const std::vector<OnDisk>& swaps) {
    Offset end = kNoOffset;
    for (const OnDisk& each : swaps) {
        auto file = m_disk.open(m_folder.path / each.name, io::OpenMode::kRead);
        if (!file) {
            report(each.name, 0, each.size, {}, "it cannot be read: " + file.error().message);
            return;
        }
        storage::BatchScanner scanner(**file, {0, each.size}, {each.base, storage::kNoOffsetLimit},
                                      storage::BatchScanner::LastBatch::kMayLeaveGap);
        for (auto item = scanner.next(); item && *item; item = scanner.next()) {
            if (!(*item)->batch) {
                report(each.name, (*item)->where.begin, (*item)->where.size(), {},
                       "the outcome of a compaction is damaged; what it began with is read, where that is there");
                return;
            }
        }
        end = std::max(end, scanner.expected());
    }
    if (swaps.empty()) {
        return;
    }
    std::erase_if(files, [&](const OnDisk& each) {
        return each.base >= swaps.front().base && each.base < std::max(end, swaps.front().base + 1);
    });
    for (const OnDisk& each : swaps) {
        report(each.name, 0, 0, {},
               "a compaction had just ended; its outcome is read, as a broker would, and not what it began with");
    }
    files.insert(files.end(), swaps.begin(), swaps.end());
    std::sort(files.begin(), files.end(), [](const OnDisk& a, const OnDisk& b) { return a.base < b.base; });
}

void PartitionScan::reportMissing(Offset from, Offset until) {
    const auto orphan =
        std::find_if(m_orphans.begin(), m_orphans.end(), [&](Offset each) { return each >= from && each < until; });
    if (orphan != m_orphans.end()) {
        report(storage::offsetFileName(*orphan, storage::kLogSuffix), 0, 0, {from, until},
               "it is missing, and its index is there");
    } else if (!m_folder.isCompacted) {
        // Compaction leaves such gaps, and nothing else does.
        report(storage::offsetFileName(from, storage::kLogSuffix), 0, 0, {from, until},
               "it is missing: the segment before it ends there, and the next one begins later");
    }
}

// A tail that is damaged has been told of already; here nothing of it is left.
void PartitionScan::reportMissingEnd() {
    const bool isTold = std::any_of(m_contents.damage.begin(), m_contents.damage.end(), [this](const auto& each) {
        return each.hidesRecords() && each.next > m_contents.end;
    });
    const bool isLostByIndex = !m_orphans.empty() && m_orphans.back() >= m_contents.end;
    if (!isTold && (m_folder.recoveryPoint > m_contents.end || isLostByIndex)) {
        report(storage::offsetFileName(m_contents.end, storage::kLogSuffix), 0, 0,
               {m_contents.end, isLostByIndex ? FolderDamage::kUnknownEnd : m_folder.recoveryPoint},
               "the end of the log is missing, which the broker had written down as safe on the disk");
    }
}

void PartitionScan::scanSegment(const OnDisk& on, Offset limit, bool isLast) {
    const std::string& name = on.name;
    m_contents.segments.push_back({on.base, on.base, m_folder.path / name, on.size, kNoTimestamp, {}});
    m_contents.bytes += static_cast<std::int64_t>(on.size);
    m_contents.end = std::max(m_contents.end, on.base);
    m_wantsPlace = true;
    auto file = m_disk.open(m_folder.path / name, io::OpenMode::kRead);
    const Offset lostUntil = isLast ? on.base + 1 : limit;
    if (!file) {
        report(name, 0, on.size, {on.base, lostUntil}, "it cannot be read: " + file.error().message);
        return;
    }
    IndexCheck index(m_disk, m_folder.path, on.base, on.size);
    const std::size_t abortedBefore = m_transactions.aborted().size();
    using LastBatch = storage::BatchScanner::LastBatch;
    storage::BatchScanner scanner(**file, {0, on.size}, {on.base, limit},
                                  isLast ? LastBatch::kMustJoin : LastBatch::kMayLeaveGap);
    std::optional<Gap> gap;
    const auto close = [&](Offset lostEnd) {
        if (gap) {
            index.skip(gap->where.end);
            damaged(**file, gap->where, {gap->expected, lostEnd});
            const bool isOpenEnd = isLast && gap->where.end == on.size;
            loseMarkers({gap->expected, isOpenEnd ? storage::kNoOffsetLimit : lostEnd}, index.transactions());
            gap.reset();
        }
    };
    for (;;) {
        const Offset expected = scanner.expected();
        auto item = scanner.next();
        if (!item) {
            close(expected);
            report(name, 0, on.size, {expected, std::max(expected, lostUntil)}, readError(item.error()));
            break;
        }
        if (!*item || m_watch.stop) {
            if (!gap && !isLast && !m_watch.stop && expected < limit) {
                reportMissing(expected, limit);
            }
            close(isLast && gap ? gap->expected : limit);
            break;
        }
        const ByteRange where = (*item)->where;
        m_watch.read += static_cast<std::int64_t>(where.size());
        const auto& batch = (*item)->batch;
        if (batch && !(gap && batch->baseOffset() == gap->expected)) {
            close(batch->baseOffset());
            index.add(*batch, where.begin);
            take(*batch, where.begin);
        } else {
            // Behind damage no batch can begin where the damaged one did: its base offset, which no checksum covers,
            // was damaged with it.
            gap = gap ? Gap{{gap->where.begin, where.end}, gap->expected} : Gap{where, expected};
        }
    }
    const auto& aborted = m_transactions.aborted();
    for (const IndexFault& each :
         index.finish({aborted.begin() + static_cast<std::ptrdiff_t>(abortedBefore), aborted.end()})) {
        report(each.file, each.position, 0, {}, each.what);
    }
}

void PartitionScan::take(const records::BatchView& batch, std::uint64_t position) {
    SegmentContents& segment = m_contents.segments.back();
    if (m_wantsPlace || position - m_placedAt >= kPlaceEvery) {
        m_contents.places.push_back({batch.baseOffset(), m_contents.segments.size() - 1, position, kNoTimestamp});
        m_placedAt = position;
        m_wantsPlace = false;
    }
    if (batch.recordCount() > 0) {
        Place& place = m_contents.places.back();
        place.maxTimestamp = std::max(place.maxTimestamp, batch.maxTimestamp());
        segment.maxTimestamp = std::max(segment.maxTimestamp, batch.maxTimestamp());
        m_contents.maxTimestamp = std::max(m_contents.maxTimestamp, batch.maxTimestamp());
    }
    if (!batch.isControl() && batch.nextOffset() > m_contents.logStart) {
        m_contents.records += batch.recordCount();
    }
    m_transactions.add(batch);
    segment.next = batch.nextOffset();
    m_contents.end = std::max(m_contents.end, batch.nextOffset());
    m_contents.leaderEpoch = std::max(m_contents.leaderEpoch, batch.leaderEpoch());
}

void PartitionScan::damaged(io::File& file, ByteRange where, OffsetRange lost) {
    SegmentContents& segment = m_contents.segments.back();
    segment.damaged.push_back(where);
    m_wantsPlace = true;
    Bytes start(static_cast<std::size_t>(std::min<std::uint64_t>(where.size(), records::kBatchHeaderSize)));
    const auto got = file.read(io::FilePosition{where.begin}, start);
    start.resize(got ? *got : 0);
    const bool isAtEnd = where.end == segment.size;
    Look look = lookAt(start, where, isAtEnd, lost.begin);
    // Of the last segment nothing tells what followed, unless one batch is all that was cut.
    if (isAtEnd && lost.end == lost.begin) {
        lost.end = look.cut.value_or(FolderDamage::kUnknownEnd);
    }
    report(segment.file.filename().string(), where.begin, where.size(), lost, std::move(look.what));
}

// What the index file remembers of markers that cannot be read any more.
void PartitionScan::loseMarkers(OffsetRange lost, const std::vector<storage::AbortedTransaction>& known) {
    for (const storage::AbortedTransaction& each : known) {
        if (each.lastOffset >= lost.begin && each.lastOffset < lost.end) {
            m_transactions.addLost(each);
        }
    }
}

void PartitionScan::report(std::string file, std::uint64_t position, std::uint64_t bytes, OffsetRange lost,
                           std::string what) {
    m_contents.damage.push_back(
        {m_folder.partition, std::move(file), position, bytes, lost.begin, lost.end, std::move(what)});
}

std::int64_t sizeOnDisk(io::FileSystem& disk, const io::Path& folder) {
    std::int64_t sum = 0;
    const auto entries = disk.list(folder);
    if (!entries) {
        return 0;
    }
    for (const io::DirectoryEntry& each : *entries) {
        if (!each.isDirectory && storage::offsetOfFileName(each.name, storage::kLogSuffix)) {
            const auto size = disk.fileSize(folder / each.name);
            sum += size ? static_cast<std::int64_t>(*size) : 0;
        }
    }
    return sum;
}

}  // namespace weir::folder
