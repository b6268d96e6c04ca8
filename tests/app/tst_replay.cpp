// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <thread>

#include "app/replay/replay.h"
#include "tests/app/support/memory_cluster.h"

using namespace weir;
using namespace weir::app;
using weir::test::MemoryCluster;

namespace {

/// 300 records on three partitions, ten milliseconds apart, with everything that must survive.
void fill(MemoryCluster& cluster) {
    for (int i = 0; i < 300; ++i) {
        cluster.add("from", i % 3, 1'700'000'000'000 + i * 10,
                    i % 7 == 0 ? std::nullopt : std::optional("k" + std::to_string(i)),
                    i % 11 == 0 ? std::nullopt : std::optional(std::string("v\0\xff", 3) + std::to_string(i)),
                    {{"h", toBytes(std::to_string(i))}, {"h", std::nullopt}});
    }
}

ReplaySpec copySpec() {
    ReplaySpec spec;
    spec.fromTopic = "from";
    spec.toTopic = "to";
    return spec;
}

}  // namespace

class TstReplay : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void copiesAreEqualToTheByteAndInOrder() {
        MemoryCluster cluster;
        fill(cluster);
        const SystemClock clock;
        JobControl control;
        const auto done = runReplay(cluster, clock, copySpec(), control);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().message.c_str());
        QCOMPARE(control.done(), 300);
        for (int p = 0; p < 3; ++p) {
            const auto from = cluster.all("from", p);
            const auto to = cluster.all("to", p);
            QCOMPARE(to.size(), from.size());
            for (std::size_t i = 0; i < from.size(); ++i) {
                QVERIFY(to[i].key == from[i].key && to[i].value == from[i].value && to[i].headers == from[i].headers);
                QCOMPARE(to[i].timestamp, from[i].timestamp);
            }
        }
    }

    void rangeAndFilterChooseExactly() {
        MemoryCluster cluster;
        fill(cluster);
        const SystemClock clock;
        ReplaySpec spec = copySpec();
        spec.fromTime = Timestamp(1'700'000'000'500);
        spec.untilTime = Timestamp(1'700'000'001'500);
        JobControl control;
        const auto dry = dryRunReplay(cluster, clock, spec, control);
        QVERIFY(dry.ok());
        QCOMPARE(dry->records, 100);
        QCOMPARE(dry->first, Timestamp(1'700'000'000'500));
        QCOMPARE(dry->last, Timestamp(1'700'000'001'490));
        QCOMPARE(dry->warnings.size(), std::size_t{1});
        QVERIFY(dry->warnings[0].find("will be made with 3") != std::string::npos);
        QVERIFY(cluster.all("to", 0).empty());
        spec.partitions = {PartitionId(1)};
        spec.filter = "key == null";
        spec.filterIsExpression = true;
        spec.pace = ReplayPace::kRate;
        spec.ratePerSecond = 10;
        JobControl other;
        const auto filtered = dryRunReplay(cluster, clock, spec, other);
        // Of 50 … 149 those with i % 3 == 1 and i % 7 == 0.
        QCOMPARE(filtered->records, 4);
        QCOMPARE(filtered->expectedMs, 400);
        QVERIFY(filtered->scanned >= filtered->records);
    }

    void dueTimesFollowTheOriginalTiming() {
        using std::chrono::milliseconds;
        const Clock::Steady start{};
        ReplayTiming timing(ReplayPace::kOriginalTiming, 10, 0, start);
        QVERIFY(timing.dueAt(0, Timestamp(5000)) == start);
        QVERIFY(timing.dueAt(1, Timestamp(6000)) == start + milliseconds(100));
        QVERIFY(timing.dueAt(2, Timestamp(4000)) == start);
        timing.shift(milliseconds(50));
        QVERIFY(timing.dueAt(3, Timestamp(7000)) == start + milliseconds(250));
        ReplayTiming rate(ReplayPace::kRate, 1, 50, start);
        QVERIFY(rate.dueAt(100, Timestamp(1)) == start + milliseconds(2000));
    }

    void originalTimingTakesItsTimeAndShiftsTimestamps() {
        MemoryCluster cluster;
        fill(cluster);
        const SystemClock clock;
        ReplaySpec spec = copySpec();
        spec.pace = ReplayPace::kOriginalTiming;
        spec.factor = 20;
        spec.shiftTimestampsToNow = true;
        JobControl control;
        const auto before = clock.steadyNow();
        const std::int64_t wall = clock.wallNowMs();
        QVERIFY(runReplay(cluster, clock, spec, control).ok());
        // 2990 ms of records at twenty times the speed.
        QVERIFY(clock.steadyNow() - before >= std::chrono::milliseconds(140));
        const auto first = cluster.all("to", 0).front();
        const auto last = cluster.all("to", 2).back();
        QVERIFY(first.timestamp.value >= wall);
        QCOMPARE(last.timestamp - first.timestamp, 149);
    }

    void pauseHoldsAndStopEnds() {
        MemoryCluster cluster;
        fill(cluster);
        const SystemClock clock;
        ReplaySpec spec = copySpec();
        spec.pace = ReplayPace::kRate;
        spec.ratePerSecond = 500;
        spec.loop = true;
        JobControl control;
        std::thread thread([&] { static_cast<void>(runReplay(cluster, clock, spec, control)); });
        QTRY_VERIFY(control.done() > 5);
        control.pause();
        // What was under way may still arrive; then it stands.
        std::int64_t held = -1;
        QTRY_VERIFY([&] {
            const bool isStill = held == control.done();
            held = control.done();
            return isStill;
        }());
        QCOMPARE(control.done(), held);
        control.resume();
        QTRY_VERIFY(control.done() > held);
        control.stop();
        thread.join();
        QVERIFY(control.done() > 0);
    }

    void replayIntoItselfEnds() {
        MemoryCluster cluster;
        fill(cluster);
        const SystemClock clock;
        ReplaySpec spec = copySpec();
        spec.toTopic = "from";
        JobControl control;
        QVERIFY(runReplay(cluster, clock, spec, control).ok());
        QCOMPARE(control.done(), 300);
        QCOMPARE(cluster.all("from", 0).size(), std::size_t{200});
    }

    void wrongSpecsAreRefusedInWords() {
        MemoryCluster cluster;
        fill(cluster);
        const SystemClock clock;
        JobControl control;
        ReplaySpec spec = copySpec();
        spec.fromTopic = "absent";
        QCOMPARE(runReplay(cluster, clock, spec, control).error().message, std::string("Topic absent does not exist."));
        spec = copySpec();
        spec.filter = "value >";
        spec.filterIsExpression = true;
        QVERIFY(!runReplay(cluster, clock, spec, control).ok());
        spec = copySpec();
        spec.pace = ReplayPace::kOriginalTiming;
        spec.factor = 0;
        QVERIFY(!runReplay(cluster, clock, spec, control).ok());
        QVERIFY(cluster.all("to", 0).empty());
    }

    void aLoopOverNothingEnds() {
        MemoryCluster cluster;
        fill(cluster);
        const SystemClock clock;
        ReplaySpec spec = copySpec();
        spec.filter = "nowhere to be found";
        spec.loop = true;
        JobControl control;
        QVERIFY(runReplay(cluster, clock, spec, control).ok());
        QCOMPARE(control.done(), 0);
    }
};

QTEST_GUILESS_MAIN(TstReplay)
#include "tst_replay.moc"
