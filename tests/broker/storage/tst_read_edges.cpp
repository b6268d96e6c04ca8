// SPDX-License-Identifier: GPL-3.0-or-later
// Reads at the edges: offsets that are missing, batches without records, damage in front of a reader that is under way,
// and readers that meet retention.
#include <QTest>
#include <algorithm>
#include <atomic>
#include <thread>

#include "broker/records/batch_builder.h"
#include "broker/storage/segment.h"
#include "tests/broker/storage/log_fixture.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::BatchSpec;
using weir::testing::DiskCall;
using weir::testing::DiskFault;
using weir::testing::LogFixture;
using weir::testing::makeBatch;

namespace {

constexpr const char* kFirstLog = "00000000000000000000.log";

bool appendBytes(LogFixture& f, const Bytes& batch) {
    if (!f.log->append(records::BatchView(batch), Timestamp(LogFixture::kNow))) {
        return false;
    }
    f.written.push_back(batch);
    return true;
}
bool appendAt(LogFixture& f, std::int64_t base) {
    return appendBytes(f,
                       makeBatch({.records = 2, .fill = static_cast<std::uint32_t>(base), .baseOffset = Offset(base)}));
}
/// What compaction leaves of a producer's last batch.
bool appendEmpty(LogFixture& f) {
    const Bytes batch = makeBatch({.baseOffset = f.log->endOffset()});
    return appendBytes(f, records::buildEmptyBatch(records::BatchView(batch)));
}
/// The next batch goes into a new segment.
void rollAtNext(LogFixture& f) {
    LogOptions options = f.options;
    options.segmentIndexBytes = 1;
    f.log->setOptions(options);
}

/// Writes into the file that the log has open.
void overwrite(LogFixture& f, std::size_t at, const Bytes& bytes) {
    auto file = f.memory.open(f.file(kFirstLog), io::OpenMode::kWrite);
    QVERIFY(file.ok() && (*file)->write(io::FilePosition{at}, bytes).ok());
}
void cut(LogFixture& f, std::size_t size) {
    auto file = f.memory.open(f.file(kFirstLog), io::OpenMode::kWrite);
    QVERIFY(file.ok() && (*file)->truncate(io::FilePosition{size}).ok());
}

LogFixture::ReadOut read(LogFixture& f, const ReadRequest& request) {
    ReadBuffer buffer;
    const auto extent = f.log->read(request, buffer);
    if (!extent) {
        return {.bytes = {}, .extent = {}, .error = extent.error().code};
    }
    return {.bytes = toBytes(buffer.bytes()), .extent = *extent, .error = std::nullopt};
}

}  // namespace

