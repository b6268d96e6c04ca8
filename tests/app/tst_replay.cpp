// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <map>
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

    void aSliceGoesToAnotherClusterWithoutWhatIsMasked() {
        MemoryCluster from;
        MemoryCluster to;
        for (int i = 0; i < 50; ++i) {
            const std::string value =
                i == 7    ? std::string("no json")
                : i == 8  ? std::string()
                : i == 9  ? R"({"email":"a@b","email":"c@d"})"
                : i == 10 ? R"({"other":1})"
                          : R"({ "n":)" + std::to_string(i) +
                                R"(, "email" : "m\u0061il@x" , "cards":[{"no":12345,"ok":true},{"no":null}]})";
            from.add("from", i % 2, 1'700'000'000'000 + i, "k" + std::to_string(i),
                     i == 11 ? std::nullopt : std::optional(value), {{"auth", toBytes("secret")}, {"h", std::nullopt}});
        }
        const SystemClock clock;
        ReplaySpec spec = copySpec();
        spec.masks.fields = {"value.email", "value.cards.no", "headers.auth"};
        JobControl looking;
        const auto dry = dryRunReplay({from, to}, clock, spec, looking);
        QVERIFY(dry.ok());
        QCOMPARE(dry->records, 49);
        QCOMPARE(dry->leftOut, 1);
        QVERIFY(dry->sample.find("***") != std::string::npos && dry->sample.find("m\\u0061il") == std::string::npos);
        QVERIFY(to.all("to", 0).empty());
        JobControl control;
        QVERIFY(runReplay({from, to}, clock, spec, control).ok());
        QCOMPARE(control.done(), 49);
        QCOMPARE(control.errors(), 1);
        QVERIFY(from.all("to", 0).empty());
        const auto texts = [&to] {
            std::map<std::string, std::string> all;
            for (int p = 0; p < 2; ++p) {
                for (const auto& record : to.all("to", p)) {
                    all[std::string(asText(*record.key))] = record.value ? std::string(asText(*record.value)) : "null";
                    if (asText(*record.headers[0].value) != "***" || record.headers[1].value) {
                        return std::map<std::string, std::string>();
                    }
                }
            }
            return all;
        }();
        QCOMPARE(texts.size(), std::size_t{49});
        QVERIFY(!texts.contains("k7"));
        QCOMPARE(texts.at("k8"), std::string());
        QCOMPARE(texts.at("k9"), std::string(R"({"email":"***","email":"***"})"));
        QCOMPARE(texts.at("k10"), std::string(R"({"other":1})"));
        QCOMPARE(texts.at("k11"), std::string("null"));
        QCOMPARE(texts.at("k20"),
                 std::string(R"({ "n":20, "email" : "***" , "cards":[{"no":0,"ok":true},{"no":null}]})"));
    }

    void aHashKeepsEqualEqualAndTellsNothing() {
        const auto masked = [](std::byte secret, const char* json) {
            MaskSpec spec;
            spec.fields = {"key", "value.*.id"};
            spec.kind = MaskKind::kHash;
            spec.secret = Bytes(32, secret);
            OutgoingRecord record;
            record.key = toBytes("customer 17");
            record.value = toBytes(json);
            return Masking::make(spec)->apply(record)
                       ? std::string(asText(*record.key)) + std::string(asText(*record.value))
                       : std::string("refused");
        };
        const char* const json = R"({"a":{"id":"x"},"b":{"id":17},"id":"stays"})";
        const std::string first = masked(std::byte{1}, json);
        QCOMPARE(first, masked(std::byte{1}, json));
        QVERIFY(first != masked(std::byte{2}, json));
        QVERIFY(first.find("customer") == std::string::npos && first.find(":17") == std::string::npos);
        QVERIFY(first.find(R"("id":"stays")") != std::string::npos);
        QCOMPARE(masked(std::byte{1}, "[1,2"), std::string("refused"));
        QCOMPARE(masked(std::byte{1}, (std::string(400, '[') + std::string(400, ']')).c_str()), std::string("refused"));
        QVERIFY(!Masking::make({{"price"}, MaskKind::kBlank, {}}).ok());
        QVERIFY(!Masking::make({{"value.a["}, MaskKind::kBlank, {}}).ok());
    }

    void aCopyThatFailedGoesOnWhereItStopped() {
        MemoryCluster from;
        MemoryCluster to;
        fill(from);
        const SystemClock clock;
        ReplaySpec spec = copySpec();
        NewTopic topic;
        topic.name = "to";
        topic.partitions = 3;
        QVERIFY(to.createTopic(topic).ok());
        spec.pace = ReplayPace::kRate;
        spec.ratePerSecond = 3000;
        ReplayProgress progress;
        JobControl control;
        std::thread breaker([&] {
            while (control.done() == 0) {
                std::this_thread::yield();
            }
            to.failWith(ClusterError{ClusterErrc::kUnreachable, 0, "gone"});
        });
        const auto broken = runReplay({from, to}, clock, spec, control, &progress);
        breaker.join();
        QVERIFY(!broken.ok());
        QVERIFY(control.done() > 0 && control.done() < 300);
        to.failWith(std::nullopt);
        spec.resume = progress.checkpoint();
        spec.pace = ReplayPace::kAsFastAsPossible;
        JobControl second;
        QVERIFY(runReplay({from, to}, clock, spec, second).ok());
        QCOMPARE(control.done() + second.done(), 300);
        for (int p = 0; p < 3; ++p) {
            QCOMPARE(to.all("to", p).size(), from.all("from", p).size());
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
