// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/record_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "broker/api/cluster_errors.h"
#include "broker/records/batch_header.h"
#include "broker/records/chunk_builder.h"

namespace weir::api {

namespace {

/// How the transactions of one read ended. Looked up with the first batch that is in one: most topics have none.
class Outcomes {
public:
    Outcomes(const topics::Partition& partition, Offset from, Offset lastStable)
        : m_partition(partition), m_from(from), m_lastStable(lastStable) {}

    TransactionOutcome of(const records::BatchView& batch) {
        if (!batch.isTransactional() || batch.isControl()) {
            return TransactionOutcome::kNone;
        }
        if (!m_isKnown) {
            m_isKnown = true;
            m_aborted = m_partition.abortedWithin({m_from, Offset(std::numeric_limits<std::int64_t>::max())});
            m_producers = m_partition.producers();
        }
        for (const storage::AbortedTransaction& each : m_aborted) {
            if (each.producerId == batch.producerId() && each.firstOffset <= batch.baseOffset() &&
                batch.baseOffset() <= each.lastOffset) {
                return TransactionOutcome::kAborted;
            }
        }
        if (batch.baseOffset() >= m_lastStable) {
            for (const topics::ProducerSummary& each : m_producers) {
                if (each.id == batch.producerId() && each.txnFirstOffset != kNoOffset &&
                    each.txnFirstOffset <= batch.baseOffset()) {
                    return TransactionOutcome::kOpen;
                }
            }
        }
        return TransactionOutcome::kCommitted;
    }

private:
    const topics::Partition& m_partition;
    const Offset m_from;
    const Offset m_lastStable;
    bool m_isKnown = false;
    std::vector<storage::AbortedTransaction> m_aborted;
    std::vector<topics::ProducerSummary> m_producers;
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
    records::ChunkBuilder builder(request, sieve, workspace->codec, workspace->plain, *chunk);
    Outcomes outcomes(partition, request.from, fetched->offsets.lastStable);
    records::BatchWalker walker(buffer.bytes());
    while (const auto batch = walker.next()) {
        const TransactionOutcome outcome = outcomes.of(*batch);
        if (outcome == TransactionOutcome::kAborted && request.isolation == Isolation::kReadCommitted) {
            chunk->next = batch->nextOffset();
            continue;
        }
        const std::size_t before = chunk->batches.size();
        const auto goesOn = builder.add(*batch);
        if (chunk->batches.size() > before) {
            chunk->batches.back().outcome = outcome;
        }
        if (!goesOn) {
            return fail(clusterError(protocol::ErrorCode::kCorruptMessage, goesOn.error()));
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
