// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "broker/base/log.h"
#include "broker/io/file_system.h"
#include "broker/records/batch_header.h"
#include "broker/storage/batch_scanner.h"
#include "broker/storage/errors.h"
#include "broker/storage/indexes.h"
#include "broker/storage/leader_epochs.h"
#include "broker/storage/log_types.h"
#include "broker/storage/read_buffer.h"

namespace weir::storage {

/// One segment: a `.log` file of batches and its two indexes. Shared by the log's list and by readers that still use
/// it; its files may be renamed away underneath.
///
/// One writer at a time (the log's write lock); readers run beside it and see what `size` and `endOffset` say.
/// Index files of segments that were not written by this run are checked at their first use and rebuilt from the
/// batches if anything about them is wrong.
class Segment {
public:
    struct Place {
        io::FileSystem& fileSystem;
        io::Path folder;
        Logger logger;
        /// For indexes that have to be rebuilt.
        std::int64_t indexIntervalBytes = 4096;
    };
    /// State that recovery has established; see recovery.cpp.
    struct Contents {
        std::uint64_t size = 0;
        Offset endOffset;
    };
    /// A batch found in the file.
    struct Located {
        Offset base;
        Offset next;
        Timestamp maxTimestamp;
        SegmentPosition position = 0;
        std::uint32_t size = 0;
        /// Offsets may be missing in front of it: compaction's doing, or damage to its base offset.
        bool behindGap = false;
    };

    /// A new, empty segment. Its names are durable after the folder was synced.
    static StorageResult<std::shared_ptr<Segment>> create(const Place& place, Offset base, Timestamp now);
    /// One that is on disk; opens nothing.
    static std::shared_ptr<Segment> attach(const Place& place, Offset base, const Contents& contents, Timestamp now);

    [[nodiscard]] const Place& place() const { return m_place; }
    [[nodiscard]] Offset baseOffset() const { return m_base; }
    [[nodiscard]] std::uint64_t size() const { return m_size.load(std::memory_order_acquire); }
    [[nodiscard]] Offset endOffset() const { return Offset(m_end.load(std::memory_order_acquire)); }
    [[nodiscard]] io::Path logPath() const;
    [[nodiscard]] io::Path path(std::string_view suffix) const;

    // ---- the writer

    /// Writes one batch at the end. On failure the file is cut back to what it was; if even that fails the segment is
    /// broken and must not be used again.
    StorageResult<void> append(const records::BatchView& batch, std::int64_t indexIntervalBytes);
    [[nodiscard]] bool isBroken() const { return m_broken; }
    /// No more appends: the last time index entry, and both indexes written out.
    StorageResult<void> seal();
    [[nodiscard]] bool isSealed() const { return m_sealed.load(); }
    [[nodiscard]] bool indexesFull(std::int64_t segmentIndexBytes) const;
    /// How far `segment.ms` has run: from the first batch's time to the coming one's, or by the clock without one.
    [[nodiscard]] std::int64_t ageFor(Timestamp batchTime, Timestamp now) const;
    /// Of its first batch; kNoTimestamp if there is none.
    [[nodiscard]] Timestamp firstTimestamp() const;

    StorageResult<void> syncData();
    StorageResult<void> syncIndexes();

    // ---- readers

    /// Adds batches from the one holding `request.from` on. 0 bytes and `next` at or behind the end of the segment if
    /// all of its batches lie before. kCorrupt if exactly what was asked for is damaged.
    [[nodiscard]] StorageResult<ReadExtent> read(const ReadRequest& request, const LeaderEpochs& epochs,
                                                 ReadBuffer& into);
    /// The first batch whose last offset is at or after `target`, by its header; nothing if there is none.
    [[nodiscard]] StorageResult<std::optional<Located>> locate(Offset target);
    /// Where the search for records at or after `target` may begin, once `largestTimestamp` has been told.
    [[nodiscard]] Offset offsetBefore(Timestamp target);
    [[nodiscard]] StorageResult<Timestamp> largestTimestamp();
    /// The same, or when the segment was made (as far as this run knows) if no record has a time.
    [[nodiscard]] Timestamp timeForRetention(Timestamp largest) const {
        return largest.value >= 0 ? largest : Timestamp(m_createdMs);
    }
    [[nodiscard]] std::int64_t indexBytes() const;
    [[nodiscard]] StorageResult<std::shared_ptr<io::File>> file() const;
    /// Keeps the descriptor, and looks at no other file from now on: one of the same name is about to take its place.
    StorageResult<void> pin();
    /// Lets the descriptor go unless somebody has read since the last call.
    void closeIfIdle();

    // ---- recovery

