// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "app/database/database.h"
#include "app/history/history_store.h"
#include "app/plot/plot_reader.h"
#include "tests/app/support/memory_cluster.h"

using namespace weir;
using namespace weir::app;
using weir::test::MemoryCluster;

namespace {

constexpr std::int64_t kNow = 1'767'225'600'000;

std::string trade(double price, int size) {
    return R"({"p":{"price":)" + std::to_string(price) + R"(},"size":)" + std::to_string(size) + R"(,"side":"buy"})";
}

const HistoryKey kTotal{HistoryKind::kTotalBytesIn, {}};
const HistoryKey kTrades{HistoryKind::kTopicBytesIn, "trades"};
const HistoryKey kLag{HistoryKind::kGroupLag, "billing"};

}  // namespace

class TstPlotHistory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void linesKeepExtremesHoweverManyPoints() {
        PlotSeries series({false, 100, {}, 10});
        for (int i = 0; i < 10'000; ++i) {
            series.add("a", Timestamp(kNow + i / 100), i == 5555 ? 999 : i == 5556 ? -999 : 1, 0);
        }
        const auto updates = series.take();
        QCOMPARE(updates.size(), std::size_t{1});
        QVERIFY(updates[0].points.size() <= 4);
        double low = 0;
        double high = 0;
        for (const SeriesPoint& point : updates[0].points) {
            low = std::min(low, point.value);
            high = std::max(high, point.value);
        }
        QCOMPARE(low, -999.0);
        QCOMPARE(high, 999.0);
    }

    void candlesAreUpdatedInPlace() {
        PlotSeries series({true, 1000, {}, 10});
        series.add("a", Timestamp(kNow), 10, 1);
        series.add("a", Timestamp(kNow + 300), 12, 2);
        auto first = series.take();
        QCOMPARE(first[0].candles.size(), std::size_t{1});
        series.add("a", Timestamp(kNow + 900), 9, 4);
        series.add("a", Timestamp(kNow + 1000), 11, 8);
        series.add("a", Timestamp(kNow - 5000), 99, 8);
        const auto second = series.take();
        QCOMPARE(second[0].candles.size(), std::size_t{2});
        const SeriesCandle& done = second[0].candles[0];
        QCOMPARE(done.at, Timestamp(kNow));
        QCOMPARE(done.open, 10.0);
        QCOMPARE(done.high, 12.0);
        QCOMPARE(done.low, 9.0);
        QCOMPARE(done.close, 9.0);
        QCOMPARE(done.volume, 7.0);
        QCOMPARE(second[0].candles[1].open, 11.0);
    }

    void onlyTheBusiestKeysAreShownAndStay() {
        PlotSeries series({false, 100, {}, 2});
        for (int i = 0; i < 30; ++i) {
            series.add("busy", Timestamp(kNow + i), 1, 0);
            series.add(i % 2 == 0 ? "half" : "other" + std::to_string(i), Timestamp(kNow + i), 1, 0);
        }
        const auto updates = series.take();
        QCOMPARE(updates.size(), std::size_t{2});
        QCOMPARE(updates[0].key, std::string("busy"));
        QCOMPARE(updates[1].key, std::string("half"));
        QCOMPARE(series.keys().front(), std::string("busy"));
    }

    void readerLoadsThePastThenFollows() {
        MemoryCluster cluster;
        cluster.add("t", 0, kNow - 600'000, "A", trade(1, 1));
        cluster.add("t", 0, kNow - 60'000, "A", trade(10, 5));
        cluster.add("t", 1, kNow - 50'000, "B", trade(20, 6));
        cluster.add("t", 1, kNow - 40'000, "B", "broken");
        PlotSpec spec;
        spec.topic = "t";
        spec.valueField = "p.price";
        auto reader = PlotReader::make(cluster, spec);
        QVERIFY(reader.ok());
        auto update = reader->poll(Timestamp(kNow));
        QVERIFY(update.ok());
        QCOMPARE(update->series.size(), std::size_t{2});
        QCOMPARE(update->series[0].points.size(), std::size_t{1});
        QCOMPARE(update->series[0].points[0].value, 10.0);
        QCOMPARE(update->withoutNumber, 1);
        QVERIFY(reader->poll(Timestamp(kNow))->series.empty());
        cluster.add("t", 0, kNow, "A", trade(11, 5));
        update = reader->poll(Timestamp(kNow));
        QCOMPARE(update->series.size(), std::size_t{1});
        QCOMPARE(update->series[0].points.back().value, 11.0);
        PlotSpec wrong = spec;
        wrong.valueField = "a..b";
        QVERIFY(!PlotReader::make(cluster, wrong).ok());
        PlotSpec absent = spec;
        absent.topic = "absent";
        QVERIFY(!PlotReader::make(cluster, absent)->poll(Timestamp(kNow)).ok());
    }

    void fieldsOfNumbersAreFound() {
        MemoryCluster cluster;
        cluster.add("t", 0, kNow, "A", trade(10, 5));
        QCOMPARE(*numericFields(cluster, "t"), (std::vector<std::string>{"p.price", "size"}));
        QCOMPARE(*seenFields(cluster, "t"), (std::vector<std::string>{"p.price", "size", "side"}));
    }

    void aDayIsKeptInThreeResolutions() {
        const QTemporaryDir dir;
        const std::string path = dir.filePath(QStringLiteral("history.db")).toStdString();
        const std::int64_t start = kNow - 25LL * 3600 * 1000;
        auto store = HistoryStore::open(path);
        QVERIFY(store.ok());
        for (std::int64_t s = 0; s < 25LL * 3600; ++s) {
            (*store)->record(Timestamp(start + s * 1000), {{kTotal, 100}, {kTrades, s % 7200 < 60 ? 50.0 : 0.0}});
        }
        (*store)->flush();
        QVERIFY2((*store)->problem().empty(), (*store)->problem().c_str());
        const Timestamp now(kNow);
        const auto seconds = (*store)->query(kTotal, now - 300'000, now, 1000, now);
        QVERIFY2(seconds.size() >= 295 && seconds.size() <= 301, qPrintable(QString::number(seconds.size())));
        const auto tens = (*store)->query(kTotal, now - 7'000'000, now, 1000, now);
        QVERIFY(tens.size() >= 695 && tens.size() <= 701);
        const auto minutes = (*store)->query(kTotal, now - 86'000'000, now, 5000, now);
        QVERIFY(minutes.size() >= 1425 && minutes.size() <= 1440);
        QCOMPARE((*store)->query(kTotal, now - 86'000'000, now, 100, now).size(), std::size_t{100});
        // The heartbeat and one series of each resolution, not a row for each of 90,000 seconds.
        QVERIFY2((*store)->storedValues() < 7000, qPrintable(QString::number((*store)->storedValues())));
        double sum = 0;
        for (const HistoryValue& value : (*store)->query(kTrades, now - 86'000'000, now, 5000, now)) {
            sum += value.value;
        }
        QVERIFY2(sum >= 550 && sum <= 650, qPrintable(QString::number(sum)));
    }

    void lagThatStandsIsNotWrittenButShown() {
        const QTemporaryDir dir;
        auto store = HistoryStore::open(dir.filePath(QStringLiteral("h.db")).toStdString());
        for (int s = 0; s < 100; ++s) {
            (*store)->record(Timestamp(kNow + s * 1000), {{kLag, s < 50 ? 7.0 : 9.0}});
        }
        (*store)->flush();
        const auto values =
            (*store)->query(kLag, Timestamp(kNow + 20'000), Timestamp(kNow + 90'000), 1000, Timestamp(kNow + 100'000));
        QVERIFY(values.size() > 60);
        QCOMPARE(values.front().value, 7.0);
        QCOMPARE(values.back().value, 9.0);
        QVERIFY((*store)->storedValues() < 130);
    }

    void historySurvivesARestartAndADamagedFileIsKeptAside() {
        const QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("h.db"));
        {
            auto store = HistoryStore::open(path.toStdString());
            for (int s = 0; s < 20; ++s) {
                (*store)->record(Timestamp(kNow + s * 1000), {{kTotal, 5}});
            }
        }
        {
            auto store = HistoryStore::open(path.toStdString());
            QCOMPARE((*store)->query(kTotal, Timestamp(kNow), Timestamp(kNow + 30'000), 100, Timestamp(kNow)).size(),
                     std::size_t{19});
        }
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(8192, 'x'));
        file.close();
        QVERIFY(HistoryStore::open(path.toStdString()).ok());
        QVERIFY(QFile::exists(path + ".kept"));
        QVERIFY(!HistoryStore::open("/proc/nonexistent/h.db").ok());
    }
    void fileOfANewerWeirIsKeptAside() {
        const QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("h.db"));
        QVERIFY(Database::open(path.toStdString())->execute("PRAGMA user_version = 2").ok());
        QVERIFY(HistoryStore::open(path.toStdString()).ok());
        auto kept = Database::open((path + ".kept").toStdString());
        auto version = kept->prepare("PRAGMA user_version");
        QVERIFY(version.step());
        QCOMPARE(version.integer(0), std::int64_t{2});
    }
    void fileThatCannotBeUsedNowStaysWhereItIs() {
        const QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("h.db"));
        {
            auto other = Database::open(path.toStdString());
            QVERIFY(other->execute("CREATE TABLE mine(x); BEGIN EXCLUSIVE").ok());
            const auto refused = HistoryStore::open(path.toStdString());
            QVERIFY(!refused.ok());
            QVERIFY2(refused.error().find("locked") != std::string::npos, refused.error().c_str());
            QVERIFY(!QFile::exists(path + ".kept"));
        }
        QVERIFY(HistoryStore::open(path.toStdString()).ok());
    }
};

QTEST_APPLESS_MAIN(TstPlotHistory)
#include "tst_plot_history.moc"
