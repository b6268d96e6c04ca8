// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <random>

#include "app/search/ordered_reader.h"
#include "app/search/row_index.h"
#include "app/search/scanner.h"
#include "tests/app/support/memory_cluster.h"

using namespace weir;
using namespace weir::app;
using weir::test::MemoryCluster;

namespace {

struct Expected {
    std::int64_t time;
    int partition;
    std::int64_t offset;
    bool isMissing = false;
    auto operator<=>(const Expected&) const = default;
};

/// What the order of rows means, written down the slow way.
std::vector<Expected> expectedRows(const MemoryCluster& cluster, int partitions) {
    std::vector<Expected> rows;
    for (int p = 0; p < partitions; ++p) {
        std::int64_t time = -1;
        std::int64_t next = 0;
        for (const auto& record : cluster.all("t", p)) {
            for (; next < record.offset.value; ++next) {
                rows.push_back({time, p, next, true});
            }
            time = std::max(time, record.timestamp.value);
            rows.push_back({time, p, next++, false});
        }
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Expected& a, const Expected& b) {
        return std::tie(a.time, a.partition, a.offset) < std::tie(b.time, b.partition, b.offset);
    });
    return rows;
}

std::vector<PartitionSpan> spansOf(MemoryCluster& cluster, int partitions) {
    std::vector<PartitionSpan> spans;
    for (int p = 0; p < partitions; ++p) {
        const TopicPartition tp{"t", PartitionId(p)};
        spans.push_back({PartitionId(p), *cluster.offsetFor(tp, {OffsetSpecKind::kEarliest, kNoTimestamp}),
                         *cluster.offsetFor(tp, {OffsetSpecKind::kLatest, kNoTimestamp})});
    }
    return spans;
}

enum class Times { kRising, kShuffled, kAllEqual, kNone };

void fill(MemoryCluster& cluster, int partitions, int records, Times times, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::int64_t time = 1'700'000'000'000;
    for (int i = 0; i < records; ++i) {
        time += static_cast<std::int64_t>(random() % 3);
        const std::int64_t stamp = times == Times::kRising ? time
                                   : times == Times::kShuffled
                                       ? time + static_cast<std::int64_t>(random() % 2000) - 1000
                                   : times == Times::kAllEqual ? 1'700'000'000'000
                                                               : -1;
        cluster.add("t", static_cast<int>(random() % static_cast<std::uint64_t>(partitions)), stamp, std::to_string(i),
                    R"({"i":)" + std::to_string(i) + R"(,"even":)" + (i % 2 == 0 ? "true}" : "false}"));
    }
    for (int p = 0; p < partitions; ++p) {
        cluster.add("t", p, times == Times::kNone ? -1 : time + 5, "last", R"({"i":-1})");
    }
}

}  // namespace

