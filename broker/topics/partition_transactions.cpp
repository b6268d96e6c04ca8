// SPDX-License-Identifier: GPL-3.0-or-later
// A partition's part in transactions: who may write, the marker that ends one, and what readers leave out.
#include "broker/records/batch_builder.h"
#include "broker/topics/partition.h"

namespace weir::topics {

PartitionResult<void> Partition::checkTransactional(const records::BatchView& batch,
                                                    const TransactionGate* gate) const {
    const ProducerEntry* entry = m_producers.find(batch.producerId());
    if (entry != nullptr && entry->txnFirstOffset != kNoOffset && entry->epoch == batch.producerEpoch()) {
        return {};
    }
    if (gate == nullptr) {
        return fail(PartitionErrc::kInvalidTxnState, "no transaction has added this partition");
    }
    if (auto admitted = gate->admit(m_id, batch.producerId(), batch.producerEpoch()); !admitted) {
        return admitted;
    }
    if (entry == nullptr && gate->startsAtZero() && batch.baseSequence().value != 0) {
        return fail(PartitionErrc::kOutOfOrderSequence,
                    "a transaction starts with sequence 0, not " + std::to_string(batch.baseSequence().value));
    }
    return {};
}

PartitionResult<std::optional<Appended>> Partition::checkMarker(const TransactionMarker& marker) const {
    const ProducerEntry* entry = m_producers.find(marker.producerId);
    if (entry != nullptr && marker.producerEpoch < entry->epoch) {
        return fail(PartitionErrc::kInvalidProducerEpoch,
                    "a marker of epoch " + std::to_string(marker.producerEpoch.value) + " comes after epoch " +
                        std::to_string(entry->epoch.value));
    }
    if (entry != nullptr && marker.coordinatorEpoch < entry->coordinatorEpoch) {
        return fail(PartitionErrc::kCoordinatorFenced, "a marker of an earlier coordinator");
    }
    const bool isOpen = entry != nullptr && entry->txnFirstOffset != kNoOffset;
    if (!isOpen && marker.write == TransactionMarker::Write::kOnlyIfOpen) {
        // The marker that is there may be on its way to the disk still.
        const Offset last = m_log->endOffset() - 1;
        return std::optional(Appended{.baseOffset = kNoOffset,
                                      .lastOffset = last,
                                      .logAppendTime = kNoTimestamp,
                                      .logStart = m_log->startOffset(),
                                      .duplicate = true,
                                      .committed = m_options.log.flushPolicy != storage::FlushPolicy::kDurable ||
                                                   last < m_log->committedOffset()});
    }
    return std::optional<Appended>();
}

PartitionResult<Appended> Partition::endTransaction(const TransactionMarker& marker, Timestamp now) {
    Bytes batch = records::buildEndMarker({.marker = {marker.type, marker.coordinatorEpoch},
                                           .producerId = marker.producerId,
                                           .producerEpoch = marker.producerEpoch,
                                           .now = now});
    Appended appended;
    std::optional<storage::StorageError> failure;
    {
        const std::lock_guard lock(m_appendMutex);
        if (auto serving = checkServing(); !serving) {
            return fail(std::move(serving).error());
        }
        auto answer = checkMarker(marker);
        if (!answer) {
            return fail(std::move(answer).error());
        }
        if (*answer) {
            return **answer;
        }
        records::stampBaseOffset(batch, m_log->endOffset());
        records::stampLeaderEpoch(batch, m_leaderEpoch);
        const records::BatchView stamped(batch);
        if (auto effect = m_log->append(stamped, now); effect) {
            appended = applyAppended(stamped, *effect, now);
        } else {
            failure = std::move(effect).error();
        }
    }
    return afterAppend(appended, failure);
}

void Partition::noteCompleted(const CompletedTransaction& completed, Offset segment) {
    if (!completed.isAborted) {
        return;
    }
    m_aborted->add(segment, {.producerId = completed.producerId,
                             .firstOffset = completed.firstOffset,
                             .lastOffset = completed.lastOffset,
                             .lastStableOffset = m_producers.firstUnstableOffset().value_or(completed.lastOffset + 1)});
}

std::vector<storage::AbortedTransaction> Partition::abortedWithin(storage::OffsetRange range) const {
    return m_aborted->within(range);
}

void Partition::arrangeAborted() {
    std::vector<Offset> bases;
    for (const storage::SegmentSummary& segment : m_log->segments()) {
        bases.push_back(segment.baseOffset);
    }
    if (auto done = m_aborted->arrange(bases); !done) {
        m_logger.warn("{}-{}: {}", m_id.topic, m_id.partition.value, done.error().message);
    }
}

Offset Partition::segmentOf(Offset offset) const {
    Offset base{0};
    for (const storage::SegmentSummary& segment : m_log->segments()) {
        if (segment.baseOffset <= offset) {
            base = segment.baseOffset;
        }
    }
    return base;
}

void Partition::replay(Offset from, Timestamp now) {
    const auto replayed = m_log->forEachBatch(from, [&](const records::BatchView& batch) {
        if (const auto completed = m_producers.apply(batch, now)) {
            noteCompleted(*completed, segmentOf(completed->lastOffset));
        }
        return true;
    });
    if (!replayed) {
        m_logger.error("{}-{}: producer state is incomplete: {}", m_id.topic, m_id.partition.value,
                       replayed.error().message);
    }
}

void Partition::rebuildAborted(Offset before, Timestamp now) {
    ProducerState producers;
    const auto replayed = m_log->forEachBatch(m_log->startOffset(), [&](const records::BatchView& batch) {
        if (batch.baseOffset() >= before) {
            return false;
        }
        if (const auto completed = producers.apply(batch, now); completed && completed->isAborted) {
            m_aborted->add(segmentOf(completed->lastOffset),
                           {.producerId = completed->producerId,
                            .firstOffset = completed->firstOffset,
                            .lastOffset = completed->lastOffset,
                            .lastStableOffset = producers.firstUnstableOffset().value_or(completed->lastOffset + 1)});
        }
        return true;
    });
    if (!replayed) {
        m_logger.error("{}-{}: aborted transactions are incomplete: {}", m_id.topic, m_id.partition.value,
                       replayed.error().message);
    }
}

}  // namespace weir::topics