    /// Loads or, where they do not fit the batches, rebuilds both indexes. Runs once; later calls cost a load.
    StorageResult<void> prepareIndexes();
    /// Replaces both, as found by a scan. False if the files said just that and were left alone.
    bool setIndexes(std::vector<OffsetEntry> offsets, std::vector<TimeEntry> times, const IndexBuilder& builder);
    void setFirstTimestamp(Timestamp timestamp) { m_firstTimestamp = timestamp.value; }
    /// An index entry whose batch is where it says, as near before `below` as there is, and all entries up to it.
    struct Anchor {
        std::uint64_t position = 0;
        Offset base;
        std::vector<OffsetEntry> offsets;
        std::vector<TimeEntry> times;
    };
    /// Where a scan for what lies at or after `below` may begin; the start of the file if the indexes are of no use.
    [[nodiscard]] Anchor anchorBefore(Offset below);
    /// Forgets what a scan has found to be no batches: the file ends at `size` now.
    StorageResult<void> cutTo(const Contents& contents);

private:
    Segment(const Place& place, Offset base, Timestamp now);

    struct Start {
        SegmentPosition position = 0;
        /// What the index says of the batch there: its last offset. Nothing at the start of the file.
        std::optional<Offset> lastOffset;
    };
    /// Where to fill a buffer from, and the base offset that is expected there.
    struct FillFrom {
        std::uint64_t position = 0;
        Offset expectedBase;
        bool behindGap = false;
    };
    [[nodiscard]] static FillFrom fillFrom(const Located& located) {
        return {.position = located.position, .expectedBase = located.base, .behindGap = located.behindGap};
    }
    /// A read on its way through the file.
    struct Filling;

    [[nodiscard]] StorageResult<bool> indexesFit();
    [[nodiscard]] StorageResult<bool> tailFits(const std::optional<OffsetEntry>& last, Timestamp largest);
    [[nodiscard]] StorageResult<bool> entryFits(const TimeEntry& entry, const std::vector<OffsetEntry>& offsets);
    StorageResult<void> rebuildIndexes();
    [[nodiscard]] StorageResult<Start> startFor(Offset target);
    [[nodiscard]] StorageResult<std::optional<Located>> walk(const Start& start, Offset target);
    [[nodiscard]] StorageResult<std::optional<Located>> locateCarefully(Offset target);
    [[nodiscard]] StorageResult<ReadExtent> fill(const ReadRequest& request, const FillFrom& from,
                                                 const LeaderEpochs& epochs, ReadBuffer& into);
    /// False if there is no batch that may be added: the end, the limit, or damage, which `failure` then tells.
    [[nodiscard]] StorageResult<bool> fillOne(Filling& filling);
    /// `frameSize` bytes from here on, which the file has and the buffer does not.
    StorageResult<bool> fetchRest(Filling& filling, std::size_t frameSize);
    [[nodiscard]] StorageResult<bool> isSound(Filling& filling, const records::BatchView& batch) const;
    /// The offsets missing in front of `batch` are compaction's doing: the index knows the batch, or, where it does
    /// not, what follows does not contradict it.
    [[nodiscard]] StorageResult<bool> gapHolds(std::uint64_t position, const records::BatchView& batch) const;
    /// As many bytes as there are; fewer than the size promises if somebody has cut the file.
    StorageResult<std::size_t> readSome(std::uint64_t position, MutableByteView into) const;
    StorageResult<void> readExactly(std::uint64_t position, MutableByteView into) const;
    void rememberPosition(Offset offset, std::uint64_t position);
    [[nodiscard]] std::optional<SegmentPosition> recall(Offset offset) const;

    Place m_place;
    Offset m_base;
    std::int64_t m_createdMs;

    mutable std::mutex m_fileMutex;
    mutable std::shared_ptr<io::File> m_file;
    bool m_pinned = false;
    mutable std::atomic<bool> m_usedSinceIdleCheck{false};

    std::atomic<std::uint64_t> m_size{0};
    std::atomic<std::int64_t> m_end;
    std::atomic<std::int64_t> m_largestTimestamp{kNoTimestamp.value};
    std::atomic<std::int64_t> m_firstTimestamp{kNoTimestamp.value};

    std::mutex m_prepareMutex;
    std::atomic<bool> m_prepared{false};
    std::atomic<bool> m_sealed{false};
    bool m_broken = false;
    IndexBuilder m_builder;
    OffsetIndex m_offsetIndex;
    TimeIndex m_timeIndex;

    /// Where readers stopped: relative offset in the high half, position in the low. A consumer that reads on needs no
    /// index. Old entries stay true, for a segment only grows.
    static constexpr std::size_t kHints = 8;
    static constexpr std::uint64_t kNoHint = ~0ULL;
    mutable std::array<std::atomic<std::uint64_t>, kHints> m_hints;
    std::atomic<std::uint32_t> m_nextHint{0};
};

}  // namespace weir::storage
