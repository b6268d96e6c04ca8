// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "broker/base/log.h"
#include "broker/storage/errors.h"
#include "broker/storage/leader_epochs.h"
#include "broker/storage/log_options.h"
#include "broker/storage/log_types.h"
#include "broker/storage/segment.h"

namespace weir::storage {

class LogDirectory;

/// From the files of a folder to segments that can be served.
///
/// After a clean stop only the tail behind the last index entry of the last segment is looked at. Otherwise every batch
/// from the recovery point on is checked (see BatchScanner). What is no batch is copied to `.quarantine`, made durable
/// there, and only then cut away:
///
///   - at the end of a segment: the file is cut at the last valid batch. Later segments stay (Kafka drops them).
///   - in the middle: what follows the damage is copied into a segment of its own, named by its first offset, and the
///     damaged one is cut. Every file that remains is an ordinary Kafka segment with valid batches only; the offsets in
///     between are a gap, reported as DamageReport.
///
/// A crash during recovery leaves files from which it starts again.
class Recovery {
public:
    struct Request {
        LogDirectory& directory;
        TopicPartition partition;
        const LogOptions& options;
        LeaderEpochs& epochs;
        Timestamp now;
    };
    struct Recovered {
        std::vector<std::shared_ptr<Segment>> segments;
        Offset start;
        /// Also of epochs whose records are lost: none may be used again.
        std::optional<LeaderEpoch> highestEpoch;
        std::vector<DamageReport> damage;
        /// Before this all is on stable storage, indexes included. Behind it indexes are in memory only, for want of
        /// room; without one no file lacks anything.
        std::optional<Offset> indexedUpTo;
        /// False if the name of an active segment in which nothing stands may yet have to be synced.
        bool namesSynced = true;
    };

    explicit Recovery(const Request& request);
    [[nodiscard]] StorageResult<Recovered> run();

private:
    struct OnDisk {
        Offset base;
        std::uint64_t size = 0;
    };
    /// What a scan of one segment found.
    struct Scan {
        Segment::Contents valid;
        Segment::Anchor anchor;
        IndexBuilder builder;
        std::optional<ByteRange> damaged;
        /// Offset of the valid batch behind the damage; nothing if none follows.
        std::optional<Offset> goesOnAt;
    };

    StorageResult<void> finishSwaps();
    StorageResult<void> finishSwap(Offset base, const std::vector<Offset>& logs);
    StorageResult<Offset> endOfSwap(const io::Path& swap, Offset base);
    StorageResult<std::vector<OnDisk>> listSegments();
    StorageResult<void> recoverSegment(std::size_t index);
    StorageResult<Scan> scan(Segment& segment, Offset limit, bool last);
    StorageResult<void> repair(Segment& segment, const Scan& scan, std::size_t index);
    StorageResult<io::Path> quarantine(Segment& segment, ByteRange where);
    StorageResult<void> splitOff(Segment& segment, ByteRange rest, Offset base);
    StorageResult<void> copy(io::File& from, ByteRange where, const io::Path& to);
    StorageResult<void> finishEpochs();
    /// Of a segment in which nothing valid was left, unless a split has taken over its name.
    StorageResult<void> removeEmptyFiles(const Segment& segment, bool nameTakenOver);

    Request m_request;
    io::FileSystem& m_fileSystem;
    io::Path m_folder;
    Logger m_logger;
    /// The checkpoint was there. Without it the batches' own epochs are believed.
    bool m_epochsKnown;
    bool m_clean;
    Offset m_recoveryPoint;
    /// Something was found that lies behind the recovery point.
    bool m_namesInDoubt = false;
    std::vector<OnDisk> m_onDisk;
    Recovered m_recovered;
};

}  // namespace weir::storage
