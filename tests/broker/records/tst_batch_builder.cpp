// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <limits>

#include "tests/broker/records/golden_batches.h"
#include "tests/broker/records/records_fixture.h"

using namespace weir;
using namespace weir::records;

class TstBatchBuilder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bytesEqualTheJavaClients() {
        QVERIFY(buildBatch(mixedRecords(), {.leaderEpoch = LeaderEpoch(0)}) == fromHex(golden::kMixedNone));
        QVERIFY(buildBatch(mixedRecords(), {.baseOffset = Offset(100),
                                            .leaderEpoch = LeaderEpoch(0),
                                            .producerId = ProducerId(4711),
                                            .producerEpoch = ProducerEpoch(3),
                                            .baseSequence = Sequence(std::numeric_limits<std::int32_t>::max()),
                                            .transactional = true}) == fromHex(golden::kTransactional));
        QVERIFY(buildBatch(mixedRecords(), {.baseOffset = Offset(100),
                                            .leaderEpoch = LeaderEpoch(0),
                                            .logAppendTime = Timestamp(424242)}) == fromHex(golden::kLogAppendTime));
    }
    void markersEqualTheJavaBrokers() {
        Bytes commit = buildEndMarker({{MarkerType::kCommit, 9}, ProducerId(4711), ProducerEpoch(3), Timestamp(1234)});
        stampBaseOffset(commit, Offset(7));
        stampLeaderEpoch(commit, LeaderEpoch(5));
        QVERIFY(commit == fromHex(golden::kCommitMarker));
        Bytes abort = buildEndMarker({{MarkerType::kAbort, 10}, ProducerId(4711), ProducerEpoch(3), Timestamp(1235)});
        stampBaseOffset(abort, Offset(8));
        stampLeaderEpoch(abort, LeaderEpoch(5));
        QVERIFY(abort == fromHex(golden::kAbortMarker));
    }
    void cleanedBatchesEqualTheJavaBrokers() {
        BatchBuilder builder;
        builder.start({.baseOffset = Offset(100), .leaderEpoch = LeaderEpoch(0), .deleteHorizon = Timestamp(77777)});
        RecordView record;
        record.offset = Offset(102);
        record.timestamp = Timestamp(1000);
        record.key = asBytes("k");
        QVERIFY(builder.appendCopy(record));
        record.offset = Offset(107);
        record.timestamp = Timestamp(1001);
        record.key = asBytes("l");
        record.value = asBytes("v");
        QVERIFY(builder.appendCopy(record));
        Codec codec;
        QVERIFY(toBytes(builder.finish(codec)) == fromHex(golden::kDeleteHorizon));
    }
    void emptyBatchesEqualTheJavaBrokers() {
        const Bytes original =
            buildBatch({{0, 5555, "a", "b"}, {1, 5000, "c", "d"}}, {.compression = Compression::kZstd,
                                                                    .baseOffset = Offset(1000),
                                                                    .leaderEpoch = LeaderEpoch(5),
                                                                    .producerId = ProducerId(4711),
                                                                    .producerEpoch = ProducerEpoch(3),
                                                                    .baseSequence = Sequence(40),
                                                                    .transactional = true,
                                                                    .lastOffsetDelta = 9});
        QVERIFY(buildEmptyBatch(BatchView(original)) == fromHex(golden::kEmptyBatch));
    }
    void whatIsBuiltIsReadBack() {
        constexpr std::uint64_t kSeed = 4242;
        qInfo("seed %llu", static_cast<unsigned long long>(kSeed));
        std::mt19937_64 random(kSeed);
        BatchBuilder builder;
        for (int round = 0; round < 60; ++round) {
            const auto records = randomRecords(random, 1 + random() % 300);
            const Compression compression = kAllCompressions[static_cast<std::size_t>(round) % 5];
            const Bytes batch = buildBatch(records, {.compression = compression});
            QVERIFY(BatchView(batch).checkCrc() && BatchView(batch).isPlausible());
            const ReadResult read = readBatch(batch);
            QVERIFY(!read.error);
            QVERIFY(read.records == records);
        }
    }
    void extremeTimesSurvive() {
        constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
        constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
        const std::vector<OwnedRecord> records = {{0, kMax}, {1, kMin}, {2, 0}, {3, -1}};
        const Bytes batch = buildBatch(records);
        QVERIFY(readBatch(batch).records == records);
        QCOMPARE(BatchView(batch).maxTimestamp(), Timestamp(kMax));
        QCOMPARE(BatchView(batch).baseTimestamp(), Timestamp(kMax));
    }
    void copiesKeepOffsetsAndHeadersAsTheyStand() {
        const Bytes source = fromHex(golden::kTransactional);
        for (const Compression compression : kAllCompressions) {
            BatchBuilder builder;
            builder.start({.compression = compression, .baseOffset = Offset(100), .lastOffsetDelta = 5});
            Codec codec;
            Bytes scratch;
            auto records = RecordIterator::open(BatchView(source), codec, scratch);
            auto expected = mixedRecords(100);
            for (RecordView record; records->next(record);) {
                if (record.offset != Offset(101) && record.offset != Offset(105)) {
                    QVERIFY(builder.appendCopy(record));
                }
            }
            expected.erase(expected.begin() + 5);
            expected.erase(expected.begin() + 1);
            const Bytes cleaned = toBytes(builder.finish(codec));
            QVERIFY(readBatch(cleaned).records == expected);
            QCOMPARE(BatchView(cleaned).lastOffset(), Offset(105));
            QCOMPARE(BatchView(cleaned).recordCount(), 4);
        }
    }
    void recompressionKeepsTheHeader() {
        const Bytes original = fromHex(golden::kTransactional);
        Codec codec;
        Bytes scratch;
        for (const Compression compression : kAllCompressions) {
            const Bytes other =
                recompress(BatchView(original), BatchView(original).recordsPayload(), compression, {}, codec);
            const BatchView view(other);
            QVERIFY(view.checkCrc());
            QVERIFY(view.compression() == compression);
            QVERIFY(readBatch(other).records == mixedRecords(100));
            const auto plain = plainRecords(view, codec, scratch);
            QVERIFY(plain.ok());
            QVERIFY(recompress(view, *plain, Compression::kNone, {}, codec) == original);
        }
    }
    void aStartedAgainBuilderForgets() {
        BatchBuilder builder;
        Codec codec;
        builder.start({.compression = Compression::kLz4, .producerId = ProducerId(1)});
        QVERIFY(builder.append({.timestamp = Timestamp(9), .value = asBytes("old")}));
        QVERIFY(builder.append({.timestamp = Timestamp(10), .value = asBytes("old")}));
        (void)builder.finish(codec);
        builder.start({});
        QCOMPARE(builder.recordCount(), 0);
        QCOMPARE(builder.plainSize(), kBatchHeaderSize);
        QVERIFY(builder.append({.timestamp = Timestamp(1), .value = asBytes("new")}));
        const std::size_t size = builder.plainSize();
        const Bytes batch = toBytes(builder.finish(codec));
        QCOMPARE(batch.size(), size);
        const std::vector<OwnedRecord> expected = {{0, 1, std::nullopt, "new"}};
        QVERIFY(batch == buildBatch(expected));
    }
    void batchesBeyondTheLimitAreRefusedWhole() {
        // Never read, as the size alone decides; so one byte may pose as a gigabyte.
        const std::byte one{};
        const ByteView gigabyte(&one, BatchBuilder::kMaxRecordBytes);
        BatchBuilder builder;
        builder.start({});
        QVERIFY(builder.append({.timestamp = Timestamp(1), .value = asBytes("small")}));
        const std::size_t size = builder.plainSize();
        QVERIFY(!builder.append({.timestamp = Timestamp(1), .value = gigabyte}));
        QVERIFY(!builder.append({.timestamp = Timestamp(1), .key = gigabyte}));
        QVERIFY(!builder.append({.timestamp = Timestamp(1), .value = gigabyte.first(gigabyte.size() - 8)}));
        // Fits alone, but no longer behind the first one.
        const std::size_t left = gigabyte.size() - (size - kBatchHeaderSize);
        QVERIFY(!builder.append({.timestamp = Timestamp(1), .value = gigabyte.first(left - 12)}));
        QCOMPARE(builder.plainSize(), size);
        QCOMPARE(builder.recordCount(), 1);
    }
};

QTEST_APPLESS_MAIN(TstBatchBuilder)
#include "tst_batch_builder.moc"
