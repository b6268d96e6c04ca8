// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "broker/records/batch_builder.h"
#include "broker/records/batch_header.h"
#include "broker/storage/cleaned_transactions.h"
#include "broker/storage/errors.h"
#include "broker/storage/key_offsets.h"

namespace weir::storage {

/// What a partition remembers last of a producer that may still come back: the batch that shows it must stay.
struct ProducerTail {
    /// Last offset of its newest batch of records; nothing if only a marker is known.
    std::optional<Offset> lastData;
    ProducerEpoch epoch = kNoProducerEpoch;
};
using ProducerTails = std::unordered_map<ProducerId, ProducerTail>;

/// What becomes of one batch when its log is compacted. Pure: bytes in, bytes out.
///
///   - A record stays if no newer one of its key is known. A tombstone (no value) then stays until the batch's delete
///     horizon is over: the first compaction that keeps one writes the horizon, `now + delete.retention.ms`, into the
///     header (KIP-534: attribute bit 6, in place of baseTimestamp).
///   - Records of an aborted transaction go. A marker whose transaction has nothing left gets a horizon, too, and goes
///     when that is over.
///   - A batch keeps its base offset, its last offset, its sequence and its epochs. Without a record it goes, but for
///     the last one of a producer that may come back, whose sequence must be known, and the last one of the compacted
///     range, so that readers find its end: of these a header with no records is kept.
///
/// Rules: Kafka's Cleaner.cleanInto and MemoryRecords.filterTo. One thread.
class BatchFilter {
public:
    struct Rules {
        const KeyOffsets& latest;
        const ProducerTails& producers;
        /// Records from here on are not in `latest` and stay as they are.
        Offset end;
        Timestamp now;
        std::int64_t deleteRetentionMs = 0;
    };
    struct Counts {
        std::int64_t recordsSeen = 0;
        std::int64_t recordsKept = 0;
        std::int64_t tombstonesKept = 0;
        std::int64_t emptyBatchesKept = 0;
    };

    BatchFilter(const Rules& rules, CleanedTransactions& transactions) : m_rules(rules), m_transactions(transactions) {}

    /// The bytes to keep, valid until the next call: those of `batch` itself if nothing changes, none if all of it
    /// goes. kCorrupt if its records cannot be read. Call in offset order.
    [[nodiscard]] StorageResult<ByteView> apply(const records::BatchView& batch);
    [[nodiscard]] const Counts& counts() const { return m_counts; }
    /// Offsets of the markers met so far, or since the last call, whose transactions have nothing left.
    [[nodiscard]] std::vector<Offset> takeEmptyMarkers() { return std::exchange(m_emptyMarkers, {}); }

private:
    [[nodiscard]] bool mayGoFor(const records::BatchView& batch) const;
    [[nodiscard]] bool showsItsProducer(const records::BatchView& batch) const;
    [[nodiscard]] bool keeps(const RecordView& record, const records::BatchView& batch) const;
    StorageResult<ByteView> copyKept(const records::BatchView& batch, std::optional<Timestamp> horizon);

    Rules m_rules;
    CleanedTransactions& m_transactions;
    Counts m_counts;
    records::Codec m_codec;
    records::BatchBuilder m_builder;
    std::vector<RecordView> m_kept;
    std::vector<Offset> m_emptyMarkers;
    Bytes m_scratch;
    Bytes m_empty;
};

}  // namespace weir::storage
