// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <random>

#include "tests/broker/topics/partition_fixture.h"
#include "tests/support/seed.h"

using namespace weir;
using weir::testing::ManualClock;
using weir::testing::PartitionFixture;

namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
/// Where a 32-bit time ends.
constexpr std::int64_t kYear2038Ms = (1LL << 31) * 1000;

/// The first offset at or after a time, by looking at all of them.
Offset firstAtOrAfter(const std::vector<std::int64_t>& times, std::int64_t time) {
    const auto found = std::find_if(times.begin(), times.end(), [&](std::int64_t each) { return each >= time; });
    return found == times.end() ? kNoOffset : Offset(found - times.begin());
}

}  // namespace

/// Somebody sets the wall clock while records come in.
class TstClockJumps : public QObject {
    Q_OBJECT

    static bool append(PartitionFixture& f, std::vector<std::int64_t>& times) {
        const std::int64_t now = f.clock.wallNowMs();
        times.push_back(now);
        return f.append({.timestamp = now, .valueBytes = 150}, TimestampType::kLogAppendTime).ok();
    }
    static std::int64_t wrongLookUps(PartitionFixture& f, const std::vector<std::int64_t>& times) {
        std::int64_t wrong = 0;
        for (const std::int64_t time : times) {
            for (const std::int64_t asked : {time - 1, time, time + 1}) {
                const auto found =
                    f.partition->offsetFor(std::max<std::int64_t>(0, asked), Isolation::kReadUncommitted);
                wrong += !found || found->offset != firstAtOrAfter(times, std::max<std::int64_t>(0, asked)) ? 1 : 0;
            }
        }
        return wrong;
    }

private Q_SLOTS:
    void timesAreFoundWhicheverWayTheClockWent() {
        std::mt19937 random(weir::testing::printedSeed());
        for (int round = 0; round < 10; ++round) {
            PartitionFixture f;
            f.options.log.segmentBytes = 2000;
            f.options.log.indexIntervalBytes = 200;
            f.options.log.retentionMs = -1;
            QVERIFY(f.start());
            std::vector<std::int64_t> times;
            const std::int64_t jumps[] = {0, kYear2038Ms - 1, kYear2038Ms + kDayMs, ManualClock::kStartMs};
            for (int i = 0; i < 200; ++i) {
                switch (random() % 12) {
                    case 0:
                        f.clock.jumpWallTo(f.clock.wallNowMs() + kDayMs);
                        break;
                    case 1:
                        f.clock.jumpWallTo(std::max<std::int64_t>(0, f.clock.wallNowMs() - kDayMs));
                        break;
                    case 2:
                        f.clock.jumpWallTo(jumps[random() % std::size(jumps)]);
                        break;
                    default:
                        f.clock.advance(std::chrono::milliseconds(random() % 50));
                }
                QVERIFY(append(f, times));
            }
            QCOMPARE(wrongLookUps(f, times), 0);
            QVERIFY(round % 2 == 0 ? f.stopCleanly() : (f.kill(), true));
            QVERIFY(f.start());
            QCOMPARE(f.end(), Offset(200));
            QCOMPARE(wrongLookUps(f, times), 0);
        }
    }
    void aDayMoreOrLessDeletesNothing() {
        PartitionFixture f;
        f.options.log.segmentBytes = 1000;
        f.options.log.retentionMs = 7 * kDayMs;
        QVERIFY(f.start());
        std::vector<std::int64_t> times;
        for (const std::int64_t jump : {kDayMs, -2 * kDayMs, kDayMs, -kDayMs, 2 * kDayMs}) {
            f.clock.jumpWallTo(f.clock.wallNowMs() + jump);
            for (int i = 0; i < 20; ++i) {
                QVERIFY(append(f, times));
            }
            f.partition->housekeep(f.now());
            QCOMPARE(f.partition->offsets().logStart, Offset(0));
        }
        // And back in 1970 nothing is old, nor does anything there end the broker.
        f.clock.jumpWallTo(0);
        QVERIFY(append(f, times));
        f.partition->housekeep(f.now());
        QCOMPARE(f.partition->offsets().logStart, Offset(0));
        QCOMPARE(wrongLookUps(f, times), 0);
    }
};

QTEST_APPLESS_MAIN(TstClockJumps)
#include "tst_clock_jumps.moc"
