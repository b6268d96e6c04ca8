// SPDX-License-Identifier: GPL-3.0-or-later
// T46: what a search says is what is there. Needles are planted in keys, values and headers, at the borders of batches
// and in every codec, among records that nearly match; a text, a pattern and an expression must find all of them and
// nothing else, records appended meanwhile included. WEIR_SEARCH_RECORDS=10000000 for the long form.
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <set>
#include <thread>

#include "app/cluster/embedded_cluster.h"
#include "app/search/row_index.h"
#include "app/search/scanner.h"
#include "broker/api/broker.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::app;

namespace {

constexpr int kPartitions = 3;
constexpr const char* kNeedle = "n33dle-in-the-haystack";
/// Nearly: cut, split by a bracket, one letter off.
constexpr const char* kAlmost[] = {"n33dle-in-the-haystac", "n33dle-in-\",\"the-haystack", "n33dle-in-the-heystack",
                                   "x"};

using Place = std::pair<int, std::int64_t>;

struct Planter {
    Cluster& cluster;
    std::string topic;
    Compression compression;
    std::mt19937_64 random;
    std::set<Place> planted;
    std::int64_t made = 0;

    OutgoingRecord record(bool withNeedle) {
        OutgoingRecord out;
        const int where = withNeedle ? static_cast<int>(random() % 3) : -1;
        const std::string near = kAlmost[random() % std::size(kAlmost)];
        const std::string filling(random() % 60, 'h');
        const auto text = [&](bool here) { return filling + (here ? kNeedle : near) + filling; };
        out.key = toBytes("k" + text(where == 0));
        out.value = toBytes("{\"at\":" + std::to_string(made) + ",\"text\":\"" + text(where == 1) + "\"}");
        out.headers = {{"h", toBytes(text(where == 2))}};
        out.timestamp = Timestamp(1'767'225'600'000 + made++);
        return out;
    }

    /// One batch for one partition; its first and last record carry the needle more often than those between.
    void batch() {
        const std::size_t size = 1 + random() % 400;
        const int partition = static_cast<int>(random() % kPartitions);
        std::vector<OutgoingRecord> records;
        std::vector<bool> isNeedle;
        for (std::size_t i = 0; i < size; ++i) {
            const bool border = i == 0 || i + 1 == size;
            isNeedle.push_back(random() % (border ? 3 : 200) == 0);
            records.push_back(record(isNeedle.back()));
            records.back().partition = PartitionId(partition);
        }
        const auto published = cluster.produce(topic, records, {compression, Acks::kLeader});
        if (!published) {
            qFatal("%s", published.error().message.c_str());
        }
        for (std::size_t i = 0; i < size; ++i) {
            if (isNeedle[i]) {
                planted.insert({partition, published->at(i).offset.value});
            }
        }
    }
    void until(std::int64_t records) {
        while (made < records) {
            batch();
        }
    }
};

std::vector<PartitionSpan> spansOf(Cluster& cluster, const std::string& topic) {
    std::vector<PartitionSpan> spans;
    for (int p = 0; p < kPartitions; ++p) {
        const TopicPartition where{topic, PartitionId(p)};
        spans.push_back(
            {where.partition, Offset(0), *cluster.offsetFor(where, {OffsetSpecKind::kLatest, kNoTimestamp})});
    }
    return spans;
}

struct Found {
    std::set<Place> places;
    std::size_t count = 0;
    std::int64_t scanned = 0;
};

Found scan(Cluster& cluster, const std::string& topic, RowIndex& index, std::int64_t from, const char* text,
           bool isExpression) {
    const auto matcher = Matcher::make(text, isExpression, Timestamp(0));
    Scanner scanner(cluster, topic, *matcher, {2, Isolation::kReadUncommitted, false});
    ScanStats stats;
    JobControl control;
    Found found;
    const auto done = scanner.run(index, from, index.rowCount(), control, stats, [&](std::vector<Match>&& matches) {
        for (const Match& match : matches) {
            found.places.insert({match.partition.value, match.offset.value});
        }
        found.count += matches.size();
        return true;
    });
    if (!done) {
        qFatal("%s", done.error().message.c_str());
    }
    found.scanned = stats.records;
    return found;
}

}  // namespace

