// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <atomic>
#include <thread>

#include "tests/broker/topics/partition_fixture.h"

using namespace weir;
using namespace weir::topics;
using storage::FlushPolicy;
using storage::ReadBuffer;
using weir::testing::BatchSpec;
using weir::testing::PartitionFixture;
using weir::testing::ReadyBatch;

namespace {

constexpr ProducerId kAlice{1001};
constexpr ProducerId kBob{1002};

}  // namespace

class TestPartition : public QObject {
    Q_OBJECT

private slots:
    void offsetsAreBornDenseAndInOrder() {
        PartitionFixture f;
        QVERIFY(f.start());
        std::int64_t expected = 0;
        for (const std::int32_t records : {1, 5, 1, 100, 2}) {
            const auto appended = f.append({.records = records});
            QVERIFY(appended.ok());
            QCOMPARE(appended->baseOffset, Offset(expected));
            expected += records;
            QCOMPARE(appended->lastOffset, Offset(expected - 1));
            QCOMPARE(appended->logAppendTime, kNoTimestamp);
            QVERIFY(appended->committed);
        }
        const PartitionOffsets offsets = f.partition->offsets();
        QCOMPARE(offsets.logStart, Offset(0));
        QCOMPARE(offsets.lastStable, Offset(expected));
        QCOMPARE(offsets.highWatermark, Offset(expected));
        QCOMPARE(offsets.logEnd, Offset(expected));
    }
    void concurrentAppendsShareNoOffset() {
        PartitionFixture f;
        QVERIFY(f.start());
        constexpr int kThreads = 4;
        constexpr int kEach = 300;
        std::vector<std::vector<Offset>> got(kThreads);
        std::vector<std::thread> threads;
        for (auto& mine : got) {
            threads.emplace_back([&f, &mine] {
                for (int i = 0; i < kEach; ++i) {
                    if (const auto appended = f.append({.records = 2})) {
                        mine.push_back(appended->baseOffset);
                    }
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        std::set<Offset> all;
        for (const auto& mine : got) {
            QVERIFY(std::is_sorted(mine.begin(), mine.end()));
            all.insert(mine.begin(), mine.end());
        }
        QCOMPARE(all.size(), std::size_t{kThreads * kEach});
        QCOMPARE(*all.rbegin(), Offset(2 * kThreads * kEach - 2));
    }
    void fetchBringsTheStoredBatch() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.append({.records = 3}).ok());
        ReadBuffer buffer;
        const auto fetched = f.fetch(Offset(1), buffer);
        QVERIFY(fetched.ok());
        const auto batch = records::BatchView::of(buffer.bytes());
        QVERIFY(batch.has_value());
        QCOMPARE(batch->baseOffset(), Offset(0));
        QCOMPARE(batch->leaderEpoch(), f.partition->leaderEpoch());
        QCOMPARE(fetched->next, Offset(3));
        QCOMPARE(fetched->offsets.highWatermark, Offset(3));
        buffer.clear();
        QCOMPARE(f.fetch(Offset(3), buffer)->bytes, std::size_t{0});
        QCOMPARE(f.fetch(Offset(4), buffer).error().code, PartitionErrc::kOffsetOutOfRange);
    }
    void brokerTimeIsStampedWhereTheTopicAsksForIt() {
        PartitionFixture f;
        QVERIFY(f.start());
        const auto appended = f.append({.records = 2, .timestamp = 12345}, TimestampType::kLogAppendTime);
        QVERIFY(appended.ok());
        QCOMPARE(appended->logAppendTime, f.now());
        ReadBuffer buffer;
        QVERIFY(f.fetch(Offset(0), buffer).ok());
        const auto batch = records::BatchView::of(buffer.bytes());
        QVERIFY(batch->checkCrc());
        QCOMPARE(batch->maxTimestamp(), f.now());
        QVERIFY(batch->timestampType() == TimestampType::kLogAppendTime);
        QCOMPARE(f.partition->offsetFor(f.now().value, Isolation::kReadUncommitted)->offset, Offset(0));
    }

    // ---- idempotence

    void retryGetsTheOriginalOffsetAndIsNotStored() {
        PartitionFixture f;
        QVERIFY(f.start());
        for (int i = 0; i < 7; ++i) {
            QVERIFY(f.produce(kAlice, 0, i * 3, 3).ok());
        }
        for (int i = 2; i < 7; ++i) {
            const auto retry = f.produce(kAlice, 0, i * 3, 3);
            QVERIFY(retry.ok());
            QVERIFY(retry->duplicate);
            QCOMPARE(retry->baseOffset, Offset(i * 3));
        }
        QCOMPARE(f.end(), Offset(21));
        // Older than five batches: it cannot be told from a gap.
        QCOMPARE(f.produce(kAlice, 0, 3, 3).error().code, PartitionErrc::kOutOfOrderSequence);
    }
    void gapAndOldEpochAreRefused() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.produce(kAlice, 3, 0, 2).ok());
        QCOMPARE(f.produce(kAlice, 3, 3).error().code, PartitionErrc::kOutOfOrderSequence);
        QCOMPARE(f.produce(kAlice, 2, 2).error().code, PartitionErrc::kInvalidProducerEpoch);
        QCOMPARE(f.produce(kAlice, 4, 2).error().code, PartitionErrc::kOutOfOrderSequence);
        QVERIFY(f.produce(kAlice, 4, 0).ok());
        QCOMPARE(f.produce(kAlice, 3, 2).error().code, PartitionErrc::kInvalidProducerEpoch);
        QVERIFY(f.produce(kBob, 0, 77).ok());
        QCOMPARE(f.end(), Offset(4));
    }
    void sequenceWrapsToZero() {
        PartitionFixture f;
        QVERIFY(f.start());
        constexpr std::int32_t kLast = std::numeric_limits<std::int32_t>::max();
        QVERIFY(f.produce(kAlice, 0, kLast - 3, 3).ok());
        QVERIFY(f.produce(kAlice, 0, kLast, 3).ok());
        QVERIFY(f.produce(kAlice, 0, kLast, 3)->duplicate);
        QVERIFY(f.produce(kAlice, 0, 2).ok());
        QCOMPARE(f.end(), Offset(7));
    }
    void retriesAreRecognisedAfterEveryKindOfRestart_data() {
        QTest::addColumn<bool>("clean");
        QTest::addColumn<bool>("snapshots");
        QTest::newRow("clean") << true << true;
        QTest::newRow("killed") << false << true;
        QTest::newRow("clean, snapshots lost") << true << false;
        QTest::newRow("killed, snapshots lost") << false << false;
    }
    void retriesAreRecognisedAfterEveryKindOfRestart() {
        QFETCH(bool, clean);
        QFETCH(bool, snapshots);
        PartitionFixture f;
        f.options.log.segmentBytes = 1000;
        QVERIFY(f.start());
        for (int i = 0; i < 30; ++i) {
            QVERIFY(f.produce(kAlice, 1, i * 2, 2).ok());
            QVERIFY(f.produce(kBob, 0, i).ok());
        }
        if (clean) {
            QVERIFY(f.stopCleanly());
        } else {
            f.kill();
        }
        if (!snapshots) {
            for (const std::string& path : f.memory.paths()) {
                if (path.ends_with(".snapshot")) {
                    QVERIFY(f.memory.remove(path).ok());
                }
            }
        }
        QVERIFY(f.start());
        for (int i = 25; i < 30; ++i) {
            const auto retry = f.produce(kAlice, 1, i * 2, 2);
            QVERIFY(retry.ok() && retry->duplicate);
            QCOMPARE(retry->baseOffset, Offset(i * 3));
        }
        QCOMPARE(f.produce(kAlice, 1, 61).error().code, PartitionErrc::kOutOfOrderSequence);
        QCOMPARE(f.produce(kAlice, 0, 60).error().code, PartitionErrc::kInvalidProducerEpoch);
        QVERIFY(!f.produce(kAlice, 1, 60)->duplicate);
        QVERIFY(f.produce(kBob, 0, 29)->duplicate);
    }
    void ruinedSnapshotIsReplacedByTheLog() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.produce(kAlice, 0, 0, 5).ok());
        QVERIFY(f.stopCleanly());
        const io::Path snapshot = "/data/orders-0/00000000000000000005.snapshot";
        Bytes bytes = f.memory.contents(snapshot);
        QVERIFY(!bytes.empty());
        bytes[20] ^= std::byte{1};
        f.memory.setContents(snapshot, bytes);
        QVERIFY(f.start());
        QVERIFY(f.produce(kAlice, 0, 0, 5)->duplicate);
    }
    void snapshotBeyondTheEndIsNotBelieved() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.produce(kAlice, 0, 0, 5).ok());
        QVERIFY(f.produce(kAlice, 0, 5, 5).ok());
        QVERIFY(f.stopCleanly());
        const io::Path log = "/data/orders-0/00000000000000000000.log";
        Bytes bytes = f.memory.contents(log);
        bytes.resize(bytes.size() - 3);
        f.memory.setContents(log, bytes);
        QVERIFY(f.memory.remove("/data/.kafka_cleanshutdown").ok());
        // The recovery point is a lie too, as after a disk that did not keep its promise.
        QVERIFY(f.memory.remove("/data/recovery-point-offset-checkpoint").ok());
        QVERIFY(f.start());
        QCOMPARE(f.end(), Offset(5));
        const auto again = f.produce(kAlice, 0, 5, 5);
        QVERIFY(again.ok() && !again->duplicate);
        QCOMPARE(f.end(), Offset(10));
    }
    void silentProducerIsForgottenAndMayStartAnywhere() {
        PartitionFixture f;
        f.options.producerExpiryMs = 10'000;
        f.options.log.retentionMs = -1;
        QVERIFY(f.start());
        QVERIFY(f.append({.timestamp = 1,  // old data, sent now
                          .producerId = kAlice,
                          .producerEpoch = ProducerEpoch(0),
                          .baseSequence = Sequence(0)})
                    .ok());
        f.clock.advance(std::chrono::milliseconds(9'999));
        f.partition->housekeep(f.now());
        QCOMPARE(f.produce(kAlice, 0, 5).error().code, PartitionErrc::kOutOfOrderSequence);
        f.clock.advance(std::chrono::milliseconds(1));
        f.partition->housekeep(f.now());
        QVERIFY(f.produce(kAlice, 0, 5).ok());
    }
    void transactionalBatchNeedsATransaction() {
        PartitionFixture f;
        QVERIFY(f.start());
        QCOMPARE(f.append({.producerId = kAlice,
                           .producerEpoch = ProducerEpoch(0),
                           .baseSequence = Sequence(0),
                           .transactional = true})
                     .error()
                     .code,
                 PartitionErrc::kInvalidTxnState);
        QCOMPARE(f.end(), Offset(0));
    }

    // ---- transactions as the coordinator will write them

    void openTransactionHoldsTheStableEndBack() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.append({.records = 2}).ok());
        ReadyBatch data({.records = 3,
                         .producerId = kAlice,
                         .producerEpoch = ProducerEpoch(0),
                         .baseSequence = Sequence(0),
                         .transactional = true});
        QVERIFY(f.partition->append(data.bytes(), data.validated(), AppendOrigin::kCoordinator, f.now()).ok());
        QVERIFY(f.append({.records = 1}).ok());
        QCOMPARE(f.partition->offsets().lastStable, Offset(2));
        QCOMPARE(f.partition->readableEnd(Isolation::kReadCommitted), Offset(2));
        ReadBuffer buffer;
        QCOMPARE(f.fetch(Offset(0), buffer, Isolation::kReadCommitted)->next, Offset(2));
        QCOMPARE(f.partition->offsetFor(OffsetQuery::kLatest, Isolation::kReadCommitted)->offset, Offset(2));
        f.kill();
        QVERIFY(f.start());
        QCOMPARE(f.partition->offsets().lastStable, Offset(2));
        Bytes marker = records::buildEndMarker({.marker = {.type = records::MarkerType::kCommit, .coordinatorEpoch = 1},
                                                .producerId = kAlice,
                                                .producerEpoch = ProducerEpoch(0),
                                                .now = f.now()});
        records::Codec codec;
        Bytes scratch;
        const auto valid =
            records::validateBatch(marker, {.origin = records::BatchOrigin::kBroker, .now = f.now()}, codec, scratch);
        QVERIFY(valid.ok());
        QVERIFY(f.partition->append(marker, *valid, AppendOrigin::kCoordinator, f.now()).ok());
        QCOMPARE(f.partition->offsets().lastStable, Offset(7));
    }

    // ---- offsets and epochs

    void specialTimestamps() {
        PartitionFixture f;
        f.options.log.retentionMs = -1;
        QVERIFY(f.start());
        const auto offsetFor = [&](std::int64_t t) { return *f.partition->offsetFor(t, Isolation::kReadUncommitted); };
        QCOMPARE(offsetFor(OffsetQuery::kLatest).offset, Offset(0));
        QCOMPARE(offsetFor(OffsetQuery::kMaxTimestamp).offset, kNoOffset);
        QCOMPARE(offsetFor(5).offset, kNoOffset);
        QVERIFY(f.append({.timestamps = {100, 300, 200}}).ok());
        QVERIFY(f.append({.timestamps = {150, 250}}).ok());
        QCOMPARE(offsetFor(OffsetQuery::kEarliest).offset, Offset(0));
        QCOMPARE(offsetFor(OffsetQuery::kEarliestLocal).offset, Offset(0));
        QCOMPARE(offsetFor(OffsetQuery::kEarliest).timestamp, kNoTimestamp);
        QCOMPARE(offsetFor(OffsetQuery::kLatest).offset, Offset(5));
        QCOMPARE(offsetFor(OffsetQuery::kMaxTimestamp).offset, Offset(1));
        QCOMPARE(offsetFor(OffsetQuery::kMaxTimestamp).timestamp, Timestamp(300));
        QCOMPARE(offsetFor(OffsetQuery::kLatestTiered).offset, kNoOffset);
        QCOMPARE(offsetFor(OffsetQuery::kEarliestPendingUpload).offset, kNoOffset);
        QCOMPARE(offsetFor(150).offset, Offset(1));
        QCOMPARE(offsetFor(150).leaderEpoch, LeaderEpoch(0));
        QCOMPARE(offsetFor(301).offset, kNoOffset);
        QCOMPARE(*f.partition->deleteRecordsBefore(Offset(2)), Offset(2));
        QCOMPARE(offsetFor(OffsetQuery::kEarliest).offset, Offset(2));
        QCOMPARE(offsetFor(150).offset, Offset(2));
        QCOMPARE(offsetFor(201).offset, Offset(4));
    }
    void epochRisesOnlyWhenSomethingMayBeLost() {
        PartitionFixture f;
        QVERIFY(f.start());
        QCOMPARE(f.partition->leaderEpoch(), LeaderEpoch(0));
        QVERIFY(f.append({.records = 4}).ok());
        QVERIFY(f.stopCleanly());
        QVERIFY(f.start());
        QCOMPARE(f.partition->leaderEpoch(), LeaderEpoch(0));
        f.kill();
        QVERIFY(f.start());
        QCOMPARE(f.partition->leaderEpoch(), LeaderEpoch(1));
        f.kill();
        QVERIFY(f.start());
        QCOMPARE(f.partition->leaderEpoch(), LeaderEpoch(2));
        QVERIFY(f.append({.records = 3}).ok());
        QVERIFY(f.stopCleanly());
        QVERIFY(f.start());
        QCOMPARE(f.partition->leaderEpoch(), LeaderEpoch(2));
        using End = storage::LeaderEpochs::EpochEnd;
        QVERIFY(f.partition->endOfEpoch(LeaderEpoch(0)) == (End{LeaderEpoch(0), Offset(4)}));
        QVERIFY(f.partition->endOfEpoch(LeaderEpoch(1)) == (End{LeaderEpoch(0), Offset(4)}));
        QVERIFY(f.partition->endOfEpoch(LeaderEpoch(2)) == (End{LeaderEpoch(2), Offset(7)}));
        QVERIFY(f.partition->endOfEpoch(LeaderEpoch(3)) == End{});
        QCOMPARE(f.partition->checkLeaderEpoch(LeaderEpoch(1)).error().code, PartitionErrc::kFencedLeaderEpoch);
        QCOMPARE(f.partition->checkLeaderEpoch(LeaderEpoch(3)).error().code, PartitionErrc::kUnknownLeaderEpoch);
        QVERIFY(f.partition->checkLeaderEpoch(kNoLeaderEpoch).ok());
    }
    void epochNeverGoesBackEvenIfItsRecordsAreLost() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.append({}).ok());
        f.kill();
        QVERIFY(f.start());
        QVERIFY(f.append({}).ok());
        QVERIFY(f.append({}).ok());
        f.kill();
        const io::Path log = "/data/orders-0/00000000000000000000.log";
        Bytes bytes = f.memory.contents(log);
        bytes.resize(20);
        f.memory.setContents(log, bytes);
        QVERIFY(f.memory.remove("/data/recovery-point-offset-checkpoint").ok() || true);
        QVERIFY(f.start());
        QCOMPARE(f.end(), Offset(0));
        QCOMPARE(f.partition->leaderEpoch(), LeaderEpoch(2));
    }
    void deletedRecordsAreGoneForReaders() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.append({.records = 10}).ok());
        QCOMPARE(f.partition->deleteRecordsBefore(Offset(11)).error().code, PartitionErrc::kOffsetOutOfRange);
        QCOMPARE(f.partition->deleteRecordsBefore(Offset(-2)).error().code, PartitionErrc::kOffsetOutOfRange);
        QCOMPARE(*f.partition->deleteRecordsBefore(Offset(4)), Offset(4));
        QCOMPARE(*f.partition->deleteRecordsBefore(Offset(2)), Offset(4));
        ReadBuffer buffer;
        QCOMPARE(f.fetch(Offset(3), buffer).error().code, PartitionErrc::kOffsetOutOfRange);
        QCOMPARE(*f.partition->deleteRecordsBefore(kNoOffset), Offset(10));
        QCOMPARE(f.append({})->logStart, Offset(10));
    }
    void deletedTopicLeaksNothingIntoItsSuccessor() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.produce(kAlice, 5, 0, 10).ok());
        QVERIFY(f.partition->deleteRecordsBefore(Offset(3)).ok());
        const auto old = f.partition;
        QVERIFY(f.partition->remove().ok());
        QCOMPARE(f.append({}).error().code, PartitionErrc::kDeleted);
        ReadBuffer buffer;
        QCOMPARE(f.fetch(Offset(5), buffer).error().code, PartitionErrc::kDeleted);
        QVERIFY(f.open(Uuid{{std::byte{7}}}));
        QCOMPARE(f.partition->offsets().logStart, Offset(0));
        QCOMPARE(f.end(), Offset(0));
        QCOMPARE(f.partition->leaderEpoch(), LeaderEpoch(0));
        QVERIFY(f.produce(kAlice, 0, 3).ok());
        f.kill();
        QVERIFY(f.start() || true);
    }
    void counters() {
        PartitionFixture f;
        QVERIFY(f.start());
        QCOMPARE(f.partition->counters().lastAppend, kNoTimestamp);
        ReadyBatch batch({.records = 3});
        const auto size = static_cast<std::int64_t>(batch.bytes().size());
        QVERIFY(f.append({.records = 3}).ok());
        QVERIFY(f.append({.records = 3}).ok());
        ReadBuffer buffer;
        QVERIFY(f.fetch(Offset(0), buffer).ok());
        const PartitionCounters counted = f.partition->counters();
        QCOMPARE(counted.recordsIn, std::int64_t{6});
        QCOMPARE(counted.batchesIn, std::int64_t{2});
        QCOMPARE(counted.bytesIn, 2 * size);
        QCOMPARE(counted.bytesOut, 2 * size);
        QCOMPARE(counted.lastAppend, f.now());
        QCOMPARE(f.partition->sizeBytes(), 2 * size);
    }
    void closedPartitionAnswersWithAnError() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.append({}).ok());
        const auto held = f.partition;
        QVERIFY(f.partition->close().ok());
        QCOMPARE(f.append({}).error().code, PartitionErrc::kStorage);
        ReadBuffer buffer;
        QCOMPARE(f.fetch(Offset(0), buffer).error().code, PartitionErrc::kStorage);
    }
};

QTEST_APPLESS_MAIN(TestPartition)
#include "tst_partition.moc"
