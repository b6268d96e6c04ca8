// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <map>
#include <thread>

#include "app/feeds/feed_job.h"
#include "app/feeds/stock_market.h"
#include "app/jobs/pacer.h"
#include "app/serdes/json_path.h"
#include "app/serdes/json_text.h"
#include "tests/app/support/memory_cluster.h"

using namespace weir;
using namespace weir::app;

namespace {

constexpr Timestamp kStart{1'767'279'000'000};

double numberAt(const Bytes& value, std::string_view path) {
    json::PathSet paths;
    paths.add(*json::parsePath(path));
    json::Field field;
    paths.extract(value, std::span(&field, 1));
    const auto number = json::parseNumber(field.raw);
    return number ? number->real : std::nan("");
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
    const auto n = static_cast<double>(a.size());
    double ma = 0;
    double mb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ma += a[i] / n;
        mb += b[i] / n;
    }
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - ma) * (b[i] - mb);
        aa += (a[i] - ma) * (a[i] - ma);
        bb += (b[i] - mb) * (b[i] - mb);
    }
    return ab / std::sqrt(aa * bb);
}

}  // namespace

class TstFeeds : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFeedSendsReadableKeyedRecordsInTimeOrder_data() {
        QTest::addColumn<QString>("id");
        for (const FeedInfo& feed : allFeeds()) {
            QTest::newRow(feed.id.c_str()) << QString::fromStdString(feed.id);
        }
    }
    void everyFeedSendsReadableKeyedRecordsInTimeOrder() {
        QFETCH(QString, id);
        const FeedInfo& info = *findFeed(id.toStdString());
        const auto source = makeFeed(info.id, {});
        FeedBatch batch(info.topics.size());
        std::int64_t total = 0;
        std::vector<Timestamp> last(info.topics.size(), kStart);
        for (int tick = 0; tick < 500; ++tick) {
            batch.clear();
            source->generate(37, kStart + tick * 10, kStart + (tick + 1) * 10, batch);
            for (std::size_t topic = 0; topic < batch.topics(); ++topic) {
                for (const OutgoingRecord& record : batch.take(topic)) {
                    ++total;
                    QVERIFY(record.key && !record.key->empty());
                    QVERIFY(!record.value || !json::check(asText(*record.value)));
                    QVERIFY(record.timestamp >= last[topic]);
                    QVERIFY(record.timestamp > kStart + tick * 10 && record.timestamp <= kStart + (tick + 1) * 10);
                    last[topic] = record.timestamp;
                }
            }
        }
        QCOMPARE(total, 500 * 37);
        QVERIFY(!json::check(sampleOf(info.id)));
    }

    void oneSeedGivesOneRun() {
        const auto run = [](std::uint64_t seed) {
            const auto source = makeFeed("stocks", {1000, seed, 0, 0});
            FeedBatch batch(3);
            source->generate(5000, kStart, kStart + 5000, batch);
            std::string all;
            for (const OutgoingRecord& record : batch.take(0)) {
                all += asText(*record.value);
            }
            return all;
        };
        QVERIFY(run(7) == run(7));
        QVERIFY(run(7) != run(8));
    }

    void symbolsMoveTogetherAndPricesStayReal() {
        StockMarket market({1000, 42, 0, 0});
        FeedBatch batch(3);
        std::map<std::size_t, std::vector<double>> returns;
        std::array<double, kStockSymbols> before{};
        for (int second = 0; second < 1800; ++second) {
            batch.clear();
            market.generate(1, kStart + second * 1000, kStart + (second + 1) * 1000, batch);
            for (std::size_t s = 0; s < kStockSymbols; ++s) {
                if (second > 0) {
                    returns[s].push_back(std::log(market.fairPrice(s) / before[s]));
                }
                before[s] = market.fairPrice(s);
                const double home = stockSymbols()[s].cents;
                QVERIFY(before[s] > home * 0.7 && before[s] < home * 1.4);
            }
        }
        // AAPL and MSFT share market and sector, AAPL and XOM the market only.
        const double near = correlation(returns[0], returns[1]);
        const double far = correlation(returns[0], returns[40]);
        QVERIFY2(near > 0.35 && near < 0.95, qPrintable(QString::number(near)));
        QVERIFY2(far > 0.1 && far < near, qPrintable(QString::number(far)));
    }

    void quotesDoNotCrossAndCandlesHoldTheirTrades() {
        StockMarket market({5000, 3, 0, 0});
        FeedBatch batch(3);
        market.generate(50'000, kStart, kStart + 10'000, batch);
        for (const OutgoingRecord& quote : batch.take(1)) {
            QVERIFY(numberAt(*quote.value, "bid") < numberAt(*quote.value, "ask"));
        }
        const auto& candles = batch.take(2);
        QVERIFY(candles.size() > 300);
        std::map<std::string, double> tradedVolume;
        std::map<std::string, double> candleVolume;
        const double end = numberAt(*candles.back().value, "start") + 1000;
        for (const OutgoingRecord& trade : batch.take(0)) {
            if (static_cast<double>(trade.timestamp.value) < end) {
                tradedVolume[std::string(asText(*trade.key))] += numberAt(*trade.value, "size");
            }
        }
        for (const OutgoingRecord& candle : candles) {
            const double low = numberAt(*candle.value, "low");
            const double high = numberAt(*candle.value, "high");
            QVERIFY(low <= numberAt(*candle.value, "open") && numberAt(*candle.value, "close") <= high);
            QVERIFY(numberAt(*candle.value, "vwap") >= low - 0.01 && numberAt(*candle.value, "vwap") <= high);
            candleVolume[std::string(asText(*candle.key))] += numberAt(*candle.value, "volume");
        }
        QVERIFY(candleVolume["AAPL"] > 0);
        QVERIFY(std::abs(candleVolume["AAPL"] - tradedVolume["AAPL"]) <= tradedVolume["AAPL"] * 0.02);
    }

    void hotKeyAndPoisonHaveTheirShare() {
        const auto source = makeFeed("stocks", {1000, 5, 0.5, 0.1});
        FeedBatch batch(3);
        source->generate(40'000, kStart, kStart + 40'000, batch);
        int hot = 0;
        int broken = 0;
        const auto& trades = batch.take(0);
        for (const OutgoingRecord& record : trades) {
            hot += asText(*record.key) == "AAPL" ? 1 : 0;
            broken += !json::check(asText(*record.value)) && !std::isnan(numberAt(*record.value, "price")) ? 0 : 1;
        }
        const auto share = [&trades](int count) {
            return static_cast<double>(count) / static_cast<double>(trades.size());
        };
        QVERIFY(share(hot) > 0.5 && share(hot) < 0.62);
        QVERIFY(share(broken) > 0.08 && share(broken) < 0.12);
    }

    void pacerKeepsTheMeanRateThroughLateTicks() {
        const Clock::Steady start{};
        Pacer pacer(100'000, start);
        std::int64_t sent = 0;
        for (const int ms : {10, 20, 20, 73, 80, 200, 400}) {
            sent += pacer.take(start + std::chrono::milliseconds(ms));
            QCOMPARE(sent, ms * 100);
        }
        Pacer slow(0.1, start);
        QCOMPARE(slow.take(start + std::chrono::seconds(9)), 0);
        QCOMPARE(slow.take(start + std::chrono::milliseconds(10'001)), 1);
    }

    void aStoppedMachineIsNotCaughtUpInABurst() {
        const Clock::Steady start{};
        Pacer pacer(1000, start);
        QCOMPARE(pacer.take(start + std::chrono::hours(1)), 0);
        QCOMPARE(pacer.take(start + std::chrono::hours(1) + std::chrono::milliseconds(10)), 10);
    }

    void jobCreatesTopicsSendsAndStops() {
        test::MemoryCluster cluster;
        const SystemClock clock;
        FeedJob job(cluster, clock, *findFeed("stocks"), {20'000, 1, 0, 0});
        QVERIFY(job.prepare().ok());
        QVERIFY(job.prepare().ok());
        JobControl control;
        std::thread thread([&] { job.run(control); });
        QTRY_VERIFY(control.done() > 2000);
        control.stop();
        thread.join();
        std::int64_t stored = 0;
        for (int p = 0; p < 6; ++p) {
            for (const char* topic : {"stocks.trades", "stocks.quotes", "stocks.candles"}) {
                stored += static_cast<std::int64_t>(cluster.all(topic, p).size());
            }
        }
        QCOMPARE(stored, control.done());
        QCOMPARE(control.errors(), 0);
    }

    void jobSaysWhyNothingIsSent() {
        test::MemoryCluster cluster;
        const SystemClock clock;
        FeedJob job(cluster, clock, *findFeed("iot"), {1000, 1, 0, 0});
        JobControl control;
        std::thread thread([&] { job.run(control); });
        QTRY_VERIFY(control.errors() > 0);
        QCOMPARE(control.message(), std::string("Topic iot.readings does not exist."));
        control.stop();
        thread.join();
    }
};

QTEST_GUILESS_MAIN(TstFeeds)
#include "tst_feeds.moc"
