// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/log.h"
#include "broker/model/ids.h"
#include "broker/records/batch_header.h"
#include "broker/storage/errors.h"
#include "broker/storage/leader_epochs.h"
#include "broker/storage/log_options.h"
#include "broker/storage/log_types.h"
#include "broker/storage/read_buffer.h"

namespace weir::storage {

class CleanedFile;
class LogDirectory;
class Segment;
using SegmentList = std::vector<std::shared_ptr<Segment>>;

/// One partition's records on disk: segments in offset order, the last one active. Knows offsets and bytes, nothing of
/// producers or clients.
///
/// Thread safe. Writers (append, roll, retention, deleting records) take turns at one lock; readers take an immutable
/// list of segments and never wait for a writer's I/O. `flush` holds up neither.
/// An append that fails leaves the log as it was. After a failed sync, or when a failed write could not be cut back,
/// the log is offline: every call fails until it is opened anew, for nobody knows what the disk holds.
class Log {
public:
    /// What to open and how the last stop went.
    struct Where {
        LogDirectory& directory;
        TopicPartition partition;
    };
    struct AppendEffect {
        /// The batch started a new segment.
        bool rolled = false;
        /// flush.messages is reached: the batch may be acknowledged only after a flush.
        bool flushDue = false;
    };
    /// Opens the log, or makes it if its folder is empty. After an unclean stop everything from the recovery point on
    /// is checked batch by batch; `damage` tells what could not be read and where it is kept.
    [[nodiscard]] static StorageResult<std::unique_ptr<Log>> open(const Where& where, const LogOptions& options,
                                                                  Timestamp now);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    // ---- writing

    /// Appends one batch, stamped with its final base offset (the log end, or above) and leader epoch. Rolls first
    /// where segment.bytes, segment.ms, a full index or the range of relative offsets asks for it.
    StorageResult<AppendEffect> append(const records::BatchView& batch, Timestamp now);
    /// Syncs everything appended before the call, data and indexes; the recovery point moves there. Returns it.
    StorageResult<Offset> flush();
    /// As `flush`, for an acknowledgement: syncs the data of the segments, not their indexes, which recovery rebuilds.
    /// The recovery point stays. Returns the offset that is covered.
    StorageResult<Offset> commit();
    /// Records before `offset` are gone for readers, durably; whole segments below go to removal.
    StorageResult<void> deleteRecordsBefore(Offset offset, Timestamp now);
    /// retention.ms, retention.bytes and the log start, for what lies below `upTo` (the high watermark). Returns how
    /// many segments went.
    StorageResult<std::size_t> applyRetention(Offset upTo, Timestamp now);
    /// Puts what compaction made of `sources`, neighbours that are not active, into their place; readers of the old
    /// ones read on. False, and nothing is changed, if they are not the log's any more or it was closed.
    StorageResult<bool> replaceSegments(const SegmentList& sources, CleanedFile& cleaned, Timestamp now);
    /// Removes files renamed at least file.delete.delay.ms ago. Returns how many.
    std::size_t removeDeletedFiles(Timestamp now);
    /// Lets go of descriptors of segments that nobody has read since the last call.
    void closeIdleFiles();
    void setOptions(const LogOptions& options);
    /// Writes the last index entries, syncs, and forbids everything but the destructor.
    StorageResult<void> close();

    // ---- reading

    /// Adds whole batches to `into`, each checked by CRC; from one segment at a time.
    [[nodiscard]] StorageResult<ReadExtent> read(const ReadRequest& request, ReadBuffer& into) const;
    /// Bytes of the batches from `from` up to `upTo`, counted until `enough`.
    [[nodiscard]] StorageResult<std::size_t> bytesBetween(OffsetRange range, std::size_t enough) const;
    /// The first record at or after `target` among the offsets of `within`; nothing if there is none.
    [[nodiscard]] StorageResult<std::optional<TimestampedOffset>> findByTime(Timestamp target,
                                                                             OffsetRange within) const;
    /// The first record with the largest timestamp among the offsets of `within`.
    [[nodiscard]] StorageResult<std::optional<TimestampedOffset>> findLatestTime(OffsetRange within) const;
    /// Every batch from the one that holds `from` on, in order, until `visit` says false. For rebuilding state.
    StorageResult<void> forEachBatch(Offset from, const std::function<bool(const records::BatchView&)>& visit) const;

