// SPDX-License-Identifier: GPL-3.0-or-later
// Reading, searching, replaying and the services of the window, over any cluster: one suite for all of them.
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "app/bridge/app_backend.h"
#include "app/publish/file_job.h"
#include "app/publish/repeat_job.h"
#include "app/replay/replay.h"
#include "app/search/ordered_reader.h"
#include "app/search/scanner.h"
#include "app/settings/app_settings.h"
#include "broker/api/broker.h"
#include "tests/app/support/counted_schemas.h"
#include "tests/app/support/suite_cluster.h"

using namespace weir;
using namespace weir::app;

namespace {

constexpr const char* kNoRegistry =
    "The registry of another cluster stands beside its brokers: Kafka's protocol does not reach it.";

/// Whatever cluster the suite runs over (SuiteCluster).
struct Fixture : test::SuiteCluster {
    /// Records with rising times, spread over the partitions, in batches of random size and compression.
    void fill(const std::string& topic, int records, std::uint64_t seed) {
        std::mt19937_64 random(seed);
        const auto snapshot = *cluster->snapshot();
        const auto partitions = snapshot->findTopic(topic)->partitions.size();
        for (int made = 0; made < records;) {
            std::vector<OutgoingRecord> batch;
            for (std::size_t i = 1 + random() % 300; i > 0 && made < records; --i, ++made) {
                OutgoingRecord record;
                if (made % 5 != 0) {
                    record.key = toBytes("k" + std::to_string(made % 20));
                }
                if (made % 11 != 0) {
                    record.value =
                        toBytes(R"({"n":)" + std::to_string(made) + R"(,"even":)" + (made % 2 == 0 ? "true" : "false") +
                                R"(,"pad":")" + std::string(random() % 200, 'x') + "\"}");
                }
                record.headers = {{"i", toBytes(std::to_string(made))}, {"null", std::nullopt}};
                record.timestamp = Timestamp(1'700'000'000'000 + made / 3);
                record.partition = PartitionId(static_cast<std::int32_t>(random() % partitions));
                batch.push_back(std::move(record));
            }
            const auto sent = cluster->produce(topic, batch, {static_cast<Compression>(random() % 5), Acks::kAll});
            if (!sent) {
                qFatal("%s", sent.error().message.c_str());
            }
        }
    }
    /// The schema of the values of "t": a price. Its id.
    int addQuotes() const {
        const auto added = broker()->schemas().add(
            {"t-value", "AVRO", R"({"type":"record","name":"Quote","fields":[{"name":"price","type":"int"}]})", {}});
        if (!added) {
            qFatal("%s", added.error().message.c_str());
        }
        return added->id;
    }
    std::vector<PartitionSpan> spans(const std::string& topic) {
        std::vector<PartitionSpan> all;
        const auto snapshot = *cluster->snapshot();
        for (const PartitionSnapshot& partition : snapshot->findTopic(topic)->partitions) {
            all.push_back({partition.partition, partition.logStart, partition.highWatermark});
        }
        return all;
    }
};

}  // namespace