class TstSearchTruth : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        m_records = qEnvironmentVariable("WEIR_SEARCH_RECORDS", "60000").toLongLong() / 5;
        api::BrokerOptions options;
        options.dataFolder = m_dir.filePath(QStringLiteral("data")).toStdString();
        options.listen = {{"127.0.0.1", 0}};
        auto started = api::Broker::start(std::move(options));
        QVERIFY2(started.ok(), started ? "" : started.error().message.c_str());
        m_broker = std::shared_ptr<api::Broker>(*std::move(started));
        m_cluster = std::make_unique<EmbeddedCluster>(m_broker);
    }
    void cleanupTestCase() {
        m_cluster.reset();
        m_broker->stop();
    }

    void everyNeedleAndNothingElse_data() {
        QTest::addColumn<int>("codec");
        for (const auto& [name, codec] : {std::pair("none", Compression::kNone), std::pair("gzip", Compression::kGzip),
                                          std::pair("snappy", Compression::kSnappy),
                                          std::pair("lz4", Compression::kLz4), std::pair("zstd", Compression::kZstd)}) {
            QTest::newRow(name) << static_cast<int>(codec);
        }
    }
    void everyNeedleAndNothingElse() {
        QFETCH(int, codec);
        const std::string topic = std::string("hay-") + QTest::currentDataTag();
        NewTopic request;
        request.name = topic;
        request.partitions = kPartitions;
        request.configs = {{"retention.ms", "-1"}};
        QVERIFY(m_cluster->createTopic(request).ok());
        Planter planter{*m_cluster, topic, static_cast<Compression>(codec), std::mt19937_64(m_seed), {}, 0};
        planter.until(m_records);
        RowIndex index(*m_cluster, topic);
        index.setSpans(spansOf(*m_cluster, topic));
        QCOMPARE(index.rowCount(), planter.made);
        const std::string shape = "\"n33dle-[a-z]+-the-haystack\"";
        const std::string pattern = "value ~ " + shape + " || key ~ " + shape + " || headers.h ~ " + shape;
        const std::string expression = std::string("value.text ~ \"") + kNeedle + "\" || key ~ \"" + kNeedle +
                                       "\" || headers.h ~ \"" + kNeedle + "\"";
        for (const auto& [text, isExpression] :
             {std::pair<std::string, bool>(kNeedle, false), {pattern, true}, {expression, true}}) {
            const Found found = scan(*m_cluster, topic, index, 0, text.c_str(), isExpression);
            QCOMPARE(found.scanned, planter.made);
            QCOMPARE(found.count, found.places.size());
            QVERIFY2(found.places == planter.planted, qPrintable(QStringLiteral("%1: %2 found, %3 planted")
                                                                     .arg(QString::fromStdString(text))
                                                                     .arg(found.places.size())
                                                                     .arg(planter.planted.size())));
        }

        // What comes while a scan runs is found by the scan of the rows behind it.
        const std::set<Place> before = planter.planted;
        std::thread writer([&] { planter.until(2 * m_records); });
        const Found during = scan(*m_cluster, topic, index, 0, kNeedle, false);
        writer.join();
        QVERIFY(during.places == before);
        const std::int64_t seen = index.rowCount();
        index.setSpans(spansOf(*m_cluster, topic));
        Found after = scan(*m_cluster, topic, index, seen, kNeedle, false);
        after.places.insert(during.places.begin(), during.places.end());
        QVERIFY(after.places == planter.planted);
        qInfo("%lld records, %zu needles: all found, nothing else", static_cast<long long>(planter.made),
              planter.planted.size());
    }

private:
    QTemporaryDir m_dir;
    std::shared_ptr<api::Broker> m_broker;
    std::unique_ptr<EmbeddedCluster> m_cluster;
    std::int64_t m_records = 0;
    const std::uint32_t m_seed = testing::printedSeed();
};

QTEST_GUILESS_MAIN(TstSearchTruth)
#include "tst_search_truth.moc"