class TestReadEdges : public QObject {
    Q_OBJECT

private slots:
    void theEndOfASegmentWithAGapBehindItIsReadPast() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(3));
        // A reader has been at the end before there was more.
        QVERIFY(f.readAt(Offset(1)).extent.next == Offset(3));
        rollAtNext(f);
        QVERIFY(appendAt(f, 10));
        QCOMPARE(f.log->segmentCount(), 2);
        for (const std::int64_t from : {3, 5, 10}) {
            const auto out = f.readAt(Offset(from));
            QVERIFY(out.bytes == f.written.back());
            QCOMPARE(out.extent.next, Offset(12));
        }
    }
    // Relative offsets have 32 bits in what a segment remembers of its readers.
    void offsetsFarBehindASegmentAreNotTakenForThoseOfAReader() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(3));
        QVERIFY(f.readAt(Offset(1)).extent.next == Offset(3));
        const std::int64_t far = (std::int64_t{1} << 32) + 10;
        QVERIFY(appendAt(f, far));
        for (const std::int64_t from : {(std::int64_t{1} << 32) - 1, std::int64_t{1} << 32, far}) {
            const auto out = f.readAt(Offset(from));
            QVERIFY(!out.error);
            QVERIFY(out.bytes == f.written.back());
        }
    }
    void aLogMayEndWithBatchesWithoutRecords() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(1));
        QVERIFY(appendEmpty(f) && appendEmpty(f));
        const auto out = f.readAt(Offset(1), 1);
        QVERIFY(out.bytes == f.expected(1));
        QCOMPARE(out.extent.next, Offset(3));
        QVERIFY(!out.extent.hasRecords);
    }
    // However many they are and wherever the read ends among them.
    void batchesWithoutRecordsComeOnTop() {
        LogFixture f;
        QVERIFY(f.start());
        for (int i = 0; i < 80; ++i) {
            QVERIFY(appendEmpty(f));
        }
        QVERIFY(f.appendMany(2, {.valueBytes = 300}));
        for (const std::size_t batches : {1, 70, 80}) {
            for (const std::size_t more : {0, 5, 61, 62}) {
                const auto out = f.readAt(Offset(0), batches * records::kBatchHeaderSize + more);
                QVERIFY(out.extent.hasRecords);
                QVERIFY(out.bytes == f.expected(0, 81));
            }
        }
    }
    void aFailureBehindBatchesWithoutRecordsLeavesThem() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(appendEmpty(f));
        rollAtNext(f);
        QVERIFY(f.appendMany(1));
        QCOMPARE(f.log->segmentCount(), 2);
        f.disk.setPlan([](DiskCall call, const io::Path& path) {
            const bool fails = call == DiskCall::kRead && path.filename() == "00000000000000000001.log";
            return fails ? std::optional(DiskFault{}) : std::nullopt;
        });
        const auto out = f.readAt(Offset(0));
        QVERIFY(!out.error);
        QVERIFY(out.bytes == f.expected(0, 1));
        QCOMPARE(out.extent.next, Offset(1));
        f.disk.heal();
        QVERIFY(f.readAll() == f.expected());
    }
    void aLimitAmongMissingOffsetsGivesNothing() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(3) && appendAt(f, 10) && appendAt(f, 12));
        const auto out = read(f, {.from = Offset(5), .upTo = Offset(8), .maxBytes = 1000});
        QVERIFY(!out.error && out.bytes.empty());
        const auto all = read(f, {.from = Offset(5), .upTo = Offset(11), .maxBytes = 1000});
        QVERIFY(all.bytes == f.expected(3, 4));
    }
    void bytesBetweenMissingOffsetsAreThoseBehind() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(3));
        rollAtNext(f);
        QVERIFY(appendAt(f, 10));
        QVERIFY(f.stopCleanly() && f.start());
        const auto bytes = [&](std::int64_t from, std::int64_t end) {
            return f.log->bytesBetween({Offset(from), Offset(end)}, 1U << 20);
        };
        QCOMPARE(*bytes(0, 12), f.expected().size());
        QCOMPARE(*bytes(0, 7), f.expected(0, 3).size());
        QCOMPARE(*bytes(5, 7), std::size_t{0});
        QCOMPARE(*bytes(5, 12), f.expected(3).size());
    }

    void damageInFrontOfAReaderIsToldWhateverItsLimit_data() {
        QTest::addColumn<FirstBatch>("first");
        QTest::addColumn<QByteArray>("length");
        for (const FirstBatch first : {FirstBatch::kEvenIfLarger, FirstBatch::kWithinLimit}) {
            QTest::addRow("longer than the file, %d", int(first)) << first << QByteArray::fromHex("00ffffff");
            QTest::addRow("too short, %d", int(first)) << first << QByteArray::fromHex("00000001");
            QTest::addRow("negative, %d", int(first)) << first << QByteArray::fromHex("80000000");
        }
    }
    void damageInFrontOfAReaderIsToldWhateverItsLimit() {
        QFETCH(FirstBatch, first);
        QFETCH(QByteArray, length);
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(4));
        QCOMPARE(f.readAt(Offset(0), f.expected(0, 2).size()).extent.next, Offset(2));
        overwrite(f, f.expected(0, 2).size() + 8, toBytes(length.toStdString()));
        QVERIFY(read(f, {.from = Offset(2), .upTo = Offset(4), .maxBytes = 1000, .firstBatch = first}).error ==
                StorageErrc::kCorrupt);
        QVERIFY(f.readAt(Offset(3)).bytes == f.written[3]);
    }
    // Who has read up to there must not wait for ever.
    void aFileThatWasCutInFrontOfAReaderIsDamage() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(4));
        const std::size_t half = f.expected(0, 2).size();
        QCOMPARE(f.readAt(Offset(0), half).extent.next, Offset(2));
        for (const std::size_t left : {half + 80, half + 30, half, half - 10}) {
            cut(f, left);
            QVERIFY2(f.readAt(Offset(2)).error == StorageErrc::kCorrupt, qPrintable(QString::number(left)));
        }
    }
    void eachDamageIsReportedOnce() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(5));
        for (const std::size_t batch : {std::size_t{1}, std::size_t{3}}) {
            overwrite(f, f.expected(0, batch).size() + 63, Bytes(3));
        }
        for (int round = 0; round < 2; ++round) {
            for (const std::int64_t from : {1, 3}) {
                QVERIFY(f.readAt(Offset(from)).error == StorageErrc::kCorrupt);
            }
        }
        const auto damage = f.log->damage();
        QCOMPARE(damage.size(), std::size_t{2});
        QCOMPARE(damage[0].offsets.begin, Offset(1));
        QCOMPARE(damage[1].offsets.begin, Offset(3));
    }
    // The CRC holds, and the records do not: nobody may be sent past them to a later record.
    void aSearchByTimeDoesNotPassOverRecordsThatCannotBeRead_data() {
        QTest::addColumn<Compression>("codec");
        for (const Compression codec : {Compression::kNone, Compression::kGzip, Compression::kZstd}) {
            QTest::addRow("codec %d", int(codec)) << codec;
        }
    }
    void aSearchByTimeDoesNotPassOverRecordsThatCannotBeRead() {
        QFETCH(Compression, codec);
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(1, {.timestamp = 1000}));
        Bytes batch = makeBatch(
            {.records = 4, .timestamp = 2000, .valueBytes = 60, .compression = codec, .baseOffset = Offset(1)});
        batch[records::kBatchHeaderSize] = std::byte{0x7f};
        records::stampCrc(batch);
        QVERIFY(appendBytes(f, batch));
        QVERIFY(f.appendMany(1, {.timestamp = 3000}));
        const OffsetRange whole{Offset(0), f.log->endOffset()};
        QCOMPARE((*f.log->findByTime(Timestamp(900), whole))->offset, Offset(0));
        const auto found = f.log->findByTime(Timestamp(1500), whole);
        QVERIFY(!found.ok());
        QCOMPARE(found.error().code, StorageErrc::kCorrupt);
        QCOMPARE((*f.log->findByTime(Timestamp(2500), whole))->offset, Offset(5));
    }
    // Kafka's maximum timestamp is one of records.
    void theLatestTimeIsNotThatOfABatchWithoutRecords() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(2, {.timestamp = 1000}));
        QVERIFY(appendEmpty(f));
        QVERIFY(f.appendMany(1, {.timestamp = 5'000'000'000'000}));
        const auto latest = f.log->findLatestTime({Offset(0), Offset(3)});
        QVERIFY(latest.ok() && *latest);
        QCOMPARE((*latest)->offset, Offset(1));
    }

    void aReaderWhoseSegmentGoesMeanwhileIsToldSo_data() {
        QTest::addColumn<QString>("suffix");
        QTest::newRow("while it opens the index") << ".index";
        QTest::newRow("while it opens the time index") << ".timeindex";
    }
    void aReaderWhoseSegmentGoesMeanwhileIsToldSo() {
        QFETCH(QString, suffix);
        LogFixture f;
        f.options.segmentBytes = 500;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(20));
        QVERIFY(f.stopCleanly() && f.start());
        QVERIFY(f.log->segmentCount() > 2);
        const Offset second = f.log->segmentList()->at(1)->baseOffset();
        bool gone = false;
        f.disk.setPlan([&](DiskCall call, const io::Path& path) -> std::optional<DiskFault> {
            const std::string wanted = "00000000000000000000" + suffix.toStdString();
            if (!gone && call == DiskCall::kOpen && path.filename() == wanted) {
                gone = true;
                WEIR_ASSERT(f.log->deleteRecordsBefore(second, Timestamp(LogFixture::kNow)).ok());
            }
            return std::nullopt;
        });
        QVERIFY(f.readAt(Offset(0)).error == StorageErrc::kOffsetOutOfRange);
        QVERIFY(gone);
        QVERIFY(f.log->damage().empty());
        QVERIFY(f.readAll(second) == f.expected(static_cast<std::size_t>(second.value)));
        // Nothing was made anew in the place of what went.
        QVERIFY(!f.memory.exists(f.file("00000000000000000000.index")));
        QVERIFY(!f.memory.exists(f.file("00000000000000000000.timeindex")));
    }
    void readersThatComeTogetherLookAtTheIndexesOnce() {
        LogFixture f;
        f.options.segmentBytes = 500;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(12));
        QVERIFY(f.stopCleanly());
        const auto opensOf = [&](int readers) {
            std::atomic<int> opens{0};
            std::atomic<int> coming{0};
            f.disk.setPlan([&](DiskCall call, const io::Path& path) -> std::optional<DiskFault> {
                if (call == DiskCall::kOpen && path.filename() == "00000000000000000000.index") {
                    ++opens;
                    // The first one looks at its leisure.
                    while (coming < readers) {
                        std::this_thread::yield();
                    }
                    for (int i = 0; i < 1000; ++i) {
                        std::this_thread::yield();
                    }
                }
                return std::nullopt;
            });
            if (!f.start()) {
                return -1;
            }
            std::atomic<int> wrong{0};
            std::vector<std::thread> threads;
            for (int i = 0; i < readers; ++i) {
                threads.emplace_back([&] {
                    ++coming;
                    wrong += f.readAt(Offset(0), 1).bytes == f.written[0] ? 0 : 1;
                });
            }
            for (std::thread& thread : threads) {
                thread.join();
            }
            f.disk.heal();
            return f.stopCleanly() && wrong == 0 ? opens.load() : -1;
        };
        const int alone = opensOf(1);
        QVERIFY(alone > 0);
        QCOMPARE(opensOf(6), alone);
    }
};

QTEST_APPLESS_MAIN(TestReadEdges)
#include "tst_read_edges.moc"