class TstSuiteRecords : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // T46: nothing is missed and nothing is made up, in every codec, at the borders of batches and at the tail.
    void plantedNeedlesAreAllFoundAndNothingElse_data() {
        QTest::addColumn<int>("compression");
        for (int codec = 0; codec < 5; ++codec) {
            QTest::addRow("codec %d", codec) << codec;
        }
    }
    void plantedNeedlesAreAllFoundAndNothingElse() {
        QFETCH(int, compression);
        const std::uint64_t seed = std::random_device{}();
        qInfo("seed %llu", static_cast<unsigned long long>(seed));
        Fixture f;
        f.create("t", 3);
        std::mt19937_64 random(seed);
        std::set<std::pair<int, std::int64_t>> planted;
        int made = 0;
        const auto write = [&](int batches) {
            for (int b = 0; b < batches; ++b) {
                const auto partition = static_cast<std::int32_t>(random() % 3);
                std::vector<OutgoingRecord> batch;
                std::vector<std::size_t> needles;
                const std::size_t size = 1 + random() % 400;
                for (std::size_t i = 0; i < size; ++i, ++made) {
                    const bool isBorder = i == 0 || i + 1 == size;
                    const bool isNeedle = isBorder ? random() % 4 == 0 : random() % 200 == 0;
                    OutgoingRecord record;
                    // Halves of the needle stand everywhere, and across two records they are no match.
                    record.key = toBytes(i % 2 == 0 ? "needle" : "Hay");
                    record.value = toBytes(std::string(random() % 80, 'x') + (isNeedle     ? "a nEEdleHaystack"
                                                                              : i % 2 == 0 ? "needle"
                                                                                           : "stack"));
                    record.timestamp = Timestamp(1'700'000'000'000 + made);
                    record.partition = PartitionId(partition);
                    if (isNeedle) {
                        needles.push_back(i);
                    }
                    batch.push_back(std::move(record));
                }
                const auto sent = f.cluster->produce("t", batch, {static_cast<Compression>(compression), Acks::kAll});
                QVERIFY(sent.ok());
                for (const std::size_t i : needles) {
                    planted.emplace(partition, (*sent)[i].offset.value);
                }
            }
        };
        write(400);
        for (const auto& [text, isExpression] :
             {std::pair("NEEDLEHAY", false), std::pair("value contains \"nEEdleHay\"", true),
              std::pair("value ~ \"nEE[d]leHay\"", true)}) {
            for (const ScanOrder order : {ScanOrder::kOldestFirst, ScanOrder::kNewestFirst}) {
                // The tail grows while it is searched; only what was there is asked for.
                const auto wanted = planted;
                RowIndex index(*f.cluster, "t");
                index.setSpans(f.spans("t"));
                write(10);
                const auto matcher = Matcher::make(text, isExpression, Timestamp(0));
                QVERIFY(matcher->sieve() != nullptr);
                ScanOptions options;
                options.order = order;
                Scanner scanner(*f.cluster, "t", *matcher, options);
                ScanStats stats;
                JobControl control;
                std::set<std::pair<int, std::int64_t>> found;
                QVERIFY(scanner
                            .run(index, 0, index.rowCount(), control, stats,
                                 [&found](std::vector<Match>&& matches) {
                                     for (const Match& match : matches) {
                                         found.emplace(match.partition.value, match.offset.value);
                                     }
                                     return true;
                                 })
                            .ok());
                QCOMPARE(stats.records.load(), index.rowCount());
                QVERIFY(found == wanted);
                qInfo("%s: %zu planted, %zu found among %lld", text, wanted.size(), found.size(),
                      static_cast<long long>(index.rowCount()));
            }
        }
    }

    void aSearchStopsAtOnce() {
        Fixture f;
        f.create("t", 3);
        f.fill("t", 60'000, 3);
        RowIndex index(*f.cluster, "t");
        index.setSpans(f.spans("t"));
        const auto matcher = Matcher::make("value.n >= 0", true, Timestamp(0));
        Scanner scanner(*f.cluster, "t", *matcher, {2, Isolation::kReadUncommitted, false});
        // On a busy machine all may be read before the first matches are told: then nothing was left to be stopped.
        std::int64_t read = index.rowCount();
        constexpr int kTries = 20;
        for (int tries = 0; tries < kTries && read == index.rowCount(); ++tries) {
            ScanStats stats;
            JobControl control;
            QElapsedTimer sinceStop;
            QVERIFY(scanner
                        .run(index, 0, index.rowCount(), control, stats,
                             [&](std::vector<Match>&&) {
                                 sinceStop.start();
                                 control.stop();
                                 return true;
                             })
                        .ok());
            qInfo("stopped %.1f ms after it was told", static_cast<double>(sinceStop.nsecsElapsed()) / 1e6);
            read = stats.records;
        }
        QVERIFY(read < index.rowCount());
    }

    void rowsReachedAtRandomAreThoseOfAWalk() {
        Fixture f;
        f.create("t", 4);
        f.fill("t", 20'000, 7);
        std::vector<std::pair<PartitionId, Offset>> walk;
        OrderedReader reader(*f.cluster, "t", f.spans("t"), Isolation::kReadUncommitted);
        for (auto item = reader.next(); item && item->has_value(); item = reader.next()) {
            walk.emplace_back((*item)->partition, (*item)->record.offset);
        }
        QCOMPARE(walk.size(), std::size_t{20'000});
        RowIndex index(*f.cluster, "t");
        index.setSpans(f.spans("t"));
        QCOMPARE(index.rowCount(), 20'000);
        std::mt19937_64 random(5);
        for (int round = 0; round < 40; ++round) {
            const auto first = static_cast<std::int64_t>(random() % 19'900);
            const auto rows = index.rows(first, 50);
            QVERIFY(rows.ok());
            for (std::size_t i = 0; i < rows->size(); ++i) {
                const auto& [partition, offset] = walk[static_cast<std::size_t>(first) + i];
                QCOMPARE((*rows)[i].partition, partition);
                QCOMPARE((*rows)[i].offset, offset);
                QVERIFY(!(*rows)[i].isMissing);
            }
            const auto row = index.rowOf((*rows)[0].partition, (*rows)[0].offset);
            QCOMPARE(row->value_or(-1), first);
        }
    }

    void scanOfEveryCodecFindsAllAndNothingElse() {
        Fixture f;
        f.create("t", 3);
        f.fill("t", 30'000, 11);
        RowIndex index(*f.cluster, "t");
        index.setSpans(f.spans("t"));
        const auto matcher = Matcher::make("value.even == true && headers.null == null", true, Timestamp(0));
        std::int64_t expected = 0;
        for (int i = 0; i < 30'000; ++i) {
            expected += i % 2 == 0 && i % 11 != 0 ? 1 : 0;
        }
        ScanStats stats;
        JobControl control;
        Scanner scanner(*f.cluster, "t", *matcher, {});
        std::vector<Match> all;
        QVERIFY(scanner
                    .run(index, 0, index.rowCount(), control, stats,
                         [&all](std::vector<Match>&& some) {
                             all.insert(all.end(), some.begin(), some.end());
                             return true;
                         })
                    .ok());
        QCOMPARE(static_cast<std::int64_t>(all.size()), expected);
        QCOMPARE(stats.errors.load(), 0);
        QVERIFY(std::is_sorted(all.begin(), all.end(),
                               [](const Match& a, const Match& b) { return a.timestamp < b.timestamp; }));
        ScanStats needle;
        const auto text = Matcher::make("\"N\":29998,", false, Timestamp(0));
        Scanner second(*f.cluster, "t", *text, {});
        JobControl other;
        QVERIFY(second.run(index, 0, index.rowCount(), other, needle, [](std::vector<Match>&&) { return true; }).ok());
        QCOMPARE(needle.matched.load(), 1);
    }

    void replayIsEqualToTheByte() {
        Fixture f;
        f.create("from", 3);
        f.fill("from", 5000, 13);
        const SystemClock clock;
        ReplaySpec spec;
        spec.fromTopic = "from";
        spec.toTopic = "to";
        JobControl control;
        const auto done = runReplay(*f.cluster, clock, spec, control);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().message.c_str());
        OrderedReader left(*f.cluster, "from", f.spans("from"), Isolation::kReadUncommitted);
        OrderedReader right(*f.cluster, "to", f.spans("to"), Isolation::kReadUncommitted);
        const auto same = [](const std::optional<ByteView>& a, const std::optional<ByteView>& b) {
            return a.has_value() == b.has_value() && (!a || std::equal(a->begin(), a->end(), b->begin(), b->end()));
        };
        for (int i = 0; i < 5000; ++i) {
            const auto a = left.next();
            const auto b = right.next();
            QVERIFY(a && b && *a && *b);
            QVERIFY(same((*a)->record.key, (*b)->record.key) && same((*a)->record.value, (*b)->record.value));
            QVERIFY(decodeHeaders((*a)->record) == decodeHeaders((*b)->record));
            QCOMPARE((*a)->record.timestamp, (*b)->record.timestamp);
            QCOMPARE((*a)->partition, (*b)->partition);
        }
        QVERIFY(!right.next()->has_value());
    }

    void deletedRecordsAreCountedAsLost() {
        Fixture f;
        f.create("t", 2);
        f.fill("t", 2000, 17);
        const auto spans = f.spans("t");
        QVERIFY(f.cluster->deleteRecordsBefore({"t", PartitionId(0)}, Offset(100)).ok());
        RowIndex index(*f.cluster, "t");
        index.setSpans(spans);
        const auto rows = index.rows(0, 2000);
        QVERIFY(rows.ok());
        QCOMPARE(std::count_if(rows->begin(), rows->end(), [](const Row& row) { return row.isMissing; }), 100);
        const Matcher everything;
        Scanner scanner(*f.cluster, "t", everything, {});
        ScanStats stats;
        JobControl control;
        QVERIFY(
            scanner.run(index, 0, index.rowCount(), control, stats, [](std::vector<Match>&&) { return true; }).ok());
        QCOMPARE(stats.lost.load(), 100);
        QCOMPARE(stats.records.load(), 1900);
    }

    void whatRepeatsOrComesFromAFileIsEncodedByItsSchema() {
        Fixture f;
        if (!f.cluster->schemas()) {
            QSKIP(kNoRegistry);
        }
        f.create("t", 1);
        f.addQuotes();
        const SystemClock clock;
        SeededRandom random(1);
        const SchemaChoice quote{"t-value", std::nullopt};

        RepeatSpec repeat;
        repeat.topic = "t";
        repeat.value = R"({"price":{{seq}}})";
        repeat.valueSchema = quote;
        repeat.count = 3;
        repeat.rate = 50'000;
        JobControl repeating;
        test::CountedSchemas counted(f.cluster);
        QVERIFY(repeatPublish(counted, clock, random, repeat, repeating).ok());
        QCOMPARE(counted.lookUps(), 1);
        // The 22nd, 2,200,000,000, is more than an int holds; those before are sent.
        repeat.value = R"({"price":{{seq}}00000000})";
        repeat.count = 40;
        JobControl tooLong;
        const auto failed = repeatPublish(*f.cluster, clock, random, repeat, tooLong);
        QVERIFY(!failed.ok());
        QVERIFY2(failed.error().message.starts_with("Record 22: In the value: "), failed.error().message.c_str());
        QCOMPARE(tooLong.done(), 21);
        repeat.valueSchema = SchemaChoice{"nobody", 1};
        QVERIFY(!repeatPublish(*f.cluster, clock, random, repeat, tooLong).ok());

        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("quotes.ndjson")).toStdString();
        std::ofstream(path) << "{\"price\":5}\n{\"price\":\"dear\"}\n\n{\"cost\":1}\n{\"price\":6}\n";
        FilePublishSpec file;
        file.topic = "t";
        file.file.path = path;
        file.valueSchema = quote;
        JobControl publishing;
        QVERIFY(publishFile(counted, clock, file, publishing).ok());
        QCOMPARE(counted.lookUps(), 2);
        QCOMPARE(publishing.done(), 2);
        QCOMPARE(publishing.errors(), 2);
        QVERIFY2(publishing.message().starts_with("Line 2 does not fit. In the value: "), publishing.message().c_str());
        auto encoder = RecordEncoder::make(*f.cluster, std::nullopt, quote);
        QVERIFY(encoder.ok());
        const auto lines = previewFile(file.file, 20, &*encoder);
        QVERIFY(lines.ok());
        QCOMPARE(lines->size(), std::size_t{4});
        QCOMPARE(lines->at(0), std::string("{\"price\":5}"));
        QVERIFY(lines->at(2).starts_with("Line 4 does not fit. In the value: "));

        std::vector<std::string> read;
        OrderedReader reader(*f.cluster, "t", f.spans("t"), Isolation::kReadUncommitted);
        for (auto item = reader.next(); item && item->has_value(); item = reader.next()) {
            const auto decoded = f.broker()->schemas().decode("t", RecordPart::kValue, *(*item)->record.value);
            QVERIFY(decoded && decoded->ok());
            read.push_back((*decoded)->json);
        }
        QCOMPARE(read.size(), std::size_t{26});
        QCOMPARE(read[0], std::string(R"({"price":1})"));
        QCOMPARE(read[23], std::string(R"({"price":2100000000})"));
        QCOMPARE(read[24], std::string(R"({"price":5})"));
        QCOMPARE(read[25], std::string(R"({"price":6})"));
    }

    void recordsFramedWithASchemaAreRead() {
        Fixture f;
        if (!f.cluster->schemas()) {
            QSKIP(kNoRegistry);
        }
        f.create("t", 1);
        const int id = f.addQuotes();
        const auto framed = [](int schema, std::uint8_t payload) {
            return Bytes{std::byte{0},
                         std::byte{0},
                         std::byte{0},
                         std::byte{0},
                         static_cast<std::byte>(schema),
                         static_cast<std::byte>(payload)};
        };
        // 84 is 42 as Avro writes an int; 0xff goes on and never ends.
        std::vector<OutgoingRecord> records(3);
        records[0].value = framed(id, 84);
        records[1].value = framed(id + 8, 84);
        records[2].value = framed(id, 0xff);
        QVERIFY(f.cluster->produce("t", records, {}).ok());
        const SystemClock clock;
        SeededRandom random{1};
        AppSettings settings{{}, [](const QVariantMap&) {}};
        AppBackend backend(f.cluster, settings, clock, random, {});
        std::vector<ui::RecordDetail> details;
        for (int offset = 0; offset < 3; ++offset) {
            backend.records().inspect(
                {{"t", PartitionId(0)}, Offset(offset)}, this,
                [&details](const ClusterResult<ui::RecordDetail>& answer) { details.push_back(answer.value()); });
            QTRY_COMPARE(details.size(), static_cast<std::size_t>(offset) + 1);
        }
        const ui::DecodedView& read = details[0].valueViews.front();
        QCOMPARE(read.decoder, QStringLiteral("Schema registry"));
        QVERIFY(read.ok && read.isJson && read.text.contains(QStringLiteral("\"price\": 42")));
        QCOMPARE(read.schemaSubject, QStringLiteral("t-value"));
        QCOMPARE(read.note, QStringLiteral("t-value version 1, id 1 (Avro, Quote)"));
        const ui::DecodedView& unknown = details[1].valueViews.back();
        QVERIFY(!unknown.ok && unknown.text.contains(QStringLiteral("id 9")));
        QVERIFY(details[1].valueViews.front().note.contains(QStringLiteral("id 9")));
        QVERIFY(!details[2].valueViews.back().ok);
        QVERIFY(details[2].valueViews.back().text.contains(QStringLiteral("schema id 1")));

        auto feed = backend.records().makeFeed();
        QSignalSpy opened(feed.get(), &ui::RecordFeed::opened);
        ui::RecordQuery query;
        query.topic = "t";
        query.columns = QStringList{"price"};
        feed->open(query);
        QVERIFY(opened.wait());
        std::vector<ui::RecordRow> rows;
        connect(feed.get(), &ui::RecordFeed::rowsReady, this,
                [&rows](qint64, const std::vector<ui::RecordRow>& some) { rows = some; });
        feed->request(0, 3);
        QTRY_COMPARE(rows.size(), std::size_t{3});
        QCOMPARE(rows[0].value, QStringLiteral("{\"price\":42}"));
        QCOMPARE(rows[0].columns, QStringList{"42"});
        QVERIFY(!rows[1].value.contains(QStringLiteral("price")));

        // A filter reads what is shown: as an expression, which raw bytes could not tell, and as text.
        for (const auto& [filter, isExpression] :
             {std::pair("value.price > 41", true), std::pair("value.price == 42", true),
              std::pair("\"price\"", false)}) {
            query.filter = filter;
            query.isExpression = isExpression;
            feed->open(query);
            QTRY_COMPARE(feed->rowCount(), 1);
        }
        query.filter = "value.price > 42";
        query.isExpression = true;
        feed->open(query);
        QTRY_VERIFY(!feed->progress().running || feed->progress().scannedRecords >= 3);
        QCOMPARE(feed->rowCount(), 0);
        std::optional<ui::FilterTrial> trial;
        backend.records().tryFilter("value.price == 42", {{"t", PartitionId(0)}, Offset(0)}, this,
                                    [&trial](const ClusterResult<ui::FilterTrial>& answer) { trial = *answer; });
        QTRY_VERIFY(trial.has_value());
        QVERIFY(trial->matches);

        QStringList fields;
        backend.plots().numericFields("t", this,
                                      [&fields](const ClusterResult<QStringList>& answer) { fields = *answer; });
        QTRY_COMPARE(fields, QStringList{"price"});
        OutgoingRecord now;
        now.value = framed(id, 86);
        QVERIFY(f.cluster->produce("t", {now}, {}).ok());
        auto plot = backend.plots().makeStream();
        double last = 0;
        connect(plot.get(), &ui::PlotStream::updated, this, [&last](const std::vector<ui::PlotUpdate>& updates) {
            for (const ui::PlotUpdate& series : updates) {
                last = series.points.empty() ? last : series.points.back().value;
            }
        });
        ui::PlotQuery line;
        line.topic = "t";
        line.valueField = "price";
        plot->open(line);
        QTRY_COMPARE(last, 43.0);
    }

    void theRegistryIsAskedThroughTheBackend() {
        Fixture f;
        if (!f.cluster->schemas()) {
            QSKIP(kNoRegistry);
        }
        const SystemClock clock;
        SeededRandom random{1};
        AppSettings settings{{}, [](const QVariantMap&) {}};
        AppBackend backend(f.cluster, settings, clock, random, {});
        std::optional<ClusterResult<SchemaRegistryState>> state;
        const auto take = [&state](const ClusterResult<SchemaRegistryState>& answer) { state = answer; };
        backend.schemas().listen(0, this, take);
        QTRY_VERIFY(state.has_value());
        QVERIFY(state->ok() && !(*state)->url.empty());
        const int taken = QString::fromStdString((*state)->url).section(QLatin1Char(':'), -1).toInt();
        std::optional<ClusterResult<SchemaVersion>> added;
        backend.schemas().add({"t-value", "JSON", R"({"type":"object"})", {}}, this,
                              [&added](const ClusterResult<SchemaVersion>& answer) { added = answer; });
        QTRY_VERIFY(added && added->ok());
        std::optional<ClusterResult<std::vector<SchemaVersion>>> versions;
        backend.schemas().versions(
            "t-value", this,
            [&versions](const ClusterResult<std::vector<SchemaVersion>>& answer) { versions = answer; });
        QTRY_VERIFY(versions && versions->ok());
        QCOMPARE((*versions)->front().text, std::string("{\n  \"type\": \"object\"\n}"));
        // Another broker cannot have the port that this one has.
        Fixture other;
        AppBackend second(other.cluster, settings, clock, random, {});
        state.reset();
        second.schemas().listen(taken, this, take);
        QTRY_VERIFY(state.has_value());
        QVERIFY(!state->ok());
        QVERIFY(state->error().message.find(std::to_string(taken)) != std::string::npos);
    }

    void theWholeBackendWorksOnARealBroker() {
        Fixture f;
        const SystemClock clock;
        SeededRandom random{1};
        AppSettings settings{{}, [](const QVariantMap&) {}};
        AppBackend backend(f.cluster, settings, clock, random, {});
        bool isStarted = false;
        backend.feeds().start("stocks", {5000, 1, 0, 0}, this,
                              [&isStarted](ClusterResult<ui::JobId> started) { isStarted = started.ok(); });
        QTRY_VERIFY(isStarted);
        QTRY_VERIFY(backend.live().topicRate("stocks.quotes").recordsIn > 100);
        auto feed = backend.records().makeFeed();
        QSignalSpy opened(feed.get(), &ui::RecordFeed::opened);
        ui::RecordQuery query;
        query.topic = "stocks.trades";
        query.start.kind = ui::StartKind::kLive;
        feed->open(query);
        QVERIFY(opened.wait());
        const qint64 count = feed->rowCount();
        QTRY_VERIFY(feed->rowCount() > count + 100);
        std::vector<ui::RecordRow> rows;
        connect(feed.get(), &ui::RecordFeed::rowsReady, this,
                [&rows](qint64, const std::vector<ui::RecordRow>& some) { rows = some; });
        feed->request(0, 50);
        QTRY_COMPARE(rows.size(), std::size_t{50});
        QVERIFY(std::is_sorted(rows.begin(), rows.end(), [](const ui::RecordRow& a, const ui::RecordRow& b) {
            return a.timestamp < b.timestamp;
        }));
        QVERIFY(rows.front().value.startsWith("{\"symbol\":"));
        auto plot = backend.plots().makeStream();
        QSignalSpy updated(plot.get(), &ui::PlotStream::updated);
        ui::PlotQuery line;
        line.topic = "stocks.trades";
        line.valueField = "price";
        plot->open(line);
        QTRY_VERIFY(updated.count() >= 2);
        backend.feeds().stop("stocks");
        QTRY_VERIFY(!backend.feeds().isRunning("stocks"));
        QVERIFY(backend.live().staleReason().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TstSuiteRecords)
#include "tst_suite_records.moc"
