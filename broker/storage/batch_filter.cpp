// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/batch_filter.h"

#include "broker/records/record_iterator.h"

namespace weir::storage {

using records::BatchView;

namespace {

/// What was once accepted is read back whatever its size.
constexpr std::size_t kAnySize = records::BatchBuilder::kMaxRecordBytes;

std::int64_t later(std::int64_t time, std::int64_t by) {
    return by > INT64_MAX - time ? INT64_MAX : time + by;
}

}  // namespace

bool BatchFilter::mayGoFor(const BatchView& batch) const {
    const auto horizon = batch.deleteHorizon();
    return horizon && *horizon <= m_rules.now;
}

bool BatchFilter::showsItsProducer(const BatchView& batch) const {
    if (!batch.isIdempotent()) {
        return false;
    }
    const auto found = m_rules.producers.find(batch.producerId());
    if (found == m_rules.producers.end()) {
        return false;
    }
    const ProducerTail& tail = found->second;
    return tail.lastData ? batch.lastOffset() == *tail.lastData
                         : batch.isControl() && batch.producerEpoch() == tail.epoch;
}

bool BatchFilter::keeps(const RecordView& record, const BatchView& batch) const {
    if (record.offset >= m_rules.end) {
        return true;
    }
    if (!record.key) {
        // From before the topic was compacted: there is no telling what would replace it (Kafka drops them as well).
        return false;
    }
    if (record.offset < m_rules.latest.find(*record.key)) {
        return false;
    }
    return record.value || !mayGoFor(batch);
}

StorageResult<ByteView> BatchFilter::apply(const BatchView& batch) {
    m_counts.recordsSeen += batch.recordCount();
    if (batch.baseOffset() >= m_rules.end) {
        m_counts.recordsKept += batch.recordCount();
        return batch.bytes();
    }
    bool dropsAll = false;
    bool emptyMarker = false;
    if (batch.isControl()) {
        emptyMarker = m_transactions.endsNothing(batch);
        dropsAll = emptyMarker && mayGoFor(batch);
        if (emptyMarker) {
            m_emptyMarkers.push_back(batch.baseOffset());
        }
    } else {
        m_transactions.noteData(batch);
        dropsAll = m_transactions.isAborted(batch);
    }
    m_kept.clear();
    bool tombstones = false;
    if (!dropsAll) {
        auto records = records::RecordIterator::open(batch, m_codec, m_scratch, kAnySize);
        if (!records) {
            return fail(StorageErrc::kCorrupt, records.error().message);
        }
        for (RecordView record; records->next(record);) {
            if (batch.isControl() || keeps(record, batch)) {
                tombstones = tombstones || (!record.value && !batch.isControl());
                m_counts.tombstonesKept += record.value || batch.isControl() ? 0 : 1;
                m_kept.push_back(record);
            }
        }
        if (records->error()) {
            return fail(StorageErrc::kCorrupt, "a record of the batch at offset " +
                                                   std::to_string(batch.baseOffset().value) + " cannot be read");
        }
    }
    if (m_kept.empty()) {
        if (!showsItsProducer(batch) && batch.nextOffset() != m_rules.end) {
            return ByteView{};
        }
        ++m_counts.emptyBatchesKept;
        m_empty = records::buildEmptyBatch(batch);
        return ByteView(m_empty);
    }
    m_counts.recordsKept += static_cast<std::int64_t>(m_kept.size());
    std::optional<Timestamp> horizon = batch.deleteHorizon();
    const bool setsHorizon = (tombstones || emptyMarker) && !horizon;
    if (setsHorizon) {
        horizon = Timestamp(later(m_rules.now.value, m_rules.deleteRetentionMs));
    }
    const bool whole = m_kept.size() == static_cast<std::size_t>(batch.recordCount());
    return whole && !setsHorizon ? StorageResult<ByteView>(batch.bytes()) : copyKept(batch, horizon);
}

StorageResult<ByteView> BatchFilter::copyKept(const BatchView& batch, std::optional<Timestamp> horizon) {
    m_builder.start({.compression = batch.compression().value_or(Compression::kNone),
                     .baseOffset = batch.baseOffset(),
                     .leaderEpoch = batch.leaderEpoch(),
                     .producerId = batch.producerId(),
                     .producerEpoch = batch.producerEpoch(),
                     .baseSequence = batch.baseSequence(),
                     .transactional = batch.isTransactional(),
                     .control = batch.isControl(),
                     .logAppendTime = batch.timestampType() == TimestampType::kLogAppendTime
                                          ? std::optional(batch.maxTimestamp())
                                          : std::nullopt,
                     .deleteHorizon = horizon,
                     .lastOffsetDelta = batch.lastOffsetDelta()});
    for (const RecordView& record : m_kept) {
        if (!m_builder.appendCopy(record)) {
            return fail(StorageErrc::kTooLarge, "the batch at offset " + std::to_string(batch.baseOffset().value) +
                                                    " is too large to be written again");
        }
    }
    return m_builder.finish(m_codec);
}

}  // namespace weir::storage
