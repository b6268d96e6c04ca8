// SPDX-License-Identifier: GPL-3.0-or-later
// What a log does by time: when it rolls, what goes, and what is found, also where records have none.
#include <set>

#include "tests/broker/storage/log_fixture.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::LogFixture;

namespace {

constexpr std::int64_t kNow = LogFixture::kNow;

/// How old the first segment gets, in record time, before another begins.
std::int64_t ageAtRoll(LogFixture& f) {
    for (std::int64_t age = 0; age <= 20'000; age += 10) {
        if (!f.append({.timestamp = kNow + age}).ok()) {
            return -1;
        }
        if (f.log->segmentCount() > 1) {
            return age;
        }
    }
    return 20'000;
}

}  // namespace

class TestLogTimes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recordsWithoutATimeGoByWhenTheirSegmentWasMade() {
        LogFixture f;
        f.options.segmentBytes = 1000;
        f.options.retentionMs = 1000;
        QVERIFY(f.start());
        QVERIFY(f.append({.timestamp = -1, .valueBytes = 900}).ok());
        QVERIFY(f.append({.timestamp = -1, .valueBytes = 900}).ok());
        const OffsetRange whole{Offset(0), f.log->endOffset()};
        QVERIFY(!f.log->findByTime(Timestamp(0), whole)->has_value());
        QVERIFY(!f.log->findLatestTime(whole)->has_value());
        QCOMPARE(f.log->segments().front().largestTimestamp, kNoTimestamp);
        QCOMPARE(*f.log->applyRetention(f.log->endOffset(), Timestamp(kNow + 1000)), std::size_t{0});
        QCOMPARE(*f.log->applyRetention(f.log->endOffset(), Timestamp(kNow + 1001)), std::size_t{2});
        QCOMPARE(f.log->startOffset(), Offset(2));
    }
    void withoutATimeTheClockEndsASegment() {
        LogFixture f;
        f.options.segmentMs = 1000;
        QVERIFY(f.start());
        const auto batch = [&] { return testing::makeBatch({.timestamp = -1, .baseOffset = f.log->endOffset()}); };
        QVERIFY(f.log->append(records::BatchView(batch()), Timestamp(kNow)).ok());
        QVERIFY(f.log->append(records::BatchView(batch()), Timestamp(kNow + 1000)).ok());
        QCOMPARE(f.log->segmentCount(), 1);
        QVERIFY(f.log->append(records::BatchView(batch()), Timestamp(kNow + 1001)).ok());
        QCOMPARE(f.log->segmentCount(), 2);
    }
    void theBeginningOfTimeIsATime() {
        LogFixture f;
        f.options.segmentMs = 1000;
        QVERIFY(f.start());
        QVERIFY(f.append({.timestamp = 0}).ok());
        QVERIFY(f.append({.timestamp = 1000}).ok());
        QCOMPARE(f.log->segmentCount(), 1);
        QCOMPARE((*f.log->findByTime(Timestamp(0), {Offset(0), Offset(2)}))->offset, Offset(0));
        QVERIFY(f.append({.timestamp = 1001}).ok());
        QCOMPARE(f.log->segmentCount(), 2);
    }
    /// segment.jitter.ms spreads it, each segment by its own share, which a restart does not change.
    void segmentsRollAtDifferentAges() {
        std::set<std::int64_t> ages;
        for (std::int64_t base = 0; base < 5; ++base) {
            std::set<std::int64_t> same;
            for (int run = 0; run < 2; ++run) {
                LogFixture f;
                f.options.segmentMs = 10'000;
                f.options.segmentJitterMs = 6'000;
                QVERIFY(f.start());
                QVERIFY(base == 0 ||
                        f.appendMany(1, {.records = static_cast<std::int32_t>(base), .timestamp = kNow - 20'000}));
                if (base > 0) {
                    QVERIFY(f.append({.timestamp = kNow}).ok());
                    QCOMPARE(f.log->activeBase(), Offset(base));
                    QVERIFY(f.log->deleteRecordsBefore(Offset(base), Timestamp(kNow)).ok());
                }
                same.insert(ageAtRoll(f));
            }
            QCOMPARE(same.size(), std::size_t{1});
            QVERIFY(*same.begin() > 4000 && *same.begin() <= 10'010);
            ages.insert(*same.begin());
        }
        QVERIFY(ages.size() > 2);
    }
    void theLatestIsFoundWhereTheLatestOfAllIsOutside() {
        LogFixture f;
        f.options.segmentBytes = 1000;
        QVERIFY(f.start());
        // The largest time comes first, and then each less than the one before.
        for (std::int64_t i = 0; i < 10; ++i) {
            QVERIFY(f.append({.timestamp = kNow - i * 100, .valueBytes = 300}).ok());
        }
        const auto latest = [&f](std::int64_t from, std::int64_t upTo) {
            return *f.log->findLatestTime({Offset(from), Offset(upTo)});
        };
        QCOMPARE(latest(0, 10)->offset, Offset(0));
        for (std::int64_t from = 1; from < 10; ++from) {
            QCOMPARE(latest(from, 10)->offset, Offset(from));
            QCOMPARE(latest(from, 10)->timestamp, Timestamp(kNow - from * 100));
        }
        QVERIFY(!latest(10, 10).has_value());
        QVERIFY(!latest(4, 4).has_value());
    }
    void whatIsNotDeletedStaysHoweverOld() {
        LogFixture f;
        f.options.segmentBytes = 1000;
        f.options.deletes = false;
        f.options.retentionMs = 1;
        f.options.retentionBytes = 1;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(5, {.valueBytes = 900}));
        QCOMPARE(*f.log->applyRetention(f.log->endOffset(), Timestamp(kNow + 1'000'000)), std::size_t{0});
        // But for what lies before the start, which nobody can read any more.
        QVERIFY(f.log->deleteRecordsBefore(Offset(2), Timestamp(kNow)).ok());
        QVERIFY(f.log->deleteRecordsBefore(Offset(1), Timestamp(kNow)).ok());
        QCOMPARE(f.log->startOffset(), Offset(2));
        QCOMPARE(f.log->deleteRecordsBefore(Offset(6), Timestamp(kNow)).error().code, StorageErrc::kOffsetOutOfRange);
        QVERIFY(f.readAll(Offset(2)) == f.expected(2));
    }
    void unflushedTimeIsTold() {
        LogFixture f;
        f.options.segmentBytes = 1000;
        QVERIFY(f.start());
        QVERIFY(!f.log->dirtySince());
        QVERIFY(f.appendMany(3, {.valueBytes = 900}));
        QCOMPARE(f.log->dirtySince(), std::optional(Timestamp(kNow)));
        QVERIFY(f.log->hasUnflushedSegments());
        QVERIFY(f.log->flush().ok());
        QVERIFY(!f.log->dirtySince() && !f.log->hasUnflushedSegments());
    }
};

QTEST_APPLESS_MAIN(TestLogTimes)
#include "tst_log_times.moc"
