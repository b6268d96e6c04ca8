// SPDX-License-Identifier: GPL-3.0-or-later
// Durability and failing disks as a client would see them.
#include <QTest>
#include <random>

#include "tests/broker/topics/partition_fixture.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::topics;
using storage::FlushPolicy;
using storage::ReadBuffer;
using weir::testing::BatchSpec;
using weir::testing::DiskCall;
using weir::testing::PartitionFixture;

namespace {

struct Waiter final : ParkedFetch {
    int woken = 0;
    void wake() override { ++woken; }
};

}  // namespace

class TestPartitionFaults : public QObject {
    Q_OBJECT

private slots:
    void durableBatchIsReadableAndAcknowledgedOnlyAfterTheSync() {
        PartitionFixture f;
        f.options.log.flushPolicy = FlushPolicy::kDurable;
        QVERIFY(f.start());
        auto waiter = std::make_shared<Waiter>();
        QVERIFY(f.partition->park(waiter, Isolation::kReadUncommitted, Offset(0)));
        const auto appended = f.append({.records = 2});
        QVERIFY(appended.ok() && !appended->committed);
        std::vector<bool> answers;
        f.partition->whenCommitted(appended->lastOffset, [&](bool ok) { answers.push_back(ok); });
        QVERIFY(answers.empty());
        QCOMPARE(waiter->woken, 0);
        QCOMPARE(f.partition->offsets().highWatermark, Offset(0));
        QCOMPARE(f.partition->offsets().logEnd, Offset(2));
        ReadBuffer buffer;
        QCOMPARE(f.fetch(Offset(0), buffer)->bytes, std::size_t{0});
        QCOMPARE(f.partition->readableBytes(Offset(0), Isolation::kReadUncommitted, 1), std::size_t{0});
        QCOMPARE(f.commits->runPending(), std::size_t{1});
        QCOMPARE(answers, std::vector<bool>{true});
        QCOMPARE(waiter->woken, 1);
        QVERIFY(f.fetch(Offset(0), buffer)->bytes > 0);
        // A retry of a durable batch needs no second sync, and a late question is answered at once.
        f.partition->whenCommitted(appended->lastOffset, [&](bool ok) { answers.push_back(ok); });
        QCOMPARE(answers.size(), std::size_t{2});
    }
    void manyAppendsShareOneSync() {
        PartitionFixture f;
        f.options.log.flushPolicy = FlushPolicy::kDurable;
        QVERIFY(f.start());
        int acknowledged = 0;
        for (int i = 0; i < 50; ++i) {
            const auto appended = f.append({});
            f.partition->whenCommitted(appended->lastOffset, [&](bool ok) { acknowledged += ok ? 1 : 0; });
        }
        QCOMPARE(f.commits->runPending(), std::size_t{1});
        QCOMPARE(acknowledged, 50);
    }
    void failedSyncAcknowledgesNothingAndStaysFailed() {
        for (int nth = 1; nth <= 5; ++nth) {
            PartitionFixture f;
            f.options.log.flushPolicy = FlushPolicy::kDurable;
            QVERIFY(f.start());
            for (int i = 1; i < nth; ++i) {
                QVERIFY(f.append({}).ok());
                f.commits->runPending();
            }
            auto waiter = std::make_shared<Waiter>();
            QVERIFY(f.partition->park(waiter, Isolation::kReadUncommitted, Offset(nth - 1)));
            const auto appended = f.append({});
            std::vector<bool> answers;
            f.partition->whenCommitted(appended->lastOffset, [&](bool ok) { answers.push_back(ok); });
            f.disk.failNth(DiskCall::kSync, 1, {.code = io::IoErrc::kIo});
            f.commits->runPending();
            f.disk.heal();
            QCOMPARE(answers, std::vector<bool>{false});
            QCOMPARE(waiter->woken, 1);
            QVERIFY(!f.partition->offlineReason().empty());
            QCOMPARE(f.append({}).error().code, PartitionErrc::kStorage);
            f.partition->whenCommitted(appended->lastOffset, [&](bool ok) { answers.push_back(ok); });
            QCOMPARE(answers, (std::vector<bool>{false, false}));
            QVERIFY(!f.partition->park(waiter, Isolation::kReadUncommitted, Offset(99)));
            QVERIFY(!f.partition->close().ok());
            f.kill();
            QVERIFY(f.start());
            QVERIFY(f.end() >= Offset(nth - 1));
            QVERIFY(f.append({}).ok());
        }
    }
    void flushMessagesHoldsTheAcknowledgementBack() {
        PartitionFixture f;
        f.options.log.flushMessages = 3;
        QVERIFY(f.start());
        QVERIFY(f.append({})->committed);
        QVERIFY(f.append({})->committed);
        QVERIFY(!f.append({})->committed);
        QCOMPARE(f.commits->runPending(), std::size_t{1});
        QVERIFY(f.append({})->committed);
    }
    void flushMsFlushesInTheBackground() {
        PartitionFixture f;
        f.options.log.flushPolicy = FlushPolicy::kInterval;
        f.options.log.flushMs = 500;
        QVERIFY(f.start());
        QVERIFY(f.memory.syncDirectory("/").ok());
        QVERIFY(f.append({})->committed);
        f.clock.advance(std::chrono::milliseconds(499));
        f.partition->housekeep(f.now());
        f.clock.advance(std::chrono::milliseconds(1));
        f.partition->housekeep(f.now());
        QVERIFY(f.append({})->committed);
        f.kill();
        f.memory.powerCut();
        QVERIFY(f.start());
        QCOMPARE(f.end(), Offset(1));
    }
    void fullDiskIsRetriableAndHealsWithoutARestart() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.append({.valueBytes = 500}).ok());
        f.memory.setCapacity(f.memory.usedBytes() + 100);
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(f.append({.valueBytes = 500}).error().code, PartitionErrc::kStorage);
            QVERIFY(f.partition->isDiskFull());
            QVERIFY(f.partition->offlineReason().empty());
            ReadBuffer buffer;
            QVERIFY(f.fetch(Offset(0), buffer)->bytes > 0);
        }
        f.memory.setCapacity(~0ULL);
        QCOMPARE(f.append({.valueBytes = 500})->baseOffset, Offset(1));
        QVERIFY(!f.partition->isDiskFull());
    }
    // Killed while the disk is full, and started so: what is there is read, and what comes waits for room.
    void startsOnAFullDiskAndReads() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.append({.valueBytes = 500}).ok());
        f.kill();
        f.memory.setCapacity(f.memory.usedBytes());
        QVERIFY(f.start());
        QVERIFY(f.partition->offlineReason().empty());
        ReadBuffer buffer;
        QVERIFY(f.fetch(Offset(0), buffer)->bytes > 0);
        QCOMPARE(f.append({.valueBytes = 500}).error().code, PartitionErrc::kStorage);
        QVERIFY(f.partition->isDiskFull());
        f.memory.setCapacity(~0ULL);
        QCOMPARE(f.append({.valueBytes = 500})->baseOffset, Offset(1));
        f.kill();
        QVERIFY(f.start());
        QCOMPARE(f.end(), Offset(2));
        QVERIFY(f.partition->damage().empty());
    }
    /// Several batches are in flight when the disk is full: each waits for room, and none is told that it is out of
    /// order.
    void whatIsBehindABatchThatFoundNoRoomWaitsWithIt() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.produce(ProducerId(5), 0, 0).ok());
        f.memory.setCapacity(f.memory.usedBytes());
        for (const int sequence : {1, 2, 3}) {
            QCOMPARE(f.produce(ProducerId(5), 0, sequence).error().code, topics::PartitionErrc::kStorage);
        }
        f.memory.setCapacity(~0ULL);
        for (const int sequence : {1, 2, 3}) {
            QVERIFY(f.produce(ProducerId(5), 0, sequence).ok());
        }
        QCOMPARE(f.produce(ProducerId(5), 0, 9).error().code, topics::PartitionErrc::kOutOfOrderSequence);
        QCOMPARE(f.end(), Offset(4));
    }
    /// Room is back, others write already, and what was on its way behind the batch that found none comes in.
    void whatIsBehindItStillWaitsWhenOthersHaveRoomAgain() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.produce(ProducerId(5), 0, 0).ok());
        f.memory.setCapacity(f.memory.usedBytes());
        QCOMPARE(f.produce(ProducerId(5), 0, 1).error().code, topics::PartitionErrc::kStorage);
        f.memory.setCapacity(~0ULL);
        QVERIFY(f.produce(ProducerId(6), 0, 0).ok());
        QVERIFY(!f.partition->isDiskFull());
        for (const int sequence : {2, 3}) {
            QCOMPARE(f.produce(ProducerId(5), 0, sequence).error().code, topics::PartitionErrc::kStorage);
        }
        for (const int sequence : {1, 2, 3}) {
            QVERIFY(f.produce(ProducerId(5), 0, sequence).ok());
        }
        QCOMPARE(f.produce(ProducerId(5), 0, 9).error().code, topics::PartitionErrc::kOutOfOrderSequence);
    }
    void refusedAppendLeavesTheProducersSequenceFree() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.produce(ProducerId(5), 0, 0).ok());
        f.disk.failNth(DiskCall::kWrite, 1, {.code = io::IoErrc::kDiskFull, .bytesThrough = 5});
        QVERIFY(!f.produce(ProducerId(5), 0, 1).ok());
        f.disk.heal();
        const auto again = f.produce(ProducerId(5), 0, 1);
        QVERIFY(again.ok() && !again->duplicate);
        QCOMPARE(again->baseOffset, Offset(1));
    }
    /// Several batches are in flight, and the disk fails for the first that a partition sees of the producer only.
    void whatFollowsAFirstBatchThatFailedIsNotTakenForAStart() {
        PartitionFixture f;
        QVERIFY(f.start());
        f.disk.failNth(DiskCall::kWrite, 1, {.code = io::IoErrc::kIo, .bytesThrough = 5});
        QVERIFY(!f.produce(ProducerId(5), 0, 0, 3).ok());
        f.disk.heal();
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(f.produce(ProducerId(5), 0, 3).error().code, topics::PartitionErrc::kStorage);
        }
        QVERIFY(f.produce(ProducerId(6), 0, 7).ok());
        const auto first = f.produce(ProducerId(5), 0, 0, 3);
        QVERIFY(first.ok() && !first->duplicate);
        QVERIFY(f.produce(ProducerId(5), 0, 3).ok());
        QVERIFY(f.produce(ProducerId(5), 0, 4).ok());
        // A new epoch owes nothing.
        f.disk.failNth(DiskCall::kWrite, 1, {.code = io::IoErrc::kIo});
        QVERIFY(!f.produce(ProducerId(8), 0, 0).ok());
        f.disk.heal();
        QVERIFY(f.produce(ProducerId(8), 1, 0).ok());
    }
    // The model of T01 without processes: kills and power cuts at random moments, every acknowledged batch counted.
    void acknowledgedIsNeverLostNorDoubled() {
        std::mt19937 random(weir::testing::printedSeed());
        for (int round = 0; round < 40; ++round) {
            PartitionFixture f;
            const bool durable = random() % 2 == 0;
            f.options.log.flushPolicy = durable ? FlushPolicy::kDurable : FlushPolicy::kKernel;
            f.options.log.segmentBytes = 1500;
            f.options.log.retentionMs = -1;
            QVERIFY(f.start());
            QVERIFY(f.memory.syncDirectory("/").ok());
            std::int32_t next = 0;
            std::int32_t acknowledged = -1;
            for (int life = 0; life < 4; ++life) {
                for (auto n = random() % 30; n > 0; --n) {
                    const auto appended = f.produce(ProducerId(9), 0, next, 2);
                    QVERIFY(appended.ok());
                    next += 2;
                    if (appended->committed) {
                        acknowledged = next - 1;
                    } else {
                        f.partition->whenCommitted(appended->lastOffset, [&acknowledged, last = next - 1](bool ok) {
                            acknowledged = ok ? std::max(acknowledged, last) : acknowledged;
                        });
                        if (random() % 3 == 0) {
                            f.commits->runPending();
                        }
                    }
                    if (random() % 10 == 0) {
                        f.partition->housekeep(f.now());
                    }
                }
                const auto way = random() % 3;
                if (way == 0) {
                    QVERIFY(f.stopCleanly());
                    acknowledged = next - 1;
                } else {
                    f.kill();
                    if (way == 1 && durable) {
                        f.memory.powerCut();
                    }
                }
                QVERIFY(f.start());
                f.commits->runPending();
                QVERIFY(f.end() > Offset(acknowledged));
                // The client sends again what it has no answer for; what is there already is not stored twice.
                next = acknowledged + 1;
                ReadBuffer buffer;
                Offset at(0);
                while (at < f.partition->readableEnd(Isolation::kReadUncommitted)) {
                    buffer.clear();
                    const auto fetched = f.fetch(at, buffer);
                    QVERIFY(fetched.ok() && fetched->bytes > 0);
                    records::BatchWalker walker(buffer.bytes());
                    while (const auto batch = walker.next()) {
                        QCOMPARE(static_cast<std::int64_t>(batch->baseSequence().value), batch->baseOffset().value);
                    }
                    at = fetched->next;
                }
                QVERIFY(f.partition->damage().empty());
                next = static_cast<std::int32_t>(f.end().value);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestPartitionFaults)
#include "tst_partition_faults.moc"
