// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/remote_reader.h"

#include <algorithm>
#include <set>

#include "broker/protocol/messages/fetch.h"
#include "broker/protocol/messages/list_offsets.h"
#include "broker/records/chunk_builder.h"

namespace weir::app {

using protocol::ErrorCode;

namespace {

/// Until version 12 topics go by name; all that later ones add is their id.
constexpr std::int16_t kFetchCap = 12;

ClusterError absent(const TopicPartition& partition) {
    return {
        ClusterErrc::kNotFound, static_cast<std::int16_t>(ErrorCode::kUnknownTopicOrPartition),
        "There is no partition " + std::to_string(partition.partition.value) + " of topic " + partition.topic + '.'};
}

ClusterError leaderless(const TopicPartition& partition) {
    return {ClusterErrc::kUnreachable, static_cast<std::int16_t>(ErrorCode::kLeaderNotAvailable),
            "Partition " + std::to_string(partition.partition.value) + " of " + partition.topic +
                " has no leader at the moment."};
}

ClusterResult<MappedPartition> lookUp(const ClusterResult<ClusterMapPtr>& map, const TopicPartition& partition) {
    if (!map) {
        return fail(ClusterError(map.error()));
    }
    const MappedPartition* const found = (*map)->find(partition);
    return found == nullptr ? ClusterResult<MappedPartition>(fail(absent(partition))) : *found;
}

/// `work` with the partition's leader; again with a new map when that one says it moved or cannot be reached.
template <class T, class Work>
ClusterResult<T> withLeader(Wire& wire, const TopicPartition& partition, Work work) {
    auto found = lookUp(wire.map(), partition);
    if (found && found->leader.value >= 0) {
        auto done = work(*found);
        const bool isStale = !done && (done.error().code == ClusterErrc::kUnreachable ||
                                       saysMoved(static_cast<ErrorCode>(done.error().kafkaCode)) ||
                                       done.error().code == ClusterErrc::kNotFound);
        if (!isStale) {
            return done;
        }
    }
    found = lookUp(wire.refreshMap(), partition);
    if (!found) {
        return fail(ClusterError(found.error()));
    }
    return found->leader.value < 0 ? ClusterResult<T>(fail(leaderless(partition))) : work(*found);
}

/// Tells the batches of aborted transactions, given in offset order (KIP-98, as the Java client's fetcher does).
class AbortedFilter {
public:
    using Aborted = std::vector<protocol::FetchResponse::AbortedTransaction>;
    explicit AbortedFilter(Aborted aborted) : m_coming(std::move(aborted)) {
        std::sort(m_coming.begin(), m_coming.end(),
                  [](const auto& a, const auto& b) { return a.firstOffset > b.firstOffset; });
    }

