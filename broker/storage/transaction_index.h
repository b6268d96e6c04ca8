// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/io/file_system.h"
#include "broker/model/ids.h"
#include "broker/storage/errors.h"
#include "broker/storage/log_types.h"

namespace weir::storage {

/// A transaction that was aborted in one partition.
struct AbortedTransaction {
    ProducerId producerId;
    /// Of its first record.
    Offset firstOffset;
    /// Of its marker.
    Offset lastOffset;
    /// The last stable offset once the marker stood: nobody reads committed data at or behind it without having passed
    /// this entry.
    Offset lastStableOffset;
    bool operator==(const AbortedTransaction&) const = default;
};

/// The aborted transactions of one partition: what tells readers of committed data which records to leave out. All are
/// held in memory, 32 bytes each; on disk they stand in Kafka's `<base>.txnindex` files (AbortedTxn, TransactionIndex)
/// beside the segment that holds the marker, in the order of the markers:
///
///     int16 version (0), int64 producer id, int64 first offset, int64 last offset, int64 last stable offset
///
/// A segment without an aborted transaction has no such file. Nothing here is needed for a write to succeed: an entry
/// that the disk refuses stays in memory, and a producer snapshot, behind which nobody looks again at a start, is
/// written after `sync` only.
/// Thread safe; `add` and what changes entries are for one thread at a time.
class TransactionIndex {
public:
    static constexpr std::size_t kEntrySize = 34;

    TransactionIndex(io::FileSystem& fileSystem, io::Path folder);

    /// Reads every file of the folder. kCorrupt: one of them cannot be right, and all entries have to be found again
    /// from the log, after `cutFrom` offset 0; before that the producer snapshots go for good, since a start that comes
    /// before all is found again would trust what is there of it.
    StorageResult<void> load();
    /// Drops, in memory and on disk, the entries whose marker stands at `offset` or later; those before stay on the
    /// disk whatever happens meanwhile. After a failure `sync` does what is left: until then the file may still hold
    /// entries of transactions that the log does not know, which would hide the records of others.
    StorageResult<void> cutFrom(Offset offset);
    /// `segment` is the base offset of the segment that holds the marker.
    void add(Offset segment, const AbortedTransaction& aborted);
    /// Everything added so far is on stable storage when it returns.
    StorageResult<void> sync();
    /// Drops the entries of these markers, of which compaction is going to leave nothing for a reader to know; on
    /// stable storage when it returns.
    StorageResult<void> forget(const std::vector<Offset>& markers);
    /// Takes the entries of segments that are not there any more, since compaction has made one of several, to the
    /// segment that holds their markers now: that one's file tells of all it holds, as Kafka's cleaner leaves it, and
    /// goes with it. `segments` are the base offsets of all segments, in order; one made meanwhile is left alone. On
    /// stable storage when it returns; a crash in between leaves entries twice, which `load` mends.
    StorageResult<void> arrange(const std::vector<Offset>& segments);
    /// Entries that lie before the log's start; their files go with their segments.
    void forgetBefore(Offset logStart);

    /// Transactions with a record in `range`, by first offset: those with a marker at or behind its begin that begin
    /// before its end.
    [[nodiscard]] std::vector<AbortedTransaction> within(OffsetRange range) const;
    [[nodiscard]] std::size_t size() const;

private:
    struct Segment {
        std::vector<AbortedTransaction> entries;
        /// What the file holds is not a prefix of `entries`, or nobody knows.
        bool rewrite = false;
        bool dirty = false;
    };

    [[nodiscard]] io::Path fileOf(Offset segment) const;
    StorageResult<void> loadFile(const io::Path& file, Offset segment);
    /// Puts the last entry behind what the file holds.
    StorageResult<void> append(Offset base, Segment& segment) const;
    /// The file becomes the entries, whole or not at all, on stable storage; without any, it goes.
    StorageResult<void> replace(Offset base, Segment& segment) const;
    /// The file holds more entries behind these, and only that.
    StorageResult<void> shorten(Offset base, Segment& segment) const;
    /// What `arrange` had put elsewhere before a crash kept it from being removed here.
    void dropCopies();

    io::FileSystem& m_fileSystem;
    io::Path m_folder;
    mutable std::mutex m_mutex;
    /// By base offset of the segment; entries by marker.
    std::map<Offset, Segment> m_segments;
};

}  // namespace weir::storage
