// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <atomic>
#include <thread>

#include "tests/broker/storage/log_fixture.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::BatchSpec;
using weir::testing::DiskCall;
using weir::testing::DiskFault;
using weir::testing::LogFixture;
using weir::testing::makeBatch;

class TestLog : public QObject {
    Q_OBJECT

private slots:
    void whatWasAppendedIsReadByteForByte() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(500, {.records = 3, .valueBytes = 100}));
        QCOMPARE(f.log->endOffset(), Offset(1500));
        QVERIFY(f.log->segmentCount() > 2);
        QVERIFY(f.readAll() == f.expected());
        QVERIFY(f.readAll(Offset(0), 1) == f.expected());
        QVERIFY(f.readAll(Offset(0), 5000) == f.expected());
    }
    void anyOffsetInsideABatchBringsTheWholeBatch() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(300, {.records = 4, .valueBytes = 200}));
        for (std::int64_t offset = 0; offset < 1200; offset += 7) {
            const auto out = f.readAt(Offset(offset), 1);
            QVERIFY(!out.error);
            QVERIFY(out.bytes == f.written[static_cast<std::size_t>(offset / 4)]);
            QCOMPARE(out.extent.next, Offset((offset / 4 + 1) * 4));
        }
    }
    void limitIsKeptButNeverByCuttingABatch() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(20, {.valueBytes = 1000}));
        const std::size_t one = f.written[0].size();
        QCOMPARE(f.readAt(Offset(0), one * 3 + 5).bytes.size(), one * 3);
        QCOMPARE(f.readAt(Offset(0), one * 3).bytes.size(), one * 3);
        QCOMPARE(f.readAt(Offset(0), 1).bytes.size(), one);
        ReadBuffer buffer;
        const auto none = f.log->read(
            {.from = Offset(0), .upTo = Offset(20), .maxBytes = one - 1, .firstBatch = FirstBatch::kWithinLimit},
            buffer);
        QVERIFY(none.ok());
        QCOMPARE(none->bytes, std::size_t{0});
        QCOMPARE(buffer.size(), std::size_t{0});
    }
    void batchLargerThanTheReadWindowComesWhole() {
        LogFixture f;
        f.options.segmentBytes = 8 * 1024 * 1024;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(3, {.valueBytes = 2'000'000}));
        QVERIFY(f.readAll(Offset(0), 100) == f.expected());
    }
    void nothingAtOrBeyondTheBoundIsRead() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(10));
        ReadBuffer buffer;
        QVERIFY(f.log->read({.from = Offset(2), .upTo = Offset(5), .maxBytes = 1 << 20}, buffer).ok());
        QVERIFY(toBytes(buffer.bytes()) == f.expected(2, 5));
        buffer.clear();
        QCOMPARE(f.log->read({.from = Offset(5), .upTo = Offset(5), .maxBytes = 1 << 20}, buffer)->bytes,
                 std::size_t{0});
    }
    void offsetsOutsideTheLogAreRefused() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(10));
        QCOMPARE(f.readAt(Offset(11)).error, std::optional(StorageErrc::kOffsetOutOfRange));
        QVERIFY(!f.readAt(Offset(10)).error);
        QVERIFY(f.log->deleteRecordsBefore(Offset(4), Timestamp(LogFixture::kNow)).ok());
        QCOMPARE(f.readAt(Offset(3)).error, std::optional(StorageErrc::kOffsetOutOfRange));
        QVERIFY(f.readAll(Offset(4)) == f.expected(4));
    }
    void segmentRollsBySize() {
        LogFixture f;
        f.options.segmentBytes = 10'000;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(30, {.valueBytes = 3000}));
        QCOMPARE(f.log->segmentCount(), 10);
        for (const auto& segment : f.log->segments()) {
            QVERIFY(segment.sizeBytes <= 10'000);
        }
        QCOMPARE(f.append({.valueBytes = 20'000}).error().code, StorageErrc::kTooLarge);
    }
    void segmentRollsByRecordTime() {
        LogFixture f;
        f.options.segmentMs = 1000;
        QVERIFY(f.start());
        QVERIFY(f.append({.timestamp = 5000}).ok());
        QVERIFY(f.append({.timestamp = 6000}).ok());
        QCOMPARE(f.log->segmentCount(), 1);
        QVERIFY(f.append({.timestamp = 6001})->rolled);
        QCOMPARE(f.log->segmentCount(), 2);
        QVERIFY(f.stopCleanly());
        QVERIFY(f.start());
        QVERIFY(f.append({.timestamp = 7002})->rolled);
    }
    void segmentRollsWhenAnIndexIsFull() {
        LogFixture f;
        f.options.segmentIndexBytes = 5 * 8;
        f.options.indexIntervalBytes = 100;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(100, {.valueBytes = 100}));
        QVERIFY(f.log->segmentCount() > 5);
        QVERIFY(f.readAll() == f.expected());
    }
    void segmentRollsWhereRelativeOffsetsEnd() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(1));
        const Bytes far = makeBatch({.baseOffset = Offset(1LL << 31)});
        QVERIFY(f.log->append(records::BatchView(far), Timestamp(LogFixture::kNow))->rolled);
        QCOMPARE(f.log->endOffset(), Offset((1LL << 31) + 1));
        QVERIFY(f.readAt(Offset(1LL << 31)).bytes == far);
        QVERIFY(f.readAt(Offset(5)).bytes == far);
    }
    void filesBearKafkasNames() {
        LogFixture f;
        f.options.segmentBytes = 2000;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(2, {.valueBytes = 1500}));
        using Names = std::vector<std::string>;
        QCOMPARE(f.filesWith(".log"), (Names{"00000000000000000000.log", "00000000000000000001.log"}));
        QCOMPARE(f.filesWith(".index"), (Names{"00000000000000000000.index", "00000000000000000001.index"}));
        QCOMPARE(f.filesWith(".timeindex"),
                 (Names{"00000000000000000000.timeindex", "00000000000000000001.timeindex"}));
        QVERIFY(f.memory.contents(f.file("00000000000000000000.log")) == f.written[0]);
    }

    // ---- failing disks

    void fullDiskLosesNothingAndHealsByItself() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(20, {.valueBytes = 100}));
        f.memory.setCapacity(f.memory.usedBytes() + 250);
        int failures = 0;
        for (int i = 0; i < 10; ++i) {
            const auto effect = f.append({.valueBytes = 100, .fill = 77});
            if (!effect) {
                QCOMPARE(effect.error().code, StorageErrc::kDiskFull);
                ++failures;
            }
            QVERIFY(f.readAll() == f.expected());
        }
        QVERIFY(failures >= 8);
        f.memory.setCapacity(~0ULL);
        QVERIFY(f.appendMany(10, {.valueBytes = 100}));
        QVERIFY(f.readAll() == f.expected());
        f.kill();
        QVERIFY(f.start());
        QVERIFY(f.readAll() == f.expected());
        QVERIFY(f.log->damage().empty());
    }
    void shortWriteIsCutBackAtEveryLength() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(3));
        const std::size_t size = makeBatch({}).size();
        for (std::size_t through = 0; through <= size; ++through) {
            f.disk.failNth(DiskCall::kWrite, 1, {.code = io::IoErrc::kIo, .bytesThrough = through});
            QVERIFY(!f.append({}).ok());
            f.disk.heal();
            QVERIFY(!f.log->isOffline());
            QVERIFY(f.memory.contents(f.file("00000000000000000000.log")) == f.expected());
        }
        QVERIFY(f.appendMany(3));
        QVERIFY(f.readAll() == f.expected());
    }
    void writeThatCannotBeCutBackTakesTheLogOffline() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(3));
        f.disk.setPlan([](DiskCall call, const io::Path&) -> std::optional<DiskFault> {
            if (call == DiskCall::kWrite || call == DiskCall::kTruncate) {
                return DiskFault{.code = io::IoErrc::kIo, .bytesThrough = 20};
            }
            return std::nullopt;
        });
        QCOMPARE(f.append({}).error().code, StorageErrc::kOffline);
        f.disk.heal();
        QVERIFY(f.log->isOffline());
        QCOMPARE(f.append({}).error().code, StorageErrc::kOffline);
        QCOMPARE(f.readAt(Offset(0)).error, std::optional(StorageErrc::kOffline));
        f.kill();
        QVERIFY(f.start());
        QVERIFY(f.readAll() == f.expected());
        QCOMPARE(f.log->damage().size(), std::size_t{1});
        QCOMPARE(f.quarantined().size(), std::size_t{20});
    }
    void failedSyncIsNeverRetriedIntoSuccess() {
        for (int nth = 1; nth <= 3; ++nth) {
            LogFixture f;
            QVERIFY(f.start());
            for (int i = 1; i < nth; ++i) {
                QVERIFY(f.appendMany(1));
                QVERIFY(f.log->commit().ok());
            }
            QVERIFY(f.appendMany(1));
            f.disk.failNth(DiskCall::kSync, 1, {.code = io::IoErrc::kIo});
            QCOMPARE(f.log->commit().error().code, StorageErrc::kOffline);
            f.disk.heal();
            QCOMPARE(f.log->commit().error().code, StorageErrc::kOffline);
            QCOMPARE(f.append({}).error().code, StorageErrc::kOffline);
        }
    }
    void failedRollLeavesTheLogUsable() {
        LogFixture f;
        f.options.segmentBytes = 1000;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(1, {.valueBytes = 800}));
        for (const DiskCall call : {DiskCall::kOpen, DiskCall::kWrite, DiskCall::kTruncate}) {
            f.disk.failAlways(call, {.code = io::IoErrc::kDiskFull});
            QVERIFY(!f.append({.valueBytes = 800}).ok());
            f.disk.heal();
            if (f.log->isOffline()) {
                f.kill();
                QVERIFY(f.start());
            }
            QVERIFY(f.readAll() == f.expected());
            QVERIFY(f.appendMany(1, {.valueBytes = 800}));
            QVERIFY(f.readAll() == f.expected());
        }
        f.kill();
        QVERIFY(f.start());
        QVERIFY(f.readAll() == f.expected());
    }
    void powerCutKeepsWhatWasCommitted() {
        for (int committed = 0; committed <= 6; ++committed) {
            LogFixture f;
            f.options.segmentBytes = 300;
            QVERIFY(f.start());
            QVERIFY(f.directory->writeCheckpoints().ok());
            QVERIFY(f.memory.syncDirectory("/").ok());
            for (int i = 0; i < 6; ++i) {
                QVERIFY(f.appendMany(1, {.valueBytes = 100}));
                if (i + 1 == committed) {
                    QCOMPARE(*f.log->commit(), Offset(committed));
                }
            }
            f.powerCut();
            QVERIFY(f.start());
            QVERIFY(f.log->endOffset() >= Offset(committed));
            const Bytes all = f.readAll();
            QVERIFY(all == f.expected(0, static_cast<std::size_t>(f.log->endOffset().value)));
        }
    }

    // ---- retention

    void oldSegmentsGoByTime() {
        LogFixture f;
        f.options.segmentBytes = 1000;
        f.options.retentionMs = 10'000;
        QVERIFY(f.start());
        for (std::int64_t i = 0; i < 10; ++i) {
            QVERIFY(f.append({.timestamp = LogFixture::kNow + i * 1000, .valueBytes = 900}).ok());
        }
        QCOMPARE(*f.log->applyRetention(f.log->endOffset(), Timestamp(LogFixture::kNow + 13'500)), std::size_t{4});
        QCOMPARE(f.log->startOffset(), Offset(4));
        QVERIFY(f.readAll(Offset(4)) == f.expected(4));
        QCOMPARE(f.readAt(Offset(3)).error, std::optional(StorageErrc::kOffsetOutOfRange));
        QCOMPARE(f.filesWith(".log.deleted").size(), std::size_t{4});
        QCOMPARE(f.log->removeDeletedFiles(Timestamp(LogFixture::kNow + 13'500 + 59'999)), std::size_t{0});
        QCOMPARE(f.log->removeDeletedFiles(Timestamp(LogFixture::kNow + 13'500 + 60'000)), std::size_t{12});
        QVERIFY(f.filesWith(".deleted").empty());
    }
    void oldSegmentsGoBySizeAndTheActiveOneStays() {
        LogFixture f;
        f.options.segmentBytes = 1000;
        f.options.retentionBytes = 2500;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(10, {.valueBytes = 900}));
        QVERIFY(*f.log->applyRetention(f.log->endOffset(), Timestamp(LogFixture::kNow)) > 0);
        QVERIFY(f.log->sizeBytes() >= 2500);
        QVERIFY(f.log->sizeBytes() < 2500 + 1000);
    }
    void everythingExpiredLeavesAnEmptyLogThatGoesOn() {
        LogFixture f;
        f.options.retentionMs = 1;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(10));
        QCOMPARE(*f.log->applyRetention(Offset(10), Timestamp(LogFixture::kNow + 1'000'000)), std::size_t{1});
        QCOMPARE(f.log->startOffset(), Offset(10));
        QCOMPARE(f.log->sizeBytes(), std::int64_t{0});
        QVERIFY(f.appendMany(1));
        QCOMPARE(f.log->endOffset(), Offset(11));
        f.kill();
        QVERIFY(f.start());
        QCOMPARE(f.log->startOffset(), Offset(10));
        QCOMPARE(f.log->endOffset(), Offset(11));
    }
    void nothingAboveTheHighWatermarkGoes() {
        LogFixture f;
        f.options.segmentBytes = 1000;
        f.options.retentionMs = 1;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(10, {.valueBytes = 900}));
        QCOMPARE(*f.log->applyRetention(Offset(3), Timestamp(LogFixture::kNow + 1'000'000)), std::size_t{3});
    }
    void retentionFollowsTheModel() {
        std::mt19937 random(weir::testing::printedSeed());
        for (int round = 0; round < 30; ++round) {
            LogFixture f;
            f.options.segmentBytes = 1000;
            f.options.retentionMs = random() % 3 == 0 ? -1 : 1000 + static_cast<int>(random() % 20'000);
            f.options.retentionBytes = random() % 2 == 0 ? -1 : static_cast<int>(random() % 9000);
            QVERIFY(f.start());
            std::int64_t time = LogFixture::kNow;
            for (int i = 0; i < 12; ++i) {
                time += static_cast<int>(random() % 3000);
                QVERIFY(f.append({.timestamp = time, .valueBytes = 300 + random() % 600}).ok());
            }
            const auto model = f.log->segments();
            std::int64_t total = f.log->sizeBytes();
            std::size_t gone = 0;
            while (gone < model.size()) {
                const auto& segment = model[gone];
                const bool old =
                    f.options.retentionMs >= 0 && time - segment.largestTimestamp.value > f.options.retentionMs;
                const bool much =
                    f.options.retentionBytes >= 0 && total - segment.sizeBytes >= f.options.retentionBytes;
                if (!old && !much) {
                    break;
                }
                total -= segment.sizeBytes;
                ++gone;
            }
            QCOMPARE(*f.log->applyRetention(f.log->endOffset(), Timestamp(time)), gone);
            QCOMPARE(f.log->startOffset(), gone < model.size() ? model[gone].baseOffset : f.log->endOffset());
        }
    }
    void deletedRecordsStayDeletedAfterAPowerCut() {
        LogFixture f;
        f.options.segmentBytes = 1000;
        QVERIFY(f.start());
        QVERIFY(f.memory.syncDirectory("/").ok());
        QVERIFY(f.appendMany(10, {.records = 2, .valueBytes = 400}));
        QVERIFY(f.log->flush().ok());
        QVERIFY(f.log->deleteRecordsBefore(Offset(7), Timestamp(LogFixture::kNow)).ok());
        QCOMPARE(f.log->startOffset(), Offset(7));
        f.powerCut();
        QVERIFY(f.start());
        QCOMPARE(f.log->startOffset(), Offset(7));
        QCOMPARE(f.log->endOffset(), Offset(20));
        QCOMPARE(f.log->deleteRecordsBefore(Offset(21), Timestamp(LogFixture::kNow)).error().code,
                 StorageErrc::kOffsetOutOfRange);
    }

    /// Retention is written nowhere, and a power cut may undo it: what somebody has asked to be deleted stays away.
    void whatRetentionTookStaysDeletedForWhoAskedForIt() {
        LogFixture f;
        f.options.segmentBytes = 1000;
        f.options.retentionBytes = 3000;
        QVERIFY(f.start());
        QVERIFY(f.memory.syncDirectory("/").ok());
        QVERIFY(f.appendMany(10, {.records = 2, .valueBytes = 400}));
        QVERIFY(f.log->flush().ok());
        QVERIFY(*f.log->applyRetention(f.log->endOffset(), Timestamp(LogFixture::kNow)) > 0);
        const Offset start = f.log->startOffset();
        QVERIFY(start > Offset(7));
        f.powerCut();
        QVERIFY(f.start());
        QCOMPARE(f.log->startOffset(), Offset(0));
        QVERIFY(*f.log->applyRetention(f.log->endOffset(), Timestamp(LogFixture::kNow)) > 0);
        QVERIFY(f.log->deleteRecordsBefore(Offset(7), Timestamp(LogFixture::kNow)).ok());
        QCOMPARE(f.log->startOffset(), start);
        f.powerCut();
        QVERIFY(f.start());
        QCOMPARE(f.log->startOffset(), Offset(7));
    }

    // ---- beside a writer

    void readersBesideAWriterSeeOnlyWholeAndRightBatches() {
        LogFixture f;
        f.options.segmentBytes = 20'000;
        QVERIFY(f.start());
        std::atomic<bool> done{false};
        std::atomic<int> wrong{0};
        std::vector<std::thread> readers;
        for (unsigned r = 0; r < 3; ++r) {
            readers.emplace_back([&f, &done, &wrong, r] {
                Offset from(0);
                ReadBuffer buffer;
                while (!done || from < f.log->endOffset()) {
                    buffer.clear();
                    const Offset end = f.log->endOffset();
                    const auto extent = f.log->read({.from = from, .upTo = end, .maxBytes = 700U << r}, buffer);
                    if (!extent || (extent->bytes == 0 && from < end)) {
                        ++wrong;
                        return;
                    }
                    records::BatchWalker walker(buffer.bytes());
                    while (const auto batch = walker.next()) {
                        wrong += batch->baseOffset() != from || !batch->checkCrc() ? 1 : 0;
                        from = batch->nextOffset();
                    }
                    wrong += from != extent->next ? 1 : 0;
                }
            });
        }
        const bool wrote = f.appendMany(3000, {.records = 2, .valueBytes = 60});
        done = true;
        for (std::thread& reader : readers) {
            reader.join();
        }
        QVERIFY(wrote);
        QCOMPARE(wrong.load(), 0);
    }
    void readersBesideRetentionGetDataOrOutOfRange() {
        LogFixture f;
        f.options.segmentBytes = 2000;
        f.options.retentionBytes = 6000;
        f.options.fileDeleteDelayMs = 0;
        QVERIFY(f.start());
        std::atomic<bool> done{false};
        std::atomic<int> wrong{0};
        std::thread reader([&] {
            Offset from(0);
            while (!done) {
                const auto out = f.readAt(from, 500);
                if (out.error == StorageErrc::kOffsetOutOfRange) {
                    from = f.log->startOffset();
                } else if (out.error) {
                    ++wrong;
                } else {
                    from = out.extent.next;
                }
            }
        });
        for (int i = 0; i < 1500; ++i) {
            wrong += f.append({.valueBytes = 300}) ? 0 : 1;
            static_cast<void>(f.log->applyRetention(f.log->endOffset(), Timestamp(LogFixture::kNow)));
            f.log->removeDeletedFiles(Timestamp(LogFixture::kNow));
            f.log->closeIdleFiles();
        }
        done = true;
        reader.join();
        QCOMPARE(wrong.load(), 0);
    }
    void minBytesCountsWhatAReadWouldBring() {
        LogFixture f;
        f.options.segmentBytes = 3000;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(20, {.valueBytes = 500}));
        const std::size_t one = f.written[0].size();
        QCOMPARE(*f.log->bytesBetween({Offset(0), Offset(20)}, ~std::size_t{0}), one * 20);
        QCOMPARE(*f.log->bytesBetween({Offset(3), Offset(9)}, ~std::size_t{0}), one * 6);
        QCOMPARE(*f.log->bytesBetween({Offset(20), Offset(20)}, 1), std::size_t{0});
        QVERIFY(*f.log->bytesBetween({Offset(0), Offset(20)}, 10) >= 10);
    }
};

QTEST_APPLESS_MAIN(TestLog)
#include "tst_log.moc"
