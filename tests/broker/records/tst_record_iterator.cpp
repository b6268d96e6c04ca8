// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QByteArray>
#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

#include "tests/broker/records/golden_batches.h"
#include "tests/broker/records/records_fixture.h"

using namespace weir;
using namespace weir::records;

namespace {
std::atomic<std::int64_t> allocations{0};
}

// Counts, so that "no allocation per record" is a number and not a belief.
void* operator new(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    void* memory = std::malloc(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

class TstRecordIterator : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void batchesOfTheJavaClientAreRead_data() {
        QTest::addColumn<QByteArray>("hex");
        const auto row = [](const char* name, std::string_view hex) {
            QTest::newRow(name) << QByteArray(hex.data(), static_cast<qsizetype>(hex.size()));
        };
        row("none", golden::kMixedNone);
        row("gzip", golden::kMixedGzip);
        row("snappy", golden::kMixedSnappy);
        row("lz4", golden::kMixedLz4);
        row("zstd", golden::kMixedZstd);
    }
    void batchesOfTheJavaClientAreRead() {
        QFETCH(QByteArray, hex);
        const Bytes batch = fromHex(hex.toStdString());
        QVERIFY(BatchView(batch).checkCrc());
        const ReadResult read = readBatch(batch);
        QVERIFY(!read.error);
        QVERIFY(read.records == mixedRecords());
    }
    void offsetsCountFromTheBaseOffset() {
        const Bytes batch = fromHex(golden::kTransactional);
        const BatchView view(batch);
        QVERIFY(view.isTransactional() && !view.isControl());
        QCOMPARE(view.producerId(), ProducerId(4711));
        QCOMPARE(view.producerEpoch(), ProducerEpoch(3));
        QCOMPARE(view.baseSequence(), Sequence(std::numeric_limits<std::int32_t>::max()));
        QCOMPARE(view.lastSequence(), Sequence(4));
        QVERIFY(readBatch(batch).records == mixedRecords(100));
    }
    void logAppendTimeIsEveryRecordsTime() {
        const ReadResult read = readBatch(fromHex(golden::kLogAppendTime));
        auto expected = mixedRecords(100);
        for (OwnedRecord& record : expected) {
            record.timestamp = 424242;
        }
        QVERIFY(!read.error);
        QVERIFY(read.records == expected);
    }
    void cleanedBatchesKeepTheirGapsAndHorizon() {
        const Bytes batch = fromHex(golden::kDeleteHorizon);
        QCOMPARE(BatchView(batch).deleteHorizon(), std::optional(Timestamp(77777)));
        QCOMPARE(BatchView(batch).lastOffset(), Offset(107));
        const std::vector<OwnedRecord> expected = {{102, 1000, "k", std::nullopt}, {107, 1001, "l", "v"}};
        QVERIFY(readBatch(batch).records == expected);
    }
    void emptyBatchesOfTheCleanerHaveNoRecords() {
        const Bytes batch = fromHex(golden::kEmptyBatch);
        QVERIFY(BatchView(batch).isPlausible());
        QCOMPARE(BatchView(batch).nextOffset(), Offset(1010));
        QVERIFY(!BatchView(batch).deleteHorizon());
        const ReadResult read = readBatch(batch);
        QVERIFY(read.records.empty() && !read.error);
        // Nothing is there to be unpacked, whatever codec the header names.
        for (const Compression compression : kAllCompressions) {
            const ReadResult none = readBatch(batchAround({}, 0, compression));
            QVERIFY(none.records.empty() && !none.error);
        }
    }
    void endMarkersAreDecoded() {
        const auto marker = [](std::string_view hex) {
            const Bytes batch = fromHex(hex);
            Codec codec;
            Bytes scratch;
            auto records = RecordIterator::open(BatchView(batch), codec, scratch);
            RecordView record;
            return records.ok() && BatchView(batch).isControl() && records->next(record) ? readEndMarker(record)
                                                                                         : std::nullopt;
        };
        QVERIFY(marker(golden::kCommitMarker) == (EndMarker{MarkerType::kCommit, 9}));
        QVERIFY(marker(golden::kAbortMarker) == (EndMarker{MarkerType::kAbort, 10}));
    }
    void strangeControlRecordsAreNoMarkers() {
        const auto marker = [](std::string_view keyHex, std::string_view valueHex) {
            const Bytes key = fromHex(keyHex);
            const Bytes value = fromHex(valueHex);
            RecordView record;
            record.key = key;
            record.value = value;
            return readEndMarker(record);
        };
        QVERIFY(marker("00000001", "000000000009").has_value());
        QVERIFY(marker("0001000100", "00010000000900").has_value());  // a later version with more fields
        QVERIFY(!marker("0000", "000000000009").has_value());
        QVERIFY(!marker("00000002", "000000000009").has_value());  // a leader change of KRaft
        QVERIFY(!marker("0000ffff", "000000000009").has_value());
        QVERIFY(!marker("ffff0001", "000000000009").has_value());
        QVERIFY(!marker("00000001", "0000000000").has_value());
        QVERIFY(!readEndMarker(RecordView{}).has_value());
        const Bytes key = fromHex("00000001");
        RecordView keyOnly;
        keyOnly.key = key;
        QVERIFY(!readEndMarker(keyOnly).has_value());
    }
    void countsThatLieAreAnError() {
        const Bytes three = join3();
        for (const std::int32_t count :
             {std::numeric_limits<std::int32_t>::min(), -1, 1, 2, 4, 100, std::numeric_limits<std::int32_t>::max()}) {
            for (const Compression compression : kAllCompressions) {
                const Bytes batch = batchAround(packed(compression, three), count, compression);
                const ReadResult read = readBatch(batch);
                QVERIFY(read.error == RecordErrc::kCountMismatch);
                QVERIFY(read.records.size() <= 3);
            }
        }
        QVERIFY(!readBatch(batchAround(three, 3)).error);
    }
    void offsetsThatLeaveTheBatchAreAnError() {
        for (const std::int64_t delta : {-1LL, 1LL, 7LL, 2147483647LL, -2147483648LL, 2147483648LL, 1LL << 40}) {
            HandmadeRecord record;
            record.offsetDelta = delta;
            QVERIFY(readBatch(batchAround(record.encode(), 1)).error == RecordErrc::kMalformed);
        }
        Bytes twice = HandmadeRecord{}.encode();
        const Bytes again = twice;
        twice.insert(twice.end(), again.begin(), again.end());
        QVERIFY(readBatch(batchAround(twice, 2)).error == RecordErrc::kMalformed);
    }
    void unknownCodecsAreAnError() {
        for (const int code : {5, 6, 7}) {
            const Bytes batch = batchAround(HandmadeRecord{}.encode(), 1, static_cast<Compression>(code));
            QVERIFY(readBatch(batch).error == RecordErrc::kUnknownCompression);
        }
    }
    void undecodableRecordsAreAnError() {
        for (const Compression compression : kAllCompressions) {
            const ReadResult read = readBatch(batchAround(asBytes("nothing of the kind"), 1, compression));
            QVERIFY(read.error ==
                    (compression == Compression::kNone ? RecordErrc::kMalformed : RecordErrc::kUndecodable));
        }
    }
    void bombsAreAnError() {
        for (const Compression compression : kAllCompressions) {
            const Bytes batch = buildBatch({{0, 0, "key", std::string(1'000'000, 'b')}}, {.compression = compression});
            const ReadResult read = readBatch(batch, 100'000);
            QVERIFY(compression == Compression::kNone ? !read.error : read.error == RecordErrc::kTooLarge);
        }
    }
    void anyBytesAreSafeToRead() {
        constexpr std::uint64_t kSeed = 77;
        qInfo("seed %llu", static_cast<unsigned long long>(kSeed));
        std::mt19937_64 random(kSeed);
        const Bytes good = buildBatch(randomRecords(random, 20));
        for (int round = 0; round < 20'000; ++round) {
            Bytes bad = good;
            for (std::uint64_t flips = 1 + random() % 4; flips > 0; --flips) {
                bad[kBatchHeaderSize + random() % (bad.size() - kBatchHeaderSize)] = static_cast<std::byte>(random());
            }
            const ReadResult read = readBatch(bad);
            QVERIFY(read.records.size() <= 20);
            QVERIFY(read.error || read.records.size() == 20);
        }
    }
    void headersAreReadLazilyAndDamageInThemIsNoticed() {
        HandmadeRecord record;
        record.headers = std::string("\x05h\x01", 3);  // key length -3
        const Bytes batch = batchAround(record.encode(), 1);
        Codec codec;
        Bytes scratch;
        auto records = RecordIterator::open(BatchView(batch), codec, scratch);
        RecordView view;
        QVERIFY(records.ok() && records->next(view));
        QCOMPARE(asText(*view.value), std::string_view("vv"));
        HeaderIterator headers(view);
        HeaderView header;
        QVERIFY(!headers.next(header) && headers.broken());
        QVERIFY(!headers.next(header) && headers.broken());  // and stays so
        for (const std::string_view broken : {std::string_view("\x01\x01\x00", 3), std::string_view("\x02h\x03", 3),
                                              std::string_view("\x02h\x04", 3), std::string_view("\x08h\x01", 3),
                                              std::string_view("\x02h\x01\x00", 4), std::string_view("\x02h\x80", 3)}) {
            record.headers = broken;
            QVERIFY(readBatch(batchAround(record.encode(), 1)).error == RecordErrc::kMalformed);
        }
    }
    void noRecordCostsAnAllocation() {
        std::mt19937_64 random(5);
        const std::vector<OwnedRecord> content = randomRecords(random, 3000);
        for (const Compression compression : kAllCompressions) {
            const Bytes batch = buildBatch(content, {.compression = compression});
            Codec codec;
            Bytes scratch;
            std::int64_t counted = 0;
            for (int round = 0; round < 2; ++round) {
                const std::int64_t before = allocations.load();
                auto records = RecordIterator::open(BatchView(batch), codec, scratch);
                std::size_t seen = 0;
                for (RecordView record; records->next(record);) {
                    HeaderIterator headers(record);
                    for (HeaderView header; headers.next(header);) {
                        seen += header.key.size();
                    }
                    ++seen;
                }
                counted = allocations.load() - before;
                QVERIFY(seen >= content.size());
            }
            QVERIFY2(counted == 0, qPrintable(QString("%1: %2").arg(nameOf(compression)).arg(counted)));
        }
    }

private:
    static Bytes join3() {
        Bytes all;
        for (int i = 0; i < 3; ++i) {
            HandmadeRecord record;
            record.offsetDelta = i;
            const Bytes one = record.encode();
            all.insert(all.end(), one.begin(), one.end());
        }
        return all;
    }
    static Bytes packed(Compression with, ByteView plain) {
        Codec codec;
        Bytes out;
        codec.compress(with, {}, plain, out);
        return out;
    }
};

QTEST_APPLESS_MAIN(TstRecordIterator)
#include "tst_record_iterator.moc"