    /// The segments at this instant, the last one active; for compaction.
    [[nodiscard]] std::shared_ptr<const SegmentList> segmentList() const { return list(); }
    [[nodiscard]] Offset startOffset() const { return Offset(m_start.load()); }
    [[nodiscard]] Offset endOffset() const { return Offset(m_end.load()); }
    /// Everything below has been synced by `commit` or `flush`.
    [[nodiscard]] Offset committedOffset() const { return Offset(m_committed.load()); }
    /// Whole segments wait for a flush: what Kafka flushes when it rolls.
    [[nodiscard]] bool hasUnflushedSegments() const;
    [[nodiscard]] Offset recoveryPoint() const { return Offset(m_recoveryPoint.load()); }
    /// Wall time of the oldest append that no flush has covered; nothing if all is flushed.
    [[nodiscard]] std::optional<Timestamp> dirtySince() const;
    [[nodiscard]] std::int64_t sizeBytes() const;
    [[nodiscard]] std::int32_t segmentCount() const;
    [[nodiscard]] std::vector<SegmentSummary> segments() const;
    [[nodiscard]] std::vector<DamageReport> damage() const;
    /// Base offset of the segment that the next append goes to unless it rolls.
    [[nodiscard]] Offset activeBase() const;
    /// What is appended from now on is of `epoch`; see LeaderEpochs::assign. Before the first append.
    StorageResult<void> beginEpoch(LeaderEpoch epoch);
    [[nodiscard]] LeaderEpochs& epochs() { return *m_epochs; }
    [[nodiscard]] const LeaderEpochs& epochs() const { return *m_epochs; }
    [[nodiscard]] const io::Path& folder() const { return m_folder; }
    [[nodiscard]] io::FileSystem& fileSystem() const { return m_fileSystem; }
    /// The stop before this start was not clean: what was acknowledged without a flush may be missing.
    [[nodiscard]] bool wasScanned() const { return m_wasScanned; }
    /// The highest leader epoch ever seen here, also if its records are lost.
    [[nodiscard]] std::optional<LeaderEpoch> highestEpoch() const { return m_highestEpoch; }
    [[nodiscard]] bool isOffline() const { return m_offline.load(); }

private:
    using ListPointer = std::shared_ptr<const SegmentList>;
    struct Removal {
        io::Path file;
        Timestamp since;
    };

    Log(const Where& where, const LogOptions& options);

    [[nodiscard]] ListPointer list() const;
    void publish(SegmentList segments);
    [[nodiscard]] StorageResult<void> checkUsable() const;
    StorageError wentOffline(StorageError why);
    [[nodiscard]] bool mustRoll(const Segment& active, const records::BatchView& batch, Timestamp now) const;
    StorageResult<void> roll(Offset base, Timestamp now);
    enum class SyncDepth : std::uint8_t { kData, kDataAndIndexes };
    StorageResult<Offset> sync(SyncDepth depth);
    StorageResult<void> dropSegments(std::size_t count, Timestamp now);
    StorageResult<void> commitSwap(const CleanedFile& cleaned);
    StorageResult<void> finishSwap(const SegmentList& sources, const CleanedFile& cleaned, Timestamp now);
    [[nodiscard]] std::size_t expiredSegments(const SegmentList& segments, Offset upTo, Timestamp now) const;
    [[nodiscard]] std::int64_t jitterFor(Offset base) const;
    [[nodiscard]] StorageResult<ReadExtent> readFrom(const ListPointer& segments, const ReadRequest& request,
                                                     ReadBuffer& into) const;
    [[nodiscard]] StorageResult<std::optional<TimestampedOffset>> findInSegment(Segment& segment, Timestamp target,
                                                                                OffsetRange within) const;
    void noteDamage(const StorageError& error, Offset at) const;

    LogDirectory& m_directory;
    io::FileSystem& m_fileSystem;
    TopicPartition m_partition;
    io::Path m_folder;
    Logger m_logger;
    std::unique_ptr<LeaderEpochs> m_epochs;
    bool m_wasScanned = false;
    std::optional<LeaderEpoch> m_highestEpoch;

    /// Taken before m_writeMutex by whoever takes segments out of the list, for as long as that takes.
    std::mutex m_structureMutex;
    bool m_closed = false;

    /// Taken by writers, for as long as they write.
    mutable std::mutex m_writeMutex;
    LogOptions m_options;
    std::deque<Removal> m_removals;

    /// One sync at a time; never taken with m_writeMutex held by a thread that waits for I/O.
    std::mutex m_flushMutex;

    /// Guards the pointer only: held for as long as copying it takes.
    mutable std::mutex m_listMutex;
    ListPointer m_segments;

    std::atomic<std::int64_t> m_start{0};
    std::atomic<std::int64_t> m_end{0};
    std::atomic<std::int64_t> m_recoveryPoint{0};
    std::atomic<std::int64_t> m_committed{0};
    std::atomic<std::int64_t> m_dirtySince{kNoTimestamp.value};
    std::atomic<std::int64_t> m_unflushedRecords{0};
    /// A segment was made whose name is not yet on stable storage.
    std::atomic<bool> m_namesDirty{false};
    std::atomic<bool> m_offline{false};

    mutable std::mutex m_damageMutex;
    mutable std::vector<DamageReport> m_damage;
};

}  // namespace weir::storage
