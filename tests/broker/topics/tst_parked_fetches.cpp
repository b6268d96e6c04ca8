// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <atomic>
#include <condition_variable>
#include <thread>

#include "tests/broker/topics/partition_fixture.h"

using namespace weir;
using namespace weir::topics;
using weir::testing::PartitionFixture;

namespace {

struct Waiter final : ParkedFetch {
    std::mutex mutex;
    std::condition_variable changed;
    int woken = 0;
    void wake() override {
        {
            const std::lock_guard lock(mutex);
            ++woken;
        }
        changed.notify_all();
    }
    bool waitFor(int count) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, std::chrono::seconds(30), [&] { return woken >= count; });
    }
};

}  // namespace

class TestParkedFetches : public QObject {
    Q_OBJECT

private slots:
    void appendWakesOnceAndForgets() {
        PartitionFixture f;
        QVERIFY(f.start());
        auto waiter = std::make_shared<Waiter>();
        QVERIFY(f.partition->park(waiter, Isolation::kReadUncommitted, Offset(0)));
        QVERIFY(f.append({}).ok());
        QVERIFY(f.append({}).ok());
        QCOMPARE(waiter->woken, 1);
        QCOMPARE(waiter.use_count(), 1L);
    }
    void newDataBeforeParkingIsNotMissed() {
        PartitionFixture f;
        QVERIFY(f.start());
        QVERIFY(f.append({}).ok());
        auto waiter = std::make_shared<Waiter>();
        QVERIFY(!f.partition->park(waiter, Isolation::kReadUncommitted, Offset(0)));
        QVERIFY(f.partition->park(waiter, Isolation::kReadUncommitted, Offset(1)));
        QCOMPARE(waiter->woken, 0);
    }
    void cancelledFetchIsNotWoken() {
        PartitionFixture f;
        QVERIFY(f.start());
        auto stays = std::make_shared<Waiter>();
        auto goes = std::make_shared<Waiter>();
        QVERIFY(f.partition->park(stays, Isolation::kReadUncommitted, Offset(0)));
        QVERIFY(f.partition->park(goes, Isolation::kReadUncommitted, Offset(0)));
        f.partition->unpark(goes.get());
        QVERIFY(f.append({}).ok());
        QCOMPARE(goes->woken, 0);
        QCOMPARE(stays->woken, 1);
    }
    void deletionAndStopWakeEverybody() {
        for (const bool remove : {true, false}) {
            PartitionFixture f;
            QVERIFY(f.start());
            auto waiter = std::make_shared<Waiter>();
            QVERIFY(f.partition->park(waiter, Isolation::kReadCommitted, Offset(0)));
            QVERIFY(remove ? f.partition->remove().ok() : f.partition->close().ok());
            QCOMPARE(waiter->woken, 1);
            QVERIFY(!f.partition->park(waiter, Isolation::kReadCommitted, Offset(0)));
        }
    }
    void readerOfCommittedDataSleepsThroughAnOpenTransaction() {
        ParkedFetches parked;
        auto plain = std::make_shared<Waiter>();
        auto committed = std::make_shared<Waiter>();
        const auto end = [] { return Offset(5); };
        QVERIFY(parked.park(plain, Isolation::kReadUncommitted, Offset(5), end));
        QVERIFY(parked.park(committed, Isolation::kReadCommitted, Offset(5), end));
        parked.wakeBeyond(Offset(9), Offset(5));
        QCOMPARE(plain->woken, 1);
        QCOMPARE(committed->woken, 0);
        parked.wakeBeyond(Offset(9), Offset(9));
        QCOMPARE(committed->woken, 1);
        QCOMPARE(parked.count(), std::size_t{0});
    }
    // A reader that always parks behind what it has seen must reach the end: a lost wake-up would leave it asleep.
    void noWakeUpIsLostInTheRace() {
        PartitionFixture f;
        QVERIFY(f.start());
        constexpr int kRecords = 3000;
        std::atomic<bool> lost{false};
        std::thread reader([&] {
            Offset seen(0);
            int parkedTimes = 0;
            auto waiter = std::make_shared<Waiter>();
            while (seen < Offset(kRecords)) {
                if (f.partition->park(waiter, Isolation::kReadUncommitted, seen)) {
                    if (!waiter->waitFor(++parkedTimes)) {
                        lost = true;
                        return;
                    }
                }
                seen = f.partition->readableEnd(Isolation::kReadUncommitted);
            }
        });
        for (int i = 0; i < kRecords; ++i) {
            if (!f.append({})) {
                lost = true;
            }
        }
        reader.join();
        QVERIFY(!lost);
    }
};

QTEST_APPLESS_MAIN(TestParkedFetches)
#include "tst_parked_fetches.moc"
