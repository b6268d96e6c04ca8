// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/result.h"
#include "broker/model/ids.h"
#include "broker/records/batch_header.h"
#include "broker/storage/batch_filter.h"

/// What a partition remembers of its idempotent and transactional producers, to tell a retry from new data and a gap
/// from order. Rules: KIP-98, Kafka's ProducerStateManager and ProducerAppendInfo.
namespace weir::topics {

enum class SequenceErrc {
    kOutOfOrderSequence,    ///< A gap: something before this batch never came (Kafka 45).
    kInvalidProducerEpoch,  ///< A newer incarnation of the producer has written here (Kafka 47).
    kInvalidTxnState,       ///< A plain batch of a producer that has a transaction open here (Kafka 48).
};
using SequenceError = Error<SequenceErrc>;

/// One appended batch of a producer.
struct ProducerBatch {
    Sequence lastSequence;
    Offset lastOffset;
    std::int32_t offsetDelta = 0;
    Timestamp timestamp;

    [[nodiscard]] Sequence firstSequence() const { return records::advanceSequence(lastSequence, -offsetDelta); }
    [[nodiscard]] Offset firstOffset() const { return lastOffset - offsetDelta; }
    bool operator==(const ProducerBatch&) const = default;
};

/// One producer at one partition. The newest five batches answer retries.
class ProducerEntry {
public:
    static constexpr std::size_t kBatchesKept = 5;

    ProducerEpoch epoch = kNoProducerEpoch;
    std::int32_t coordinatorEpoch = -1;
    Timestamp lastTimestamp = kNoTimestamp;
    /// First offset of the transaction it has open here; kNoOffset without one.
    Offset txnFirstOffset = kNoOffset;
    /// When it wrote or was loaded, by the broker's clock. Expiry goes by this, not by the record times that a producer
    /// of old data sends.
    Timestamp lastSeen = kNoTimestamp;

    [[nodiscard]] bool empty() const { return m_count == 0; }
    [[nodiscard]] std::size_t size() const { return m_count; }
    /// 0 is the oldest kept.
    [[nodiscard]] const ProducerBatch& batch(std::size_t i) const { return m_batches[(m_first + i) % kBatchesKept]; }
    [[nodiscard]] const ProducerBatch& last() const { return batch(m_count - 1); }
    void add(const ProducerBatch& batch);
    void clear() { m_count = 0; }
    [[nodiscard]] std::optional<ProducerBatch> findDuplicate(Sequence first, Sequence last) const;

private:
    std::array<ProducerBatch, kBatchesKept> m_batches{};
    std::uint8_t m_first = 0;
    std::uint8_t m_count = 0;
};

/// A transaction that a marker has ended in a partition.
struct CompletedTransaction {
    ProducerId producerId;
    Offset firstOffset;
    /// Of the marker.
    Offset lastOffset;
    bool isAborted = false;
    bool operator==(const CompletedTransaction&) const = default;
};

/// A producer for DescribeProducers and the window.
struct ProducerSummary {
    ProducerId id = kNoProducerId;
    ProducerEpoch epoch = kNoProducerEpoch;
    Sequence lastSequence = kNoSequence;
    Timestamp lastTimestamp = kNoTimestamp;
    std::int32_t coordinatorEpoch = -1;
    Offset txnFirstOffset = kNoOffset;
};

/// All producers of one partition. Not thread safe: it lives inside the partition's critical section.
/// Allocates when a producer is new, not when one goes on.
class ProducerState {
public:
    /// What the check before an append found.
    struct Verdict {
        /// Set if these very sequence numbers are stored already: answer with it and append nothing.
        std::optional<ProducerBatch> duplicate;
    };

    /// Judges a client's batch. Changes nothing.
    [[nodiscard]] Result<Verdict, SequenceError> check(const records::BatchView& batch) const;
    /// Remembers an appended batch, from a client or from the log. Call in offset order, with the final base offset.
    /// Returns the transaction that it has ended, if any was open.
    std::optional<CompletedTransaction> apply(const records::BatchView& batch, Timestamp now);
    /// A client's batch that was accepted could not be stored. What its producer has sent behind it is not to be taken
    /// for a start where nothing else of it is known: until the batch comes again nothing but it, or another epoch, is
    /// in order. (Kafka has no need of this: a disk that has failed once stays out of service there.)
    void await(const records::BatchView& batch, Timestamp now);
    /// True: the batch is out of order because one that was sent before it could not be stored, and comes again.
    [[nodiscard]] bool isBehindAwaited(const records::BatchView& batch) const;

    /// First offset of the oldest open transaction; nothing without one.
    [[nodiscard]] std::optional<Offset> firstUnstableOffset() const;
    /// Forgets producers without an open transaction that were last seen `expiryMs` ago or longer
    /// (producer.id.expiration.ms). Returns how many.
    std::size_t expire(Timestamp now, std::int64_t expiryMs);
    [[nodiscard]] std::size_t size() const { return m_producers.size(); }
    [[nodiscard]] const ProducerEntry* find(ProducerId id) const;
    [[nodiscard]] std::vector<ProducerSummary> summaries() const;
    /// What compaction must leave in the log, so that it tells the same of every producer.
    [[nodiscard]] storage::ProducerTails tails() const;

    /// The content of a `<offset>.snapshot` file, in Kafka's format (ProducerSnapshot.json, version 1):
    /// int16 version, uint32 CRC-32C of what follows it, int32 count, then per producer int64 id, int16 epoch,
    /// int32 lastSequence, int64 lastOffset, int32 offsetDelta, int64 timestamp, int32 coordinatorEpoch,
    /// int64 txnFirstOffset. Kafka keeps the newest batch of each only, so that a retry of an older one is refused
    /// after a restart. Ours follow behind, where Kafka's reader does not look although its CRC covers them: int32
    /// 'WPB1', then for each producer in the same order int8 count and, oldest first, per older batch int32
    /// lastSequence, int64 lastOffset, int32 offsetDelta, int64 timestamp.
    [[nodiscard]] Bytes toSnapshot() const;
    /// Nothing if the bytes are no valid snapshot. One that Kafka wrote is.
    [[nodiscard]] static std::optional<ProducerState> fromSnapshot(ByteView bytes, Timestamp now);

private:
    struct Awaited {
        ProducerEpoch epoch;
        Sequence sequence;
        Timestamp since;
    };
    /// A disk that is full for long makes no list without an end.
    static constexpr std::size_t kMostAwaited = 10'000;

    std::optional<CompletedTransaction> applyMarker(const records::BatchView& batch, Timestamp now);

    std::unordered_map<ProducerId, ProducerEntry> m_producers;
    /// The first batch of a producer that could not be stored, until something of it is.
    std::unordered_map<ProducerId, Awaited> m_awaited;
    /// Open transactions by first offset.
    std::map<Offset, ProducerId> m_openTxns;
};

}  // namespace weir::topics
