// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/record_reader.h"

#include <algorithm>
#include <utility>

#include "broker/api/cluster_errors.h"
#include "broker/records/record_iterator.h"

namespace weir::api {

namespace {

BatchInfo infoOf(const records::BatchView& batch, Compression compression) {
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

/// One read under way.
class Reading {
public:
    Reading(const ReadRequest& request, RecordChunk& chunk) : m_request(request), m_chunk(chunk) {}

    /// Adds the wanted records of one batch. False: the range or the number of records is used up.
    ClusterResult<bool> add(const records::BatchView& batch) {
        const auto compression = batch.compression();
        if (!compression) {
            return fail(damaged(batch, "an unknown compression"));
        }
        if (batch.isControl() && !m_request.includeControl) {
            m_chunk.next = batch.nextOffset();
            return true;
        }
        Bytes scratch;
        auto records = records::RecordIterator::open(batch, m_codec, scratch);
        if (!records) {
            return fail(damaged(batch, records.error().message));
        }
        bool isComplete = true;
        const auto batchIndex = static_cast<std::uint32_t>(m_chunk.batches.size());
        const std::size_t before = m_chunk.records.size();
        for (RecordView record; records->next(record);) {
            if (record.offset < m_request.from) {
                continue;
            }
            const bool isBeyond = m_request.until != kNoOffset && record.offset >= m_request.until;
            if (isBeyond || m_chunk.records.size() >= static_cast<std::size_t>(m_request.maxRecords)) {
                m_chunk.next = record.offset;
                isComplete = false;
                break;
            }
            record.batch = batchIndex;
            m_chunk.records.push_back(record);
        }
        if (isComplete && records->error()) {
            return fail(damaged(batch, "its records contradict its header"));
        }
        if (m_chunk.records.size() != before) {
            m_chunk.batches.push_back(infoOf(batch, *compression));
            if (*compression != Compression::kNone) {
                // The views point into `scratch`, whose memory moves with it.
                m_chunk.memory.push_back(std::make_shared<const Bytes>(std::move(scratch)));
            }
        }
        if (isComplete) {
            m_chunk.next = batch.nextOffset();
        }
        return isComplete;
    }

private:
    [[nodiscard]] ClusterError damaged(const records::BatchView& batch, const std::string& why) const {
        return clusterError(protocol::ErrorCode::kCorruptMessage,
                            "The batch at offset " + std::to_string(batch.baseOffset().value) + " of " +
                                m_request.partition.topic + "-" + std::to_string(m_request.partition.partition.value) +
                                " cannot be read: " + why + ".");
    }

    const ReadRequest& m_request;
    RecordChunk& m_chunk;
    records::Codec m_codec;
};

}  // namespace

ClusterResult<std::shared_ptr<const RecordChunk>> readRecords(topics::Partition& partition,
                                                              const ReadRequest& request) {
    auto chunk = std::make_shared<RecordChunk>();
    chunk->partition = request.partition;
    chunk->next = request.from;
    storage::ReadBuffer buffer;
    topics::FetchRequest fetch;
    fetch.from = request.from;
    fetch.maxBytes = static_cast<std::size_t>(std::max<std::int64_t>(request.maxBytes, 1));
    fetch.isolation = request.isolation;
    fetch.isCounted = false;
    const auto fetched = partition.fetch(fetch, buffer);
    if (!fetched) {
        return fail(clusterError(fetched.error()));
    }
    chunk->logStart = fetched->offsets.logStart;
    chunk->highWatermark = fetched->offsets.highWatermark;
    chunk->lastStable = fetched->offsets.lastStable;
    chunk->bytesScanned = static_cast<std::int64_t>(buffer.size());
    // One owner for the raw bytes: a copy costs less than what a person does with them, and nothing per record.
    const auto raw = std::make_shared<const Bytes>(toBytes(buffer.bytes()));
    chunk->memory.push_back(raw);
    Reading reading(request, *chunk);
    records::BatchWalker walker(*raw);
    while (const auto batch = walker.next()) {
        const auto goesOn = reading.add(*batch);
        if (!goesOn) {
            return fail(goesOn.error());
        }
        if (!*goesOn) {
            break;
        }
    }
    return std::shared_ptr<const RecordChunk>(std::move(chunk));
}

}  // namespace weir::api
