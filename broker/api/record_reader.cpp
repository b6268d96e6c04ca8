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
    Reading(const ReadRequest& request, const RecordSieve* sieve, ReadWorkspace& workspace, RecordChunk& chunk)
        : m_request(request), m_sieve(sieve), m_workspace(workspace), m_chunk(chunk) {}

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
        const auto plain = records::plainRecords(batch, m_workspace.codec, m_workspace.plain);
        if (!plain) {
            return fail(damaged(batch, plain.error().message));
        }
        records::RecordIterator records(batch.header(), *plain);
        const std::size_t before = m_chunk.records.size();
        const bool isComplete = m_sieve == nullptr ? takeAll(records) : takeSieved(records, batch, *plain);
        if (isComplete && records.error()) {
            return fail(damaged(batch, "its records contradict its header"));
        }
        if (m_chunk.records.size() != before) {
            m_chunk.batches.push_back(infoOf(batch, *compression));
            if (*compression != Compression::kNone) {
                // The views point into this memory, which moves with it.
                m_chunk.memory.push_back(std::make_shared<const Bytes>(std::move(m_workspace.plain)));
                m_workspace.plain = {};
            }
        }
        if (isComplete) {
            m_chunk.next = batch.nextOffset();
        }
        return isComplete;
    }

private:
    bool takeAll(records::RecordIterator& records) {
        for (RecordView record; records.next(record);) {
            if (record.offset >= m_request.from && !take(record)) {
                return false;
            }
        }
        return true;
    }

    // Records between the places that the sieve names are walked over, and behind the last place not even that.
    bool takeSieved(records::RecordIterator& records, const records::BatchView& batch, ByteView plain) {
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
    bool take(RecordView& record) {
        const bool isBeyond = m_request.until != kNoOffset && record.offset >= m_request.until;
        if (isBeyond || m_chunk.records.size() >= static_cast<std::size_t>(m_request.maxRecords)) {
            m_chunk.next = record.offset;
            return false;
        }
        record.batch = static_cast<std::uint32_t>(m_chunk.batches.size());
        m_chunk.records.push_back(record);
        return true;
    }

    [[nodiscard]] ClusterError damaged(const records::BatchView& batch, const std::string& why) const {
        return clusterError(protocol::ErrorCode::kCorruptMessage,
                            "The batch at offset " + std::to_string(batch.baseOffset().value) + " of " +
                                m_request.partition.topic + "-" + std::to_string(m_request.partition.partition.value) +
                                " cannot be read: " + why + ".");
    }

    const ReadRequest& m_request;
    const RecordSieve* m_sieve;
    ReadWorkspace& m_workspace;
    RecordChunk& m_chunk;
};

/// What is kept between two reads; more goes back to the system.
constexpr std::size_t kMaxSpares = 4;
constexpr std::size_t kMaxSpareBytes = std::size_t{4} << 20;

}  // namespace

std::shared_ptr<ReadWorkspace> ReadWorkspaces::take() {
    std::unique_ptr<ReadWorkspace> spare;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_spares.empty()) {
            spare = std::move(m_spares.back());
            m_spares.pop_back();
        }
    }
    if (spare == nullptr) {
        spare = std::make_unique<ReadWorkspace>();
    }
    return {spare.release(), [home = weak_from_this()](ReadWorkspace* used) {
                std::unique_ptr<ReadWorkspace> owned(used);
                const auto workspaces = home.lock();
                if (workspaces != nullptr && used->buffer.capacity() + used->plain.capacity() <= kMaxSpareBytes) {
                    used->buffer.clear();
                    const std::lock_guard lock(workspaces->m_mutex);
                    if (workspaces->m_spares.size() < kMaxSpares) {
                        workspaces->m_spares.push_back(std::move(owned));
                    }
                }
            }};
}

ClusterResult<std::shared_ptr<const RecordChunk>> readRecords(topics::Partition& partition, const ReadRequest& request,
                                                              const RecordSieve* sieve, ReadWorkspaces& workspaces) {
    auto chunk = std::make_shared<RecordChunk>();
    chunk->partition = request.partition;
    chunk->next = request.from;
    const std::shared_ptr<ReadWorkspace> workspace = workspaces.take();
    storage::ReadBuffer& buffer = workspace->buffer;
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
    Reading reading(request, sieve, *workspace, *chunk);
    records::BatchWalker walker(buffer.bytes());
    while (const auto batch = walker.next()) {
        const auto goesOn = reading.add(*batch);
        if (!goesOn) {
            return fail(goesOn.error());
        }
        if (!*goesOn) {
            break;
        }
    }
    if (!chunk->records.empty()) {
        // The views point into its buffer, which lives as long as any part of it.
        chunk->memory.emplace_back(workspace, &workspace->plain);
    }
    return std::shared_ptr<const RecordChunk>(std::move(chunk));
}

}  // namespace weir::api
