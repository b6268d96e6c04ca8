// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/model/ids.h"
#include "broker/records/batch_validator.h"
#include "broker/storage/commit_queue.h"
#include "broker/storage/log.h"
#include "broker/storage/transaction_index.h"
#include "broker/topics/parked_fetches.h"
#include "broker/topics/partition_types.h"
#include "broker/topics/producer_state.h"

namespace weir::storage {
struct CompactionReport;
struct CompactionRound;
struct DirtyRange;
class LogDirectory;
}  // namespace weir::storage

namespace weir::topics {

/// The special timestamps of ListOffsets.
struct OffsetQuery {
    static constexpr std::int64_t kLatest = -1;
    static constexpr std::int64_t kEarliest = -2;
    static constexpr std::int64_t kMaxTimestamp = -3;
    static constexpr std::int64_t kEarliestLocal = -4;
    static constexpr std::int64_t kLatestTiered = -5;
    static constexpr std::int64_t kEarliestPendingUpload = -6;
};

/// Called once, on any thread, outside all locks; false if the flush failed and the records must not be acknowledged.
using CommitCallback = std::function<void(bool committed)>;

/// One partition: where offsets are born. Thread safe: appends queue up in one short critical section (check sequence,
/// assign, stamp, write, publish), everything that reads runs beside it without waiting for its I/O.
///
/// Offsets move through one function that asserts their order. The high watermark is the log end, except under
/// FlushPolicy::kDurable, where it is what fdatasync has covered: readers never see what a power cut could take back.
///
/// After a failed write the log is cut back and the partition goes on (a full disk heals by itself). After a failed
/// sync or a failed cut-back it is offline until restart, because nobody can know what the disk holds.
class Partition final : public storage::Committable, public std::enable_shared_from_this<Partition> {
public:
    /// Opens the log of `id`, recovering it if the last stop was not clean, or makes it if there is none. Afterwards
    /// batches are written under an epoch above every earlier one if anything may have been lost.
    [[nodiscard]] static PartitionResult<std::shared_ptr<Partition>> open(const PartitionContext& context,
                                                                          TopicPartition id, TopicId topicId,
                                                                          PartitionOptions options);
    ~Partition() override;
    Partition(const Partition&) = delete;
    Partition& operator=(const Partition&) = delete;

    [[nodiscard]] const TopicPartition& id() const { return m_id; }
    [[nodiscard]] const TopicId& topicId() const { return m_topicId; }
    [[nodiscard]] LeaderEpoch leaderEpoch() const { return m_leaderEpoch; }
    /// 74 or 75 if the client knows another epoch; kNoLeaderEpoch passes.
    [[nodiscard]] PartitionResult<void> checkLeaderEpoch(LeaderEpoch known) const;

    /// Appends one validated batch: `batch` is the bytes behind `validated`, or a copy of them, into which base offset,
    /// leader epoch and, where the topic asks, the append time are stamped. They are no longer needed when it returns.
    [[nodiscard]] PartitionResult<Appended> append(MutableByteView batch, const records::ValidatedBatch& validated,
                                                   AppendOrigin origin, Timestamp now,
                                                   const TransactionGate* gate = nullptr);
    /// Ends the producer's transaction here: one control batch at one offset. Readers of committed data get on when it
    /// stands. kInvalidProducerEpoch if a newer incarnation has written here.
    [[nodiscard]] PartitionResult<Appended> endTransaction(const TransactionMarker& marker, Timestamp now);
    /// For an append that is not `committed`: calls back once everything up to `lastOffset` may be acknowledged.
    void whenCommitted(Offset lastOffset, CommitCallback callback);

    /// Adds whole, CRC-checked batches to `into`. Nothing at the end of the log is a success with 0 bytes.
    [[nodiscard]] PartitionResult<Fetched> fetch(const FetchRequest& request, storage::ReadBuffer& into);
    /// Bytes that a fetch from `from` could return, counted up to `enough`: what min_bytes is compared with.
    [[nodiscard]] std::size_t readableBytes(Offset from, Isolation isolation, std::size_t enough);
    /// Parks until there is something to read at or after `seenEnd`, the readable end the fetch has seen; false if
    /// there is by now. A partition that goes offline or is deleted wakes everybody.
    [[nodiscard]] bool park(std::shared_ptr<ParkedFetch> fetch, Isolation isolation, Offset seenEnd);
    void unpark(const ParkedFetch* fetch) { m_parked.unpark(fetch); }

    /// ListOffsets: a special timestamp of OffsetQuery, or the first record at or after a time. Offset kNoOffset, no
    /// error, if there is none.
    [[nodiscard]] PartitionResult<storage::TimestampedOffset> offsetFor(std::int64_t timestamp, Isolation isolation);
    /// OffsetForLeaderEpoch.
    [[nodiscard]] storage::LeaderEpochs::EpochEnd endOfEpoch(LeaderEpoch requested) const;
    /// DeleteRecords: moves the log start, durably; kNoOffset means the high watermark. Returns the new log start.
    [[nodiscard]] PartitionResult<Offset> deleteRecordsBefore(Offset before);

