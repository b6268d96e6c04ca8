// SPDX-License-Identifier: GPL-3.0-or-later
// Which records of which batches a read hands out, with and without a sieve, and where the next read goes on.
#include <QTest>
#include <algorithm>
#include <random>

#include "broker/records/batch_builder.h"
#include "broker/records/chunk_builder.h"

using namespace weir;
using namespace weir::records;

namespace {

constexpr std::string_view kNeedle = "needle";

/// Wants what holds the needle.
class NeedleSieve final : public RecordSieve {
public:
    [[nodiscard]] std::size_t find(ByteView records, std::size_t from) const override {
        const std::string_view text = asText(records);
        const auto at = from > text.size() ? std::string_view::npos : text.find(kNeedle, from);
        return at == std::string_view::npos ? kNowhere : at;
    }
};

/// Batches one behind the other, with every value kept beside its offset.
class Stored {
public:
    void add(const std::vector<std::string>& values, BatchOptions options = {}) {
        options.baseOffset = m_end;
        BatchBuilder builder;
        builder.start(options);
        for (const std::string& value : values) {
            if (!builder.append({.timestamp = Timestamp(1000), .key = std::nullopt, .value = asBytes(value)})) {
                throw std::runtime_error("a batch is full");
            }
            if (!options.control) {
                m_values.emplace_back(m_end, value);
            }
            m_end = m_end + 1;
        }
        const ByteView bytes = builder.finish(m_codec);
        m_batches.emplace_back(bytes.begin(), bytes.end());
    }
    [[nodiscard]] Bytes& batch(std::size_t i) { return m_batches.at(i); }
    [[nodiscard]] const std::vector<std::pair<Offset, std::string>>& values() const { return m_values; }
    [[nodiscard]] Offset end() const { return m_end; }

    /// One read from `request.from` on, as a reader of a log does it.
    Result<bool, std::string> read(const ReadRequest& request, const RecordSieve* sieve, RecordChunk& chunk) {
        chunk.next = request.from;
        ChunkBuilder builder(request, sieve, m_codec, m_scratch, chunk);
        for (const Bytes& bytes : m_batches) {
            const BatchView batch(bytes);
            if (batch.lastOffset() < request.from) {
                continue;
            }
            auto added = builder.add(batch);
            if (!added || !*added) {
                return added;
            }
        }
        return true;
    }

private:
    std::vector<Bytes> m_batches;
    std::vector<std::pair<Offset, std::string>> m_values;
    Offset m_end{10};
    Codec m_codec;
    Bytes m_scratch;
};

ReadRequest requestOf(std::int64_t from, std::int64_t until = -1, std::int32_t maxRecords = 1000) {
    ReadRequest request;
    request.partition = {"orders", PartitionId(3)};
    request.from = Offset(from);
    request.until = until < 0 ? kNoOffset : Offset(until);
    request.maxRecords = maxRecords;
    return request;
}

std::vector<std::pair<Offset, std::string>> valuesOf(const RecordChunk& chunk) {
    std::vector<std::pair<Offset, std::string>> values;
    for (const RecordView& record : chunk.records) {
        values.emplace_back(record.offset, std::string(asText(record.value.value_or(ByteView{}))));
    }
    return values;
}

std::vector<std::string> tenValues() {
    std::vector<std::string> values(10);
    std::ranges::generate(values, [i = 0]() mutable { return "value " + std::to_string(i++); });
    return values;
}

}  // namespace