    bool drops(const records::BatchView& batch) {
        while (!m_coming.empty() && m_coming.back().firstOffset <= batch.lastOffset()) {
            m_open.insert(m_coming.back().producerId);
            m_coming.pop_back();
        }
        if (batch.isControl()) {
            // An abort marker ends the transaction; a commit marker cannot belong to an aborted one.
            m_open.erase(batch.producerId());
            return false;
        }
        return batch.isTransactional() && m_open.contains(batch.producerId());
    }

private:
    Aborted m_coming;
    std::set<ProducerId> m_open;
};

protocol::FetchRequest fetchOf(const ReadRequest& request, Isolation isolation, const MappedPartition& leader,
                               std::int32_t maxBytes) {
    protocol::FetchRequest fetch;
    fetch.maxWaitMs = 0;
    fetch.minBytes = 0;
    fetch.maxBytes = maxBytes;
    fetch.isolationLevel = static_cast<std::int8_t>(isolation);
    protocol::FetchRequest::FetchPartition partition;
    partition.partition = request.partition.partition;
    partition.currentLeaderEpoch = leader.leaderEpoch;
    partition.fetchOffset = request.from;
    partition.partitionMaxBytes = maxBytes;
    protocol::FetchRequest::FetchTopic topic;
    topic.topic = request.partition.topic;
    topic.partitions.push_back(partition);
    fetch.topics.push_back(std::move(topic));
    return fetch;
}

ClusterResult<void> build(const ReadRequest& request, const RecordSieve* sieve,
                          const protocol::FetchResponse::PartitionData& data, RecordChunk& chunk) {
    AbortedFilter filter(data.abortedTransactions ? *data.abortedTransactions : AbortedFilter::Aborted());
    records::Codec codec;
    Bytes scratch;
    records::ChunkBuilder builder(request, sieve, codec, scratch, chunk);
    records::BatchWalker walker(data.records.bytes());
    while (const auto batch = walker.next()) {
        if (!batch->checkCrc()) {
            return fail(ClusterError{ClusterErrc::kStorage, static_cast<std::int16_t>(ErrorCode::kCorruptMessage),
                                     "The batch at offset " + std::to_string(batch->baseOffset().value) + " of " +
                                         request.partition.topic + " arrived damaged: its checksum is wrong."});
        }
        const bool isAborted = filter.drops(*batch);
        if (isAborted && request.isolation == Isolation::kReadCommitted) {
            chunk.next = batch->nextOffset();
            continue;
        }
        const std::size_t before = chunk.batches.size();
        const auto goesOn = builder.add(*batch);
        if (chunk.batches.size() > before && batch->isTransactional()) {
            // Above the last stable offset nobody may rely on it yet, whatever became of it.
            chunk.batches.back().outcome = isAborted                                 ? TransactionOutcome::kAborted
                                           : batch->baseOffset() >= chunk.lastStable ? TransactionOutcome::kOpen
                                                                                     : TransactionOutcome::kCommitted;
        }
        if (!goesOn) {
            return fail(ClusterError{ClusterErrc::kStorage, static_cast<std::int16_t>(ErrorCode::kCorruptMessage),
                                     goesOn.error()});
        }
        if (!*goesOn) {
            return {};
        }
    }
    if (walker.stop() == records::Framing::kOtherMagic && chunk.records.empty()) {
        return fail(ClusterError{
            ClusterErrc::kUnsupported, 0,
            request.partition.topic + " holds records in a format older than Kafka 0.11, which Weir does not read."});
    }
    return {};
}

}  // namespace

namespace {

using Fetched = WireAnswer<protocol::FetchResponse>;

const protocol::FetchResponse::PartitionData& partitionOf(const Fetched& fetched) {
    return fetched.message.responses.front().partitions.front();
}

/// An answer for the partition without an error.
ClusterResult<Fetched> fetch(Wire& wire, const ReadRequest& request, Isolation isolation, const MappedPartition& leader,
                             std::int32_t maxBytes) {
    auto answer =
        wire.call<protocol::FetchResponse>(leader.leader, fetchOf(request, isolation, leader, maxBytes), kFetchCap);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (answer->message.errorCode != ErrorCode::kNone) {
        return fail(errorOf(answer->message.errorCode));
    }
    if (answer->message.responses.empty() || answer->message.responses.front().partitions.empty()) {
        return fail(absent(request.partition));
    }
    if (const ErrorCode code = partitionOf(*answer).errorCode; code != ErrorCode::kNone) {
        return fail(errorOf(code));
    }
    return answer;
}

}  // namespace

ClusterResult<std::shared_ptr<const RecordChunk>> readRemote(Wire& wire, const ReadRequest& request,
                                                             const RecordSieve* sieve) {
    using Chunk = std::shared_ptr<const RecordChunk>;
    const auto maxBytes =
        static_cast<std::int32_t>(std::clamp<std::int64_t>(request.maxBytes, 1, wire.options().maxFetchBytes));
    return withLeader<Chunk>(wire, request.partition, [&](const MappedPartition& leader) -> ClusterResult<Chunk> {
        // A committed reader gets the batches of aborted transactions too, and is told which they are; only above the
        // last stable offset it gets nothing.
        auto answer = fetch(wire, request, Isolation::kReadCommitted, leader, maxBytes);
        if (answer && request.isolation == Isolation::kReadUncommitted) {
            const auto& data = partitionOf(*answer);
            if (data.records.bytes().empty() && data.lastStableOffset < data.highWatermark) {
                answer = fetch(wire, request, Isolation::kReadUncommitted, leader, maxBytes);
            }
        }
        if (!answer) {
            return fail(ClusterError(answer.error()));
        }
        const auto& data = partitionOf(*answer);
        auto chunk = std::make_shared<RecordChunk>();
        chunk->partition = request.partition;
        chunk->next = request.from;
        chunk->logStart = data.logStartOffset;
        chunk->highWatermark = data.highWatermark;
        chunk->lastStable = data.lastStableOffset;
        chunk->bytesScanned = static_cast<std::int64_t>(data.records.bytes().size());
        if (auto built = build(request, sieve, data, *chunk); !built) {
            return fail(ClusterError(built.error()));
        }
        if (!chunk->records.empty()) {
            // Moving the frame leaves its bytes, and so the views into them, where they are.
            chunk->memory.push_back(std::make_shared<const Bytes>(std::move(answer->frame)));
        }
        return Chunk(std::move(chunk));
    });
}

ClusterResult<Offset> remoteOffset(Wire& wire, const TopicPartition& partition, const OffsetSpec& spec) {
    constexpr Timestamp kLatest{-1};
    constexpr Timestamp kEarliest{-2};
    constexpr Timestamp kMaxTimestamp{-3};
    Timestamp wanted = spec.at;
    if (spec.kind != OffsetSpecKind::kAtTimestamp) {
        wanted = spec.kind == OffsetSpecKind::kEarliest ? kEarliest
                 : spec.kind == OffsetSpecKind::kLatest ? kLatest
                                                        : kMaxTimestamp;
    }
    return withLeader<Offset>(wire, partition, [&](const MappedPartition& leader) -> ClusterResult<Offset> {
        protocol::ListOffsetsRequest request;
        request.replicaId = BrokerId(-1);
        request.topics.push_back({partition.topic, {{partition.partition, leader.leaderEpoch, wanted, {}}}, {}});
        auto answer = wire.call<protocol::ListOffsetsResponse>(leader.leader, request);
        if (!answer) {
            return fail(ClusterError(answer.error()));
        }
        if (answer->message.topics.empty() || answer->message.topics.front().partitions.empty()) {
            return fail(absent(partition));
        }
        const auto& found = answer->message.topics.front().partitions.front();
        return found.errorCode == ErrorCode::kNone ? ClusterResult<Offset>(found.offset)
                                                   : fail(errorOf(found.errorCode));
    });
}

}  // namespace weir::app