    [[nodiscard]] PartitionOffsets offsets() const;
    [[nodiscard]] Offset readableEnd(Isolation isolation) const;
    /// By the batch that the last fetch began with; kOrdinary before the first.
    [[nodiscard]] RecordKind lastFetchedKind() const { return m_lastFetchedKind.load(std::memory_order_relaxed); }
    [[nodiscard]] PartitionCounters counters() const;
    [[nodiscard]] std::int64_t sizeBytes() const;
    [[nodiscard]] std::int32_t segmentCount() const;
    [[nodiscard]] std::vector<storage::SegmentSummary> segments() const;
    [[nodiscard]] std::vector<storage::DamageReport> damage() const;
    [[nodiscard]] std::vector<ProducerSummary> producers() const;
    /// Transactions aborted here with records in `range`; for the cleaner and the window.
    [[nodiscard]] std::vector<storage::AbortedTransaction> abortedWithin(storage::OffsetRange range) const;
    /// A marker stands in the log, or a transaction has begun: offsets are not records any more.
    [[nodiscard]] bool hasTransactions() const { return m_hasTransactions.load(std::memory_order_relaxed); }
    /// Why the partition serves nothing; empty when it serves.
    [[nodiscard]] std::string offlineReason() const;
    /// The last append found the disk full; the next one that succeeds takes it back.
    [[nodiscard]] bool isDiskFull() const { return m_diskFull.load(std::memory_order_relaxed); }

    void setOptions(const PartitionOptions& options);
    /// Housekeeping: retention, flush.ms and interval flushes, expiry of producers, removal of renamed segments.
    void housekeep(Timestamp now);
    /// What a compaction would look at, if the topic is compacted and it is time for one.
    [[nodiscard]] std::optional<storage::DirtyRange> compactionDue(Timestamp now) const;
    /// How far compaction has come, for the window.
    [[nodiscard]] CompactionState compactionState(Timestamp now) const;
    /// One round on this thread, beside everything else; one at a time. `round.producers` is filled in here.
    PartitionResult<storage::CompactionReport> compact(storage::CompactionRound round);
    /// Makes everything durable, now. Used by clean stops and tests.
    PartitionResult<void> flush();
    /// Clean stop: snapshot of the producers, indexes written out, everything durable. No call but the destructor
    /// after.
    PartitionResult<void> close();
    /// The topic is deleted: the files are set aside, parked fetches wake, every later call fails with kDeleted.
    PartitionResult<void> remove();

    /// For the commit queue only.
    void commit() override;

private:
    struct CommitWaiter {
        Offset lastOffset;
        CommitCallback callback;
    };

    Partition(const PartitionContext& context, TopicPartition id, TopicId topicId, PartitionOptions options);

    PartitionResult<void> openFiles();
    PartitionResult<void> openLog();
    PartitionResult<void> loadProducers();
    [[nodiscard]] PartitionResult<void> checkServing() const;
    /// Takes the partition offline if the log is. Not with a lock held.
    PartitionError fromStorage(const storage::StorageError& error);
    [[nodiscard]] PartitionResult<Appended> answerRetry(const ProducerBatch& original) const;
    /// A client's batch against what is known of its producer; sets `duplicate` for a retry.
    [[nodiscard]] PartitionResult<void> checkClient(const records::BatchView& batch, const TransactionGate* gate,
                                                    std::optional<ProducerBatch>& duplicate) const;
    [[nodiscard]] PartitionResult<void> checkTransactional(const records::BatchView& batch,
                                                           const TransactionGate* gate) const;
    /// nullopt: to be written. Otherwise the answer.
    [[nodiscard]] PartitionResult<std::optional<Appended>> checkMarker(const TransactionMarker& marker) const;
    PartitionResult<Appended> afterAppend(PartitionResult<Appended> appended,
                                          const std::optional<storage::StorageError>& failure);
    void noteCompleted(const CompletedTransaction& completed, Offset segment);
    void replay(Offset from, Timestamp now);
    void rebuildAborted(Offset before, Timestamp now);
    [[nodiscard]] Offset segmentOf(Offset offset) const;
    /// The index of aborted transactions follows what compaction has made of the segments.
    void arrangeAborted();
    [[nodiscard]] Appended applyAppended(const records::BatchView& batch, const storage::Log::AppendEffect& effect,
                                         Timestamp now);
    /// The one place where the high watermark moves.
    void advanceHighWatermark(Offset to);
    void publishFirstUnstable();
    /// They are gone from stable storage when it returns.
    PartitionResult<void> removeSnapshots(const std::vector<Offset>& ends);
    void writeProducerSnapshot(Offset at);
    void count(const records::BatchView& batch, Timestamp now);
    void committed(Offset upTo);
    void failCommitWaiters();
    void tell(const std::vector<CommitWaiter>& waiters, bool committed) const;
    void goOffline(const std::string& reason);

    PartitionContext m_context;
    TopicPartition m_id;
    TopicId m_topicId;
    Logger m_logger;
    LeaderEpoch m_leaderEpoch;
    std::unique_ptr<storage::Log> m_log;
    std::unique_ptr<storage::TransactionIndex> m_aborted;

    /// The critical section; guards m_producers and m_options, and orders writes to m_log.
    mutable std::mutex m_appendMutex;
    PartitionOptions m_options;
    ProducerState m_producers;

    std::atomic<std::int64_t> m_highWatermark{0};
    /// First offset of the oldest open transaction; int64 max without one.
    std::atomic<std::int64_t> m_firstUnstable;

    std::mutex m_commitMutex;
    std::vector<CommitWaiter> m_commitWaiters;

    ParkedFetches m_parked;

    std::atomic<bool> m_serving{true};
    std::atomic<bool> m_deleted{false};
    std::atomic<bool> m_diskFull{false};
    std::atomic<bool> m_hasTransactions{false};
    mutable std::mutex m_roundMutex;
    LastCompaction m_lastRound;
    mutable std::mutex m_reasonMutex;
    std::string m_offlineReason;

    std::atomic<std::int64_t> m_recordsIn{0};
    std::atomic<std::int64_t> m_batchesIn{0};
    std::atomic<std::int64_t> m_bytesIn{0};
    std::atomic<std::int64_t> m_bytesOut{0};
    std::atomic<RecordKind> m_lastFetchedKind{RecordKind::kOrdinary};
    std::atomic<std::int64_t> m_lastAppend{kNoTimestamp.value};
};

}  // namespace weir::topics