class TstChunkBuilder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRangeAndANumberEndARead() {
        Stored stored;
        stored.add(tenValues());
        const auto offsets = [&stored](const ReadRequest& request, bool goesOn, std::int64_t next) {
            RecordChunk chunk;
            const auto done = stored.read(request, nullptr, chunk);
            const bool asExpected = done && *done == goesOn && chunk.next == Offset(next);
            std::vector<std::int64_t> found;
            for (const RecordView& record : chunk.records) {
                found.push_back(record.offset.value);
            }
            return asExpected ? found : std::vector<std::int64_t>{-1};
        };
        QCOMPARE(offsets(requestOf(13), true, 20), (std::vector<std::int64_t>{13, 14, 15, 16, 17, 18, 19}));
        QCOMPARE(offsets(requestOf(13, 16), false, 16), (std::vector<std::int64_t>{13, 14, 15}));
        QCOMPARE(offsets(requestOf(13, -1, 2), false, 15), (std::vector<std::int64_t>{13, 14}));
        QCOMPARE(offsets(requestOf(13, 13), false, 13), std::vector<std::int64_t>{});
        QCOMPARE(offsets(requestOf(13, 20), true, 20), (std::vector<std::int64_t>{13, 14, 15, 16, 17, 18, 19}));
        QCOMPARE(offsets(requestOf(13, -1, 7), true, 20), (std::vector<std::int64_t>{13, 14, 15, 16, 17, 18, 19}));
    }
    void aChunkOutlivesTheMemoryItWasUnpackedIn_data() {
        QTest::addColumn<int>("codec");
        for (int codec = 0; codec <= 4; ++codec) {
            QTest::addRow("codec %d", codec) << codec;
        }
    }
    void aChunkOutlivesTheMemoryItWasUnpackedIn() {
        QFETCH(int, codec);
        Stored stored;
        stored.add(tenValues(), {.compression = static_cast<Compression>(codec)});
        stored.add({"one", "two"}, {.compression = static_cast<Compression>(codec),
                                    .producerId = ProducerId(7),
                                    .producerEpoch = ProducerEpoch(2),
                                    .baseSequence = Sequence(5)});
        RecordChunk chunk;
        QVERIFY(stored.read(requestOf(10), nullptr, chunk));
        RecordChunk another;
        QVERIFY(stored.read(requestOf(0), nullptr, another));
        QCOMPARE(valuesOf(chunk), stored.values());
        QCOMPARE(chunk.memory.size(), codec == 0 ? 0U : 2U);
        QCOMPARE(chunk.batches.size(), 2U);
        const BatchInfo& second = chunk.batches.at(chunk.records.back().batch);
        QCOMPARE(second.baseOffset, Offset(20));
        QCOMPARE(second.lastOffset, Offset(21));
        QCOMPARE(second.recordCount, 2);
        QCOMPARE(second.compression, static_cast<Compression>(codec));
        QCOMPARE(second.producerId, ProducerId(7));
        QCOMPARE(second.baseSequence, Sequence(5));
    }
    void markersAreHandedOutOnlyToWhoAsks() {
        Stored stored;
        stored.add({"before"});
        stored.add({"marker"}, {.transactional = true, .control = true});
        stored.add({"after"});
        RecordChunk chunk;
        QVERIFY(stored.read(requestOf(10), nullptr, chunk));
        QCOMPARE(valuesOf(chunk), stored.values());
        QCOMPARE(chunk.next, stored.end());
        auto request = requestOf(11);
        request.includeControl = true;
        RecordChunk all;
        QVERIFY(stored.read(request, nullptr, all));
        QCOMPARE(all.records.size(), 2U);
        QVERIFY(all.batches.at(all.records.front().batch).isControl);
    }
    /// Whatever the batches, the range and the number of records: reads that go on where the last one ended bring what
    /// the sieve wants, each once and in order, as a look at every record does.
    void aSieveLeavesOutNothingThatIsWanted() {
        std::mt19937 random(4711);
        const NeedleSieve sieve;
        for (int round = 0; round < 300; ++round) {
            Stored stored;
            const auto below = [&random](unsigned bound) { return static_cast<unsigned>(random()) % bound; };
            for (unsigned batches = 1 + below(4); batches > 0; --batches) {
                std::vector<std::string> values(1 + below(12));
                for (std::string& value : values) {
                    value = std::string(below(30), 'x');
                    for (unsigned needles = below(6) == 0 ? 1 + below(3) : 0; needles > 0; --needles) {
                        value += kNeedle;
                    }
                }
                stored.add(values, {.compression = static_cast<Compression>(below(5))});
            }
            const auto from = static_cast<std::int64_t>(8 + below(10));
            const auto until = below(2) == 0 ? -1 : from + static_cast<std::int64_t>(below(30));
            std::vector<std::pair<Offset, std::string>> wanted;
            std::ranges::copy_if(stored.values(), std::back_inserter(wanted), [&](const auto& record) {
                return record.first.value >= from && (until < 0 || record.first.value < until) &&
                       record.second.find(kNeedle) != std::string::npos;
            });
            std::vector<std::pair<Offset, std::string>> found;
            const std::int64_t end = until < 0 ? stored.end().value : std::min(until, stored.end().value);
            std::int64_t at = from;
            for (int reads = 0; at < end && reads < 100; ++reads) {
                RecordChunk chunk;
                QVERIFY(stored.read(requestOf(at, until, 1 + static_cast<std::int32_t>(below(3))), &sieve, chunk));
                std::ranges::move(valuesOf(chunk), std::back_inserter(found));
                QVERIFY2(chunk.next.value > at, "a read does not get on");
                at = chunk.next.value;
            }
            QCOMPARE(at >= end, true);
            QVERIFY2(found == wanted, qPrintable(QString("round %1").arg(round)));
        }
    }
    /// A batch without what is wanted, or with some of it, does not end a read.
    void aSievedReadGoesThroughEveryBatch() {
        Stored stored;
        stored.add({std::string(kNeedle), "hay"});
        stored.add({"hay", "hay"});
        stored.add({"hay", std::string(kNeedle)});
        const NeedleSieve sieve;
        RecordChunk chunk;
        const auto isAll = stored.read(requestOf(10), &sieve, chunk);
        QVERIFY(isAll && *isAll);
        const std::string needle(kNeedle);
        const std::vector<std::pair<Offset, std::string>> wanted{{Offset(10), needle}, {Offset(15), needle}};
        QVERIFY(valuesOf(chunk) == wanted);
        QCOMPARE(chunk.next, Offset(16));
    }
    void whatCannotBeReadIsSaidWithItsPlace() {
        const auto complaint = [](Stored& stored) {
            RecordChunk chunk;
            const auto done = stored.read(requestOf(10), nullptr, chunk);
            return done ? std::string("it could be read") : done.error();
        };
        Stored unknownCodec;
        unknownCodec.add(tenValues());
        unknownCodec.batch(0).at(22) = std::byte{7};
        QCOMPARE(complaint(unknownCodec),
                 std::string("The batch at offset 10 of orders-3 cannot be read: an unknown compression."));
        Stored packed;
        packed.add(tenValues(), {.compression = Compression::kZstd});
        packed.batch(0).at(kBatchHeaderSize) ^= std::byte{0xff};
        QVERIFY(complaint(packed).starts_with("The batch at offset 10 of orders-3 cannot be read: "));
        Stored lying;
        lying.add(tenValues());
        storeBigEndian<std::int32_t>(lying.batch(0).data() + 57, 11);
        QCOMPARE(complaint(lying), std::string("The batch at offset 10 of orders-3 cannot be read: its records "
                                               "contradict its header."));
        // A sieve names a place in a record that the header does not count.
        Stored hidden;
        hidden.add({"value 0", "value 1", std::string(kNeedle)});
        storeBigEndian<std::int32_t>(hidden.batch(0).data() + 57, 2);
        const NeedleSieve sieve;
        RecordChunk chunk;
        const auto done = hidden.read(requestOf(10), &sieve, chunk);
        QVERIFY(!done);
        QVERIFY(done.error().ends_with("its records contradict its header."));
    }
};

QTEST_APPLESS_MAIN(TstChunkBuilder)
#include "tst_chunk_builder.moc"
