// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/records/chunk_builder.h"

#include <memory>
#include <utility>

namespace weir::records {

namespace {

BatchInfo infoOf(const BatchView& batch, Compression compression) {
    BatchInfo info;
    info.baseOffset = batch.baseOffset();
    info.lastOffset = batch.lastOffset();
    info.recordCount = batch.recordCount();
    info.sizeBytes = static_cast<std::int32_t>(batch.size());
    info.compression = compression;
    info.timestampType = batch.timestampType();
    info.leaderEpoch = batch.leaderEpoch();
    info.producerId = batch.producerId();
    info.producerEpoch = batch.producerEpoch();
    info.baseSequence = batch.baseSequence();
    info.isTransactional = batch.isTransactional();
    info.isControl = batch.isControl();
    return info;
}

}  // namespace

Result<bool, std::string> ChunkBuilder::add(const BatchView& batch) {
    const auto compression = batch.compression();
    if (!compression) {
        return fail(damaged(batch, "an unknown compression"));
    }
    if (batch.isControl() && !m_request.includeControl) {
        m_chunk.next = batch.nextOffset();
        return true;
    }
    const auto plain = plainRecords(batch, m_codec, m_scratch);
    if (!plain) {
        return fail(damaged(batch, plain.error().message));
    }
    RecordIterator records(batch.header(), *plain);
    const std::size_t before = m_chunk.records.size();
    const bool isComplete = m_sieve == nullptr ? takeAll(records) : takeSieved(records, batch, *plain);
    if (isComplete && records.error()) {
        return fail(damaged(batch, "its records contradict its header"));
    }
    if (m_chunk.records.size() != before) {
        m_chunk.batches.push_back(infoOf(batch, *compression));
        if (*compression != Compression::kNone) {
            // The views point into this memory, which moves with it.
            m_chunk.memory.push_back(std::make_shared<const Bytes>(std::move(m_scratch)));
            m_scratch = {};
        }
    }
    if (isComplete) {
        m_chunk.next = batch.nextOffset();
    }
    return isComplete;
}

bool ChunkBuilder::takeAll(RecordIterator& records) {
    for (RecordView record; records.next(record);) {
        if (record.offset >= m_request.from && !take(record)) {
            return false;
        }
    }
    return true;
}

// Records between the places that the sieve names are walked over, and behind the last place not even that.
bool ChunkBuilder::takeSieved(RecordIterator& records, const BatchView& batch, ByteView plain) {
    std::size_t place = m_sieve->find(plain, 0);
    std::size_t end = 0;
    for (RecordView record; place != RecordSieve::kNowhere && records.next(record);) {
        end += static_cast<std::size_t>(record.sizeBytes);
        if (place >= end) {
            continue;
        }
        if (record.offset >= m_request.from && !take(record)) {
            return false;
        }
        place = m_sieve->find(plain, end);
    }
    if (m_request.until != kNoOffset && batch.nextOffset() >= m_request.until) {
        m_chunk.next = m_request.until;
        return false;
    }
    return true;
}

// False: this record lies beyond the range or the number of records.
bool ChunkBuilder::take(RecordView& record) {
    const bool isBeyond = m_request.until != kNoOffset && record.offset >= m_request.until;
    if (isBeyond || m_chunk.records.size() >= static_cast<std::size_t>(m_request.maxRecords)) {
        m_chunk.next = record.offset;
        return false;
    }
    record.batch = static_cast<std::uint32_t>(m_chunk.batches.size());
    m_chunk.records.push_back(record);
    return true;
}

std::string ChunkBuilder::damaged(const BatchView& batch, const std::string& why) const {
    return "The batch at offset " + std::to_string(batch.baseOffset().value) + " of " + m_request.partition.topic +
           "-" + std::to_string(m_request.partition.partition.value) + " cannot be read: " + why + ".";
}

}  // namespace weir::records
