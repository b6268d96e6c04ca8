// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "broker/folder/found_logs.h"
#include "broker/folder/transaction_track.h"
#include "broker/model/log_folder.h"
#include "broker/storage/batch_scanner.h"
#include "broker/storage/transaction_index.h"

namespace weir::folder {

struct SegmentContents {
    Offset base;
    /// After its last whole batch.
    Offset next;
    io::Path file;
    std::uint64_t size = 0;
    Timestamp maxTimestamp = kNoTimestamp;
    /// What is no batch, in order.
    std::vector<storage::ByteRange> damaged;
};

/// A batch from which reading can begin; there is one every 64 KiB, at every start of a segment and behind damage.
struct Place {
    Offset base;
    std::size_t segment = 0;
    std::uint64_t position = 0;
    /// Of the batches from here to the next place.
    Timestamp maxTimestamp = kNoTimestamp;
};

/// A log as it stands in its folder. Immutable.
struct PartitionContents {
    /// In order; without those that lie below the log's start.
    std::vector<SegmentContents> segments;
    std::vector<Place> places;
    /// By the offset of the marker.
    std::vector<storage::AbortedTransaction> aborted;
    std::vector<ProducerInfo> producers;
    std::vector<FolderDamage> damage;
    Offset logStart{0};
    Offset end{0};
    Offset lastStable{0};
    LeaderEpoch leaderEpoch{0};
    Timestamp maxTimestamp = kNoTimestamp;
    /// Without markers.
    std::int64_t records = 0;
    std::int64_t bytes = 0;
};

/// Reads every batch of a log and checks its CRC. What is damaged is reported and left out; nothing that can be
/// guessed right is needed from the index files. One thread, one log; memory for a MiB, or for the largest batch.
class PartitionScan {
public:
    /// `read` counts the bytes that were looked at, for progress; once `stop` is set nothing comes any more.
    struct Watch {
        std::atomic<std::int64_t>& read;
        const std::atomic<bool>& stop;
    };
    PartitionScan(io::FileSystem& disk, const PartitionFolder& folder, Watch watch);

    /// Nothing if it was stopped. An error only if the folder itself cannot be read.
    [[nodiscard]] storage::StorageResult<std::optional<PartitionContents>> run();

private:
    struct OnDisk {
        Offset base;
        std::uint64_t size = 0;
        std::string name;
    };
    /// Bytes that are no batches, behind the last one that was good.
    struct Gap {
        storage::ByteRange where;
        /// The offset that should have come.
        Offset expected;
    };
    storage::StorageResult<std::vector<OnDisk>> list();
    /// Puts the outcome of a compaction, which a crash left beside the segments that it was made of, in their place.
    void takeSwaps(std::vector<OnDisk>& files, const std::vector<OnDisk>& swaps);
    void scanSegment(const OnDisk& file, Offset limit, bool isLast);
    /// Says what is not there although other files tell that it was.
    void reportMissing(Offset from, Offset until);
    void reportMissingEnd();
    void take(const records::BatchView& batch, std::uint64_t position);
    void damaged(io::File& file, storage::ByteRange where, storage::OffsetRange lost);
    void loseMarkers(storage::OffsetRange lost, const std::vector<storage::AbortedTransaction>& known);
    void report(std::string file, std::uint64_t position, std::uint64_t bytes, storage::OffsetRange lost,
                std::string what);

    io::FileSystem& m_disk;
    const PartitionFolder& m_folder;
    Watch m_watch;
    /// Offsets of index files without their log.
    std::vector<Offset> m_orphans;
    PartitionContents m_contents;
    TransactionTrack m_transactions;
    /// A place is due with the next batch.
    bool m_wantsPlace = true;
    std::uint64_t m_placedAt = 0;
};

/// The bytes in the segment files of a log, without reading them; what cannot be looked at counts nothing.
[[nodiscard]] std::int64_t sizeOnDisk(io::FileSystem& disk, const io::Path& folder);

}  // namespace weir::folder
