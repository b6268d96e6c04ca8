// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/replay/already_there.h"

#include <algorithm>
#include <limits>

namespace weir::app {

namespace {

constexpr std::int32_t kTailRecords = 16 << 10;
constexpr std::int64_t kTailBytes = 512 << 10;

bool isSame(const std::optional<ByteView>& one, const std::optional<Bytes>& other) {
    return one.has_value() == other.has_value() &&
           (!one || std::equal(one->begin(), one->end(), other->begin(), other->end()));
}

// Sequence numbers begin again at 0 behind the largest.
Sequence following(Sequence sequence) {
    return sequence.value == std::numeric_limits<std::int32_t>::max() ? Sequence(0) : Sequence(sequence.value + 1);
}

ClusterError cannotTell(const std::string& topic, PartitionId partition, const std::string& why) {
    return {ClusterErrc::kInvalid, 0,
            "It cannot be told what of this replay is in topic " + topic + ": partition " +
                std::to_string(partition.value) + ' ' + why + '.'};
}

}  // namespace

ClusterResult<AlreadyThere> AlreadyThere::look(Cluster& target, const std::string& topic,
                                               const ReplayCheckpoint& checkpoint, Times times) {
    AlreadyThere there(target, topic, checkpoint.producer.id, times);
    for (const auto& [partition, remembered] : checkpoint.ends) {
        const TopicPartition where{topic, partition};
        const auto first = target.offsetFor(where, {OffsetSpecKind::kEarliest, kNoTimestamp});
        const auto end = first ? target.offsetFor(where, {OffsetSpecKind::kLatest, kNoTimestamp}) : first;
        if (!end) {
            return fail(ClusterError(end.error()));
        }
        if (*end < remembered) {
            return fail(cannotTell(topic, partition,
                                   "lost records that it had: it ended at " + std::to_string(remembered.value) +
                                       " and ends at " + std::to_string(end->value) + " now"));
        }
        if (*first > remembered && *end > remembered) {
            return fail(cannotTell(topic, partition, "no longer holds what came in meanwhile: it was deleted"));
        }
        if (*end > remembered) {
            there.m_tails.emplace(partition, Tail{remembered, *end});
        }
    }
    return there;
}

// The next record of the tail; nullptr at its end.
ClusterResult<const RecordView*> AlreadyThere::next(PartitionId partition, Tail& tail) {
    while (tail.chunk == nullptr || tail.at >= tail.chunk->records.size()) {
        if (tail.next >= tail.end) {
            return nullptr;
        }
        ReadRequest request;
        request.partition = {m_topic, partition};
        request.from = tail.next;
        request.until = tail.end;
        request.maxRecords = kTailRecords;
        request.maxBytes = kTailBytes;
        auto chunk = m_target->read(request);
        if (!chunk) {
            return fail(ClusterError(chunk.error()));
        }
        // Nothing but gaps is left where a read does not move on.
        tail.next = (*chunk)->records.empty() && (*chunk)->next <= tail.next ? tail.end : (*chunk)->next;
        tail.chunk = *std::move(chunk);
        tail.at = 0;
    }
    return &tail.chunk->records[tail.at++];
}

bool AlreadyThere::isEqual(const RecordView& there, const BatchInfo& batch, const OutgoingRecord& record) const {
    const bool comparesTimes = m_times == Times::kKept && batch.timestampType == TimestampType::kCreateTime &&
                               record.timestamp != kNoTimestamp;
    return isSame(there.key, record.key) && isSame(there.value, record.value) &&
           (!comparesTimes || there.timestamp == record.timestamp) && decodeHeaders(there) == record.headers;
}

ClusterResult<Offset> AlreadyThere::find(PartitionId partition, const OutgoingRecord& record,
                                         ProducerNumbers& numbers) {
    const auto tail = m_tails.find(partition);
    if (tail == m_tails.end()) {
        return kNoOffset;
    }
    for (;;) {
        const auto there = next(partition, tail->second);
        if (!there) {
            return fail(ClusterError(there.error()));
        }
        if (*there == nullptr) {
            m_tails.erase(tail);
            return kNoOffset;
        }
        const BatchInfo& batch = tail->second.chunk->batches[(*there)->batch];
        if (m_writer != kNoProducerId) {
            if (batch.producerId != m_writer) {
                continue;
            }
            Sequence& sequence = numbers.next.try_emplace({m_topic, partition}, 0).first->second;
            sequence = following(sequence);
        }
        if (isEqual(**there, batch, record)) {
            return (*there)->offset + 1;
        }
    }
}

}  // namespace weir::app
