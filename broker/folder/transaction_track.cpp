// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/folder/transaction_track.h"

#include <algorithm>
#include <optional>

#include "broker/records/record_iterator.h"

namespace weir::folder {

namespace {

std::optional<records::EndMarker> markerOf(const records::BatchView& batch) {
    // Markers are never compressed.
    if (batch.compression() != Compression::kNone) {
        return std::nullopt;
    }
    records::RecordIterator iterator(batch.header(), batch.recordsPayload());
    RecordView record;
    return iterator.next(record) ? records::readEndMarker(record) : std::nullopt;
}

}  // namespace

void TransactionTrack::add(const records::BatchView& batch) {
    if (!batch.isIdempotent()) {
        return;
    }
    ProducerInfo& producer = m_producers[batch.producerId()];
    producer.id = batch.producerId();
    producer.epoch = batch.producerEpoch();
    producer.lastTimestamp = std::max(producer.lastTimestamp, batch.maxTimestamp());
    if (!batch.isControl()) {
        producer.lastSequence = batch.lastSequence();
        if (batch.isTransactional() && producer.txnFirstOffset == kNoOffset) {
            producer.txnFirstOffset = batch.baseOffset();
        }
        return;
    }
    const auto marker = markerOf(batch);
    if (!marker) {
        return;
    }
    producer.coordinatorEpoch = marker->coordinatorEpoch;
    if (marker->type == records::MarkerType::kAbort && producer.txnFirstOffset != kNoOffset) {
        m_aborted.push_back({producer.id, producer.txnFirstOffset, batch.baseOffset(), batch.nextOffset()});
    }
    producer.txnFirstOffset = kNoOffset;
}

void TransactionTrack::addLost(const storage::AbortedTransaction& aborted) {
    m_aborted.push_back(aborted);
    const auto known = m_producers.find(aborted.producerId);
    if (known != m_producers.end() && known->second.txnFirstOffset >= aborted.firstOffset &&
        known->second.txnFirstOffset <= aborted.lastOffset) {
        known->second.txnFirstOffset = kNoOffset;
    }
}

std::vector<ProducerInfo> TransactionTrack::producers() const {
    std::vector<ProducerInfo> all;
    all.reserve(m_producers.size());
    for (const auto& [id, producer] : m_producers) {
        all.push_back(producer);
    }
    return all;
}

Offset TransactionTrack::firstOpen() const {
    Offset first = kNoOffset;
    for (const auto& [id, producer] : m_producers) {
        if (producer.txnFirstOffset != kNoOffset && (first == kNoOffset || producer.txnFirstOffset < first)) {
            first = producer.txnFirstOffset;
        }
    }
    return first;
}

}  // namespace weir::folder
