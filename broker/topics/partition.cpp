// SPDX-License-Identifier: GPL-3.0-or-later
// Writing: appends, commits, the high watermark. Opening and housekeeping are in partition_life.cpp, reading in
// partition_read.cpp.
#include "broker/topics/partition.h"

#include <limits>
#include <new>

#include "broker/storage/log_directory.h"

namespace weir::topics {

using storage::FlushPolicy;
using storage::StorageErrc;

PartitionResult<void> Partition::checkServing() const {
    if (m_serving) {
        return {};
    }
    if (m_deleted) {
        return fail(PartitionErrc::kDeleted, "the topic was deleted");
    }
    return fail(PartitionErrc::kStorage, offlineReason());
}

PartitionError Partition::fromStorage(const storage::StorageError& error) {
    switch (error.code) {
        case StorageErrc::kOffsetOutOfRange:
            return {PartitionErrc::kOffsetOutOfRange, error.message};
        case StorageErrc::kTooLarge:
            return {PartitionErrc::kTooLargeForSegment, error.message};
        case StorageErrc::kCorrupt:
            return {PartitionErrc::kCorrupt, error.message};
        case StorageErrc::kOffline:
            goOffline(error.message);
            return {PartitionErrc::kStorage, error.message};
        case StorageErrc::kDiskFull:
            m_diskFull.store(true, std::memory_order_relaxed);
            return {PartitionErrc::kStorage, error.message};
        default:
            return {PartitionErrc::kStorage, error.message};
    }
}

PartitionResult<void> Partition::checkLeaderEpoch(LeaderEpoch known) const {
    if (known == kNoLeaderEpoch || known == m_leaderEpoch) {
        return {};
    }
    return fail(known < m_leaderEpoch ? PartitionErrc::kFencedLeaderEpoch : PartitionErrc::kUnknownLeaderEpoch,
                "the leader epoch is " + std::to_string(m_leaderEpoch.value) + ", not " + std::to_string(known.value));
}

PartitionResult<Appended> Partition::answerRetry(const ProducerBatch& original) const {
    return Appended{.baseOffset = original.firstOffset(),
                    .lastOffset = original.lastOffset,
                    .logAppendTime = kNoTimestamp,
                    .logStart = m_log->startOffset(),
                    .duplicate = true,
                    .committed = m_options.log.flushPolicy != FlushPolicy::kDurable ||
                                 original.lastOffset < m_log->committedOffset()};
}

PartitionResult<void> Partition::checkClient(const records::BatchView& batch, const TransactionGate* gate,
                                             std::optional<ProducerBatch>& duplicate) const {
    if (!batch.isIdempotent()) {
        return batch.isTransactional() ? PartitionResult<void>(fail(PartitionErrc::kInvalidTxnState,
                                                                    "a transactional batch without a producer id"))
                                       : PartitionResult<void>();
    }
    auto verdict = m_producers.check(batch);
    if (verdict) {
        // The epoch is judged before the transaction is: a fenced producer has to hear that it is (KAFKA-19690).
        duplicate = verdict->duplicate;
        return duplicate || !batch.isTransactional() ? PartitionResult<void>() : checkTransactional(batch, gate);
    }
    switch (verdict.error().code) {
        case SequenceErrc::kInvalidProducerEpoch:
            return fail(PartitionErrc::kInvalidProducerEpoch, verdict.error().message);
        case SequenceErrc::kInvalidTxnState:
            return fail(PartitionErrc::kInvalidTxnState, verdict.error().message);
        case SequenceErrc::kOutOfOrderSequence:
            break;
    }
    return fail(PartitionErrc::kOutOfOrderSequence, verdict.error().message);
}

PartitionResult<Appended> Partition::append(MutableByteView batch, const records::ValidatedBatch& validated,
                                            AppendOrigin origin, Timestamp now, const TransactionGate* gate) {
    Appended appended;
    std::optional<storage::StorageError> failure;
    {
        const std::lock_guard lock(m_appendMutex);
        if (auto serving = checkServing(); !serving) {
            return fail(std::move(serving).error());
        }
        if (origin == AppendOrigin::kClient) {
            std::optional<ProducerBatch> duplicate;
            if (auto accepted = checkClient(validated.view(), gate, duplicate); !accepted) {
                PartitionError error = std::move(accepted).error();
                // What was sent behind a batch that could not be stored fails as that one did, and comes again with it.
                // An error of order makes librdkafka take another epoch, hundreds of them while a disk is full, and
                // what it was not told of then, in whatever partition, it sends a second time under the new one.
                if (error.code == PartitionErrc::kOutOfOrderSequence &&
                    (m_producers.isBehindAwaited(validated.view()) || m_diskFull.load(std::memory_order_relaxed))) {
                    error.code = PartitionErrc::kStorage;
                }
                return fail(std::move(error));
            }
            if (duplicate) {
                return answerRetry(*duplicate);
            }
        }
        const Offset base = m_log->endOffset();
        records::stampForAppend(batch, validated, {.baseOffset = base, .leaderEpoch = m_leaderEpoch, .now = now});
        const records::BatchView stamped(batch);
        if (auto effect = m_log->append(stamped, now); effect) {
            appended = applyAppended(stamped, *effect, now);
            appended.logAppendTime = validated.usesLogAppendTime() ? now : kNoTimestamp;
        } else {
            failure = std::move(effect).error();
            if (origin == AppendOrigin::kClient && failure->code != StorageErrc::kTooLarge) {
                m_producers.await(stamped, now);
            }
        }
    }
    return afterAppend(appended, failure);
}

PartitionResult<Appended> Partition::afterAppend(PartitionResult<Appended> appended,
                                                 const std::optional<storage::StorageError>& failure) {
    // Without the lock: others are woken.
    if (failure) {
        return fail(fromStorage(*failure));
    }
    if (!appended->committed) {
        m_context.commits.request(shared_from_this());
    }
    m_parked.wakeBeyond(readableEnd(Isolation::kReadUncommitted), readableEnd(Isolation::kReadCommitted));
    return appended;
}

Appended Partition::applyAppended(const records::BatchView& batch, const storage::Log::AppendEffect& effect,
                                  Timestamp now) {
    if (effect.rolled) {
        writeProducerSnapshot(batch.baseOffset());
    }
    if (const auto completed = m_producers.apply(batch, now)) {
        // Before anybody can read beyond the marker.
        noteCompleted(*completed, m_log->activeBase());
    }
    publishFirstUnstable();
    if (batch.isTransactional()) {
        m_hasTransactions.store(true, std::memory_order_relaxed);
    }
    const bool durable = m_options.log.flushPolicy == FlushPolicy::kDurable;
    if (!durable) {
        advanceHighWatermark(batch.nextOffset());
    }
    count(batch, now);
    return {.baseOffset = batch.baseOffset(),
            .lastOffset = batch.lastOffset(),
            .logAppendTime = kNoTimestamp,
            .logStart = m_log->startOffset(),
            .duplicate = false,
            .committed = !durable && !effect.flushDue};
}

void Partition::count(const records::BatchView& batch, Timestamp now) {
    m_diskFull.store(false, std::memory_order_relaxed);
    m_recordsIn.fetch_add(batch.recordCount(), std::memory_order_relaxed);
    m_batchesIn.fetch_add(1, std::memory_order_relaxed);
    m_bytesIn.fetch_add(static_cast<std::int64_t>(batch.size()), std::memory_order_relaxed);
    m_lastAppend.store(now.value, std::memory_order_relaxed);
}

void Partition::advanceHighWatermark(Offset to) {
    WEIR_ASSERT(to <= m_log->endOffset());
    // Appends and commits may both be on their way here; the later one wins, it never goes back.
    std::int64_t current = m_highWatermark.load();
    while (current < to.value && !m_highWatermark.compare_exchange_weak(current, to.value)) {
    }
}

void Partition::publishFirstUnstable() {
    const auto first = m_producers.firstUnstableOffset();
    m_firstUnstable.store(first ? first->value : std::numeric_limits<std::int64_t>::max());
}

void Partition::whenCommitted(Offset lastOffset, CommitCallback callback) {
    bool success = true;
    {
        // The committed offset moves before the waiters are looked through, so looking at it under their lock misses
        // nothing.
        const std::lock_guard lock(m_commitMutex);
        if (lastOffset >= m_log->committedOffset()) {
            if (m_serving) {
                m_commitWaiters.push_back({lastOffset, std::move(callback)});
                return;
            }
            success = false;
        }
    }
    callback(success);
}

void Partition::commit() {
    if (!m_serving) {
        failCommitWaiters();
        return;
    }
    const auto upTo = m_log->commit();
    if (!upTo) {
        goOffline(upTo.error().message);
        return;
    }
    committed(*upTo);
}

void Partition::committed(Offset upTo) {
    // Under the other policies it is there already.
    advanceHighWatermark(upTo);
    std::vector<CommitWaiter> done;
    {
        const std::lock_guard lock(m_commitMutex);
        // What can fail comes before anybody is taken out.
        done.reserve(m_commitWaiters.size());
        std::erase_if(m_commitWaiters, [&](CommitWaiter& waiter) {
            if (waiter.lastOffset >= upTo) {
                return false;
            }
            done.push_back(std::move(waiter));
            return true;
        });
    }
    tell(done, true);
    m_parked.wakeBeyond(readableEnd(Isolation::kReadUncommitted), readableEnd(Isolation::kReadCommitted));
}

void Partition::failCommitWaiters() {
    std::vector<CommitWaiter> failed;
    {
        const std::lock_guard lock(m_commitMutex);
        failed.swap(m_commitWaiters);
    }
    tell(failed, false);
}

void Partition::tell(const std::vector<CommitWaiter>& waiters, bool committed) const {
    for (const CommitWaiter& waiter : waiters) {
        try {
            waiter.callback(committed);
        } catch (const std::bad_alloc&) {
            // It loses its connection, the others get their answers.
            m_logger.error("{}-{}: no memory to answer a request", m_id.topic, m_id.partition.value);
        }
    }
}

void Partition::goOffline(const std::string& reason) {
    {
        const std::lock_guard lock(m_reasonMutex);
        if (m_offlineReason.empty()) {
            m_offlineReason = reason;
        }
    }
    {
        // Under the waiters' lock, so that nobody starts to wait for what will not come.
        const std::lock_guard lock(m_commitMutex);
        m_serving = false;
    }
    failCommitWaiters();
    m_parked.wakeAll();
}

std::string Partition::offlineReason() const {
    const std::lock_guard lock(m_reasonMutex);
    return m_offlineReason;
}

}  // namespace weir::topics
