// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/topics/producer_state.h"

#include <limits>
#include <utility>

#include "broker/records/record_iterator.h"

namespace weir::topics {

namespace {

bool follows(Sequence last, Sequence next) {
    return next.value == last.value + 1LL ||
           (next.value == 0 && last.value == std::numeric_limits<std::int32_t>::max());
}

std::string describe(const records::BatchView& batch) {
    return "producer " + std::to_string(batch.producerId().value) + " epoch " +
           std::to_string(batch.producerEpoch().value) + " sequence " + std::to_string(batch.baseSequence().value);
}

}  // namespace

void ProducerEntry::add(const ProducerBatch& batch) {
    if (m_count == kBatchesKept) {
        m_first = static_cast<std::uint8_t>((m_first + 1) % kBatchesKept);
        --m_count;
    }
    m_batches[(m_first + m_count) % kBatchesKept] = batch;
    ++m_count;
}

std::optional<ProducerBatch> ProducerEntry::findDuplicate(Sequence first, Sequence last) const {
    for (std::size_t i = 0; i < m_count; ++i) {
        const ProducerBatch& kept = batch(i);
        if (kept.lastSequence == last && kept.firstSequence() == first) {
            return kept;
        }
    }
    return std::nullopt;
}

Result<ProducerState::Verdict, SequenceError> ProducerState::check(const records::BatchView& batch) const {
    const auto found = m_producers.find(batch.producerId());
    if (found == m_producers.end()) {
        if (isBehindAwaited(batch)) {
            return fail(SequenceErrc::kOutOfOrderSequence,
                        describe(batch) + ": sequence " +
                            std::to_string(m_awaited.at(batch.producerId()).sequence.value) +
                            " could not be stored before");
        }
        // Nothing is known of it, perhaps because its records have expired: any start is as good as another.
        return Verdict{};
    }
    const ProducerEntry& entry = found->second;
    if (batch.producerEpoch() < entry.epoch) {
        return fail(SequenceErrc::kInvalidProducerEpoch,
                    describe(batch) + ": epoch " + std::to_string(entry.epoch.value) + " has written here");
    }
    const bool sameEpoch = batch.producerEpoch() == entry.epoch;
    if (sameEpoch) {
        if (auto duplicate = entry.findDuplicate(batch.baseSequence(), batch.lastSequence())) {
            return Verdict{.duplicate = duplicate};
        }
    }
    const Sequence last = sameEpoch && !entry.empty() ? entry.last().lastSequence : kNoSequence;
    if (!follows(last, batch.baseSequence()) && entry.epoch != kNoProducerEpoch) {
        return fail(SequenceErrc::kOutOfOrderSequence,
                    describe(batch) + ": the last one here is " + std::to_string(last.value));
    }
    if (entry.txnFirstOffset != kNoOffset && !batch.isTransactional()) {
        return fail(SequenceErrc::kInvalidTxnState, describe(batch) + ": it has a transaction open here");
    }
    return Verdict{};
}

std::optional<CompletedTransaction> ProducerState::applyMarker(const records::BatchView& batch, Timestamp now) {
    records::Codec codec;
    Bytes scratch;
    auto records = records::RecordIterator::open(batch, codec, scratch);
    RecordView record;
    if (!records || !records->next(record)) {
        // An empty control batch: the transaction has been cleaned from the log.
        return std::nullopt;
    }
    const auto marker = records::readEndMarker(record);
    if (!marker) {
        return std::nullopt;
    }
    ProducerEntry& entry = m_producers[batch.producerId()];
    if (entry.epoch != batch.producerEpoch()) {
        entry.clear();
        entry.epoch = batch.producerEpoch();
    }
    entry.coordinatorEpoch = marker->coordinatorEpoch;
    entry.lastTimestamp = record.timestamp;
    entry.lastSeen = now;
    if (entry.txnFirstOffset == kNoOffset) {
        return std::nullopt;
    }
    m_openTxns.erase(entry.txnFirstOffset);
    return CompletedTransaction{.producerId = batch.producerId(),
                                .firstOffset = std::exchange(entry.txnFirstOffset, kNoOffset),
                                .lastOffset = batch.lastOffset(),
                                .isAborted = marker->type == records::MarkerType::kAbort};
}

std::optional<CompletedTransaction> ProducerState::apply(const records::BatchView& batch, Timestamp now) {
    if (!batch.isIdempotent()) {
        return std::nullopt;
    }
    if (batch.isControl()) {
        return applyMarker(batch, now);
    }
    m_awaited.erase(batch.producerId());
    ProducerEntry& entry = m_producers[batch.producerId()];
    if (entry.epoch != batch.producerEpoch()) {
        entry.clear();
        entry.epoch = batch.producerEpoch();
    }
    entry.add({.lastSequence = batch.lastSequence(),
               .lastOffset = batch.lastOffset(),
               .offsetDelta = batch.lastOffsetDelta(),
               .timestamp = batch.maxTimestamp()});
    entry.lastTimestamp = batch.maxTimestamp();
    entry.lastSeen = now;
    if (batch.isTransactional() && entry.txnFirstOffset == kNoOffset) {
        entry.txnFirstOffset = batch.baseOffset();
        m_openTxns.emplace(batch.baseOffset(), batch.producerId());
    }
    return std::nullopt;
}

void ProducerState::await(const records::BatchView& batch, Timestamp now) {
    if (!batch.isIdempotent()) {
        return;
    }
    const auto found = m_awaited.find(batch.producerId());
    const bool isKnown = found != m_awaited.end() && found->second.epoch >= batch.producerEpoch();
    if (!isKnown && m_awaited.size() < kMostAwaited) {
        m_awaited[batch.producerId()] = {batch.producerEpoch(), batch.baseSequence(), now};
    }
}

bool ProducerState::isBehindAwaited(const records::BatchView& batch) const {
    const auto awaited = m_awaited.find(batch.producerId());
    return awaited != m_awaited.end() && awaited->second.epoch == batch.producerEpoch() &&
           awaited->second.sequence != batch.baseSequence();
}

std::optional<Offset> ProducerState::firstUnstableOffset() const {
    return m_openTxns.empty() ? std::nullopt : std::optional(m_openTxns.begin()->first);
}

std::size_t ProducerState::expire(Timestamp now, std::int64_t expiryMs) {
    std::erase_if(m_awaited, [&](const auto& awaited) { return now - awaited.second.since >= expiryMs; });
    return std::erase_if(m_producers, [&](const auto& producer) {
        const ProducerEntry& entry = producer.second;
        return entry.txnFirstOffset == kNoOffset && now - entry.lastSeen >= expiryMs;
    });
}

const ProducerEntry* ProducerState::find(ProducerId id) const {
    const auto found = m_producers.find(id);
    return found == m_producers.end() ? nullptr : &found->second;
}

std::vector<ProducerSummary> ProducerState::summaries() const {
    std::vector<ProducerSummary> all;
    all.reserve(m_producers.size());
    for (const auto& [id, entry] : m_producers) {
        all.push_back({.id = id,
                       .epoch = entry.epoch,
                       .lastSequence = entry.empty() ? kNoSequence : entry.last().lastSequence,
                       .lastTimestamp = entry.lastTimestamp,
                       .coordinatorEpoch = entry.coordinatorEpoch,
                       .txnFirstOffset = entry.txnFirstOffset});
    }
    return all;
}

storage::ProducerTails ProducerState::tails() const {
    storage::ProducerTails all;
    all.reserve(m_producers.size());
    for (const auto& [id, entry] : m_producers) {
        all.emplace(
            id, storage::ProducerTail{.lastData = entry.empty() ? std::nullopt : std::optional(entry.last().lastOffset),
                                      .epoch = entry.epoch});
    }
    return all;
}

}  // namespace weir::topics