class TstScan : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void backwardsIsTheSameFromTheOtherEnd_data() { rowsComeInTimeOrderFromAnyPlace_data(); }
    void backwardsIsTheSameFromTheOtherEnd() {
        QFETCH(int, partitions);
        QFETCH(int, times);
        const std::uint64_t seed = std::random_device{}();
        qInfo("seed %llu", static_cast<unsigned long long>(seed));
        MemoryCluster cluster;
        fill(cluster, partitions, 30'000, static_cast<Times>(times), seed);
        const auto matcher = Matcher::make("value.even == true", true, Timestamp(0));
        const auto scan = [&](ScanOrder order, std::int64_t first, std::int64_t end) {
            RowIndex index(cluster, "t");
            index.setSpans(spansOf(cluster, partitions));
            ScanOptions options;
            options.threads = 3;
            options.order = order;
            Scanner scanner(cluster, "t", *matcher, options);
            ScanStats stats;
            JobControl control;
            std::vector<std::pair<int, std::int64_t>> found;
            const auto done = scanner.run(index, first, end, control, stats, [&found](std::vector<Match>&& matches) {
                for (const Match& match : matches) {
                    found.emplace_back(match.partition.value, match.offset.value);
                }
                return true;
            });
            return done && stats.records == end - first ? found : decltype(found){};
        };
        const std::int64_t rows = 30'000 + partitions;
        for (const auto& [first, end] : {std::pair<std::int64_t, std::int64_t>{0, rows}, {1234, 23'456}}) {
            auto forward = scan(ScanOrder::kOldestFirst, first, end);
            std::reverse(forward.begin(), forward.end());
            QVERIFY(forward.size() > 5'000);
            auto backward = scan(ScanOrder::kNewestFirst, first, end);
            if (static_cast<Times>(times) == Times::kShuffled) {
                // Where times go back and forth, slices decide how partitions mix, and slices begin elsewhere.
                std::stable_sort(forward.begin(), forward.end(),
                                 [](const auto& a, const auto& b) { return a.first < b.first; });
                std::stable_sort(backward.begin(), backward.end(),
                                 [](const auto& a, const auto& b) { return a.first < b.first; });
            }
            QVERIFY(backward == forward);
        }
    }

    void rowsComeInTimeOrderFromAnyPlace_data() {
        QTest::addColumn<int>("partitions");
        QTest::addColumn<int>("times");
        for (const int partitions : {1, 3, 7}) {
            for (const Times times : {Times::kRising, Times::kShuffled, Times::kAllEqual, Times::kNone}) {
                QTest::addRow("%d partitions, times %d", partitions, static_cast<int>(times))
                    << partitions << static_cast<int>(times);
            }
        }
    }
    void rowsComeInTimeOrderFromAnyPlace() {
        QFETCH(int, partitions);
        QFETCH(int, times);
        const std::uint64_t seed = std::random_device{}();
        qInfo("seed %llu", static_cast<unsigned long long>(seed));
        MemoryCluster cluster;
        fill(cluster, partitions, 600, static_cast<Times>(times), seed);
        std::mt19937_64 random(seed);
        for (int i = 0; i < 20; ++i) {
            cluster.compactAway("t", static_cast<int>(random() % static_cast<std::uint64_t>(partitions)),
                                static_cast<std::int64_t>(random() % 60));
        }
        const auto expected = expectedRows(cluster, partitions);
        RowIndex index(cluster, "t");
        index.setSpans(spansOf(cluster, partitions));
        QCOMPARE(index.rowCount(), static_cast<std::int64_t>(expected.size()));
        for (int round = 0; round < 60; ++round) {
            const auto first = static_cast<std::int64_t>(random() % expected.size());
            const auto rows = index.rows(first, 40);
            QVERIFY(rows.ok());
            QCOMPARE(static_cast<std::int64_t>(rows->size()), std::min<std::int64_t>(40, index.rowCount() - first));
            for (std::size_t i = 0; i < rows->size(); ++i) {
                const Row& row = (*rows)[i];
                const Expected& want = expected[static_cast<std::size_t>(first) + i];
                QCOMPARE(row.partition.value, want.partition);
                QCOMPARE(row.offset.value, want.offset);
                QCOMPARE(row.isMissing, want.isMissing);
            }
            const Expected& some = expected[static_cast<std::size_t>(first)];
            const auto found = index.rowOf(PartitionId(some.partition), Offset(some.offset));
            QVERIFY(found.ok());
            QCOMPARE(found->value_or(-1), first);
        }
    }

    void rowsKeepTheirNumbersWhileTheTopicGrows() {
        MemoryCluster cluster;
        fill(cluster, 3, 200, Times::kRising, 5);
        RowIndex index(cluster, "t");
        index.setSpans(spansOf(cluster, 3));
        const auto before = index.rows(50, 10);
        const std::int64_t count = index.rowCount();
        for (int i = 0; i < 100; ++i) {
            cluster.add("t", i % 3, 1'800'000'000'000 + i, "new", "{}");
        }
        QCOMPARE(index.rows(count, 5)->size(), std::size_t{0});
        index.setSpans(spansOf(cluster, 3));
        QCOMPARE(index.rowCount(), count + 100);
        const auto after = index.rows(50, 10);
        for (std::size_t i = 0; i < 10; ++i) {
            QCOMPARE((*after)[i].offset, (*before)[i].offset);
            QCOMPARE((*after)[i].partition, (*before)[i].partition);
        }
        QCOMPARE(*index.rowAtTime(Timestamp(1'800'000'000'000)), count);
    }

    void deletedRowsAreMissingAndCounted() {
        MemoryCluster cluster;
        fill(cluster, 2, 100, Times::kRising, 6);
        RowIndex index(cluster, "t");
        index.setSpans(spansOf(cluster, 2));
        QVERIFY(cluster.deleteRecordsBefore({"t", PartitionId(0)}, Offset(10)).ok());
        const auto rows = index.rows(0, index.rowCount());
        QVERIFY(rows.ok());
        QCOMPARE(std::count_if(rows->begin(), rows->end(), [](const Row& row) { return row.isMissing; }), 10);
    }

    void aBillionRowsCostFewLookups() {
        // The number of look-ups depends on the span of time, not on rows: this is what keeps a huge topic instant.
        MemoryCluster cluster;
        fill(cluster, 4, 2000, Times::kRising, 9);
        RowIndex index(cluster, "t");
        index.setSpans(spansOf(cluster, 4));
        const int before = cluster.offsetLookups();
        QVERIFY(index.rows(1000, 50).ok());
        QVERIFY2(cluster.offsetLookups() - before <= 4 * 50, qPrintable(QString::number(cluster.offsetLookups())));
        const int warm = cluster.offsetLookups();
        QVERIFY(index.rows(1003, 50).ok());
        QVERIFY(cluster.offsetLookups() - warm <= 4 * 12);
    }

    void scanFindsEveryMatchInOrder_data() {
        QTest::addColumn<int>("partitions");
        QTest::addColumn<int>("threads");
        QTest::newRow("one partition, one thread") << 1 << 1;
        QTest::newRow("five partitions, one thread") << 5 << 1;
        QTest::newRow("five partitions, four threads") << 5 << 4;
    }
    void scanFindsEveryMatchInOrder() {
        QFETCH(int, partitions);
        QFETCH(int, threads);
        MemoryCluster cluster;
        fill(cluster, partitions, 12'000, Times::kRising, 3);
        RowIndex index(cluster, "t");
        index.setSpans(spansOf(cluster, partitions));
        for (const auto& [text, isExpression] :
             {std::pair("value.even == true", true), std::pair("\"EVEN\":true", false)}) {
            const auto matcher = Matcher::make(text, isExpression, Timestamp(0));
            ScanStats stats;
            JobControl control;
            std::vector<Match> all;
            Scanner scanner(cluster, "t", *matcher, {threads, Isolation::kReadUncommitted, true});
            const auto done =
                scanner.run(index, 0, index.rowCount(), control, stats, [&all](std::vector<Match>&& some) {
                    all.insert(all.end(), some.begin(), some.end());
                    return true;
                });
            QVERIFY(done.ok());
            QCOMPARE(all.size(), std::size_t{6000});
            QCOMPARE(stats.matched.load(), 6000);
            QCOMPARE(stats.records.load(), index.rowCount());
            QVERIFY(std::is_sorted(all.begin(), all.end(), [](const Match& a, const Match& b) {
                return std::tie(a.timestamp, a.partition, a.offset) < std::tie(b.timestamp, b.partition, b.offset);
            }));
        }
    }

    void scanStopsWhenToldAndWhenItHasEnough() {
        MemoryCluster cluster;
        fill(cluster, 3, 60'000, Times::kRising, 3);
        RowIndex index(cluster, "t");
        index.setSpans(spansOf(cluster, 3));
        const Matcher everything;
        Scanner scanner(cluster, "t", everything, {2, Isolation::kReadUncommitted, false});
        ScanStats stats;
        JobControl control;
        std::size_t got = 0;
        QVERIFY(scanner
                    .run(index, 0, index.rowCount(), control, stats,
                         [&](std::vector<Match>&& some) {
                             got += some.size();
                             control.stop();
                             return true;
                         })
                    .ok());
        QVERIFY(got < 60'000);
        ScanStats again;
        JobControl other;
        int calls = 0;
        QVERIFY(scanner.run(index, 0, index.rowCount(), other, again, [&](std::vector<Match>&&) { return ++calls < 2; })
                    .ok());
        QCOMPARE(calls, 2);
    }

    void unreadableRangesAreCountedNotFatal() {
        MemoryCluster cluster;
        fill(cluster, 1, 5000, Times::kRising, 3);
        RowIndex index(cluster, "t");
        index.setSpans(spansOf(cluster, 1));
        QVERIFY(cluster.deleteRecordsBefore({"t", PartitionId(0)}, Offset(1000)).ok());
        const Matcher everything;
        Scanner scanner(cluster, "t", everything, {2, Isolation::kReadUncommitted, false});
        ScanStats stats;
        JobControl control;
        QVERIFY(
            scanner.run(index, 0, index.rowCount(), control, stats, [](std::vector<Match>&&) { return true; }).ok());
        QCOMPARE(stats.lost.load(), 1000);
        QCOMPARE(stats.records.load(), 4001);
    }

    void orderedReaderWalksLikeTheRows() {
        MemoryCluster cluster;
        fill(cluster, 4, 9000, Times::kShuffled, 21);
        const auto expected = expectedRows(cluster, 4);
        OrderedReader reader(cluster, "t", spansOf(cluster, 4), Isolation::kReadUncommitted);
        for (const Expected& want : expected) {
            const auto item = reader.next();
            QVERIFY(item.ok() && item->has_value());
            QCOMPARE((*item)->partition.value, want.partition);
            QCOMPARE((*item)->record.offset.value, want.offset);
        }
        QVERIFY(!reader.next()->has_value());
    }
};

QTEST_APPLESS_MAIN(TstScan)
#include "tst_scan.moc"
