// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/records/record_iterator.h"
#include "broker/storage/compaction.h"
#include "broker/storage/segment.h"
#include "tests/broker/storage/log_fixture.h"

namespace weir::testing {

/// A log whose records have keys, with verbs for compacting it.
class CompactionFixture : public LogFixture {
public:
    struct Stored {
        std::string key;
        /// Nothing: a tombstone.
        std::optional<std::string> value;
        bool operator==(const Stored&) const = default;
    };
    struct Keyed {
        std::string key;
        std::optional<std::string> value;
    };
    using Contents = std::map<std::int64_t, Stored>;

    std::int64_t now = kNow;
    storage::ProducerTails producers;
    std::size_t mapBytes = 1U << 20;
    storage::CompactionPace pace = [](std::size_t) { return true; };
    /// What is said when markers are announced to be without a meaning.
    bool forgets = true;
    /// Markers that compactions have announced to be without a meaning.
    std::vector<Offset> forgotten;
    /// Below this nothing is to be cleaned again.
    Offset cleaned = kNoOffset;

    CompactionFixture() {
        options.segmentBytes = 600;
        options.compacts = true;
        options.deletes = false;
        options.deleteRetentionMs = 1000;
        options.fileDeleteDelayMs = 0;
    }

    Offset put(const std::vector<Keyed>& records, records::BatchOptions batch = {}) {
        batch.baseOffset = log->endOffset();
        batch.leaderEpoch = LeaderEpoch(0);
        records::BatchBuilder builder;
        builder.start(batch);
        for (const Keyed& record : records) {
            records::RecordInput input{.timestamp = Timestamp(now), .key = asBytes(record.key)};
            if (record.value) {
                input.value = asBytes(*record.value);
            }
            WEIR_ASSERT(builder.append(input));
        }
        records::Codec codec;
        return appendBytes(toBytes(builder.finish(codec)));
    }
    Offset put(const std::string& key, const std::optional<std::string>& value) { return put({{key, value}}); }
    Offset endTransaction(ProducerId id, records::MarkerType type) {
        Bytes marker = records::buildEndMarker({.marker = {.type = type, .coordinatorEpoch = 0},
                                                .producerId = id,
                                                .producerEpoch = ProducerEpoch(0),
                                                .now = Timestamp(now)});
        records::stampBaseOffset(marker, log->endOffset());
        records::stampLeaderEpoch(marker, LeaderEpoch(0));
        return appendBytes(marker);
    }
    Offset appendBytes(const Bytes& batch) {
        const Offset base = log->endOffset();
        return log->append(records::BatchView(batch), Timestamp(now)) ? base : kNoOffset;
    }
    /// What is there so far may be compacted: a new active segment.
    void roll() {
        const std::size_t before = log->segmentList()->size();
        while (log->segmentList()->size() == before) {
            put("filler-" + std::to_string(log->endOffset().value), std::string(300, 'f'));
        }
        WEIR_ASSERT(log->flush().ok());
    }

    [[nodiscard]] storage::StorageResult<storage::DirtyRange> dirty(std::optional<Offset> stableEnd = std::nullopt) {
        return storage::dirtyRangeOf(
            *log, options,
            {.cleanedUpTo = cleaned, .stableEnd = stableEnd.value_or(log->endOffset()), .now = Timestamp(now)});
    }
    storage::StorageResult<storage::CompactionReport> flushAndCompact() {
        if (auto flushed = log->flush(); !flushed) {
            return fail(flushed.error());
        }
        return compact();
    }
    storage::StorageResult<storage::CompactionReport> compact(std::optional<Offset> stableEnd = std::nullopt) {
        const auto range = dirty(stableEnd);
        if (!range) {
            return fail(range.error());
        }
        storage::CompactionRound round;
        round.range = *range;
        round.producers = producers;
        round.now = Timestamp(now);
        round.mapBytes = mapBytes;
        round.ioBytes = 4096;
        round.secret = {{1, 2}};
        round.pace = pace;
        round.forgetMarkers = [this](const std::vector<Offset>& markers) {
            forgotten.insert(forgotten.end(), markers.begin(), markers.end());
            return forgets;
        };
        auto report = storage::compact(*log, options, round);
        if (report && !report->stopped) {
            cleaned = report->cleanedUpTo;
        }
        return report;
    }

    /// Every batch that a reader gets who reads from the start to the end.
    [[nodiscard]] std::vector<Bytes> batches() const {
        std::vector<Bytes> all;
        const Bytes bytes = readAll(log->startOffset(), 1000);
        records::BatchWalker walker(bytes);
        while (const auto batch = walker.next()) {
            all.push_back(toBytes(batch->bytes()));
        }
        return all;
    }
    [[nodiscard]] Contents contents() const {
        Contents found;
        records::Codec codec;
        Bytes scratch;
        for (const Bytes& bytes : batches()) {
            const records::BatchView batch(bytes);
            if (batch.isControl()) {
                continue;
            }
            auto records = records::RecordIterator::open(batch, codec, scratch);
            WEIR_ASSERT(records.ok());
            for (RecordView record; records->next(record);) {
                WEIR_ASSERT(!found.contains(record.offset.value));
                found[record.offset.value] = {
                    .key = std::string(asText(*record.key)),
                    .value = record.value ? std::optional(std::string(asText(*record.value))) : std::nullopt};
            }
        }
        return found;
    }
    [[nodiscard]] std::vector<std::int64_t> offsetsOf(const std::string& key) const {
        std::vector<std::int64_t> offsets;
        for (const auto& [offset, record] : contents()) {
            if (record.key == key) {
                offsets.push_back(offset);
            }
        }
        return offsets;
    }
};

}  // namespace weir::testing
