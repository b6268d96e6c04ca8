// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <random>
#include <sstream>
#include <thread>

#include "app/exchange/export_job.h"
#include "app/exchange/record_file.h"
#include "app/publish/file_job.h"
#include "app/publish/kcat_command.h"
#include "app/publish/repeat_job.h"
#include "tests/app/support/memory_cluster.h"

using namespace weir;
using namespace weir::app;
using weir::test::MemoryCluster;

namespace {

std::string randomText(std::mt19937_64& random, bool isBinary) {
    const std::string alphabet =
        isBinary ? std::string("\x00\xff\xc3\x28{\"", 6) : std::string("ab{}[]\",:\\\n\r\t '1=");
    std::string text;
    for (std::size_t i = random() % 12; i > 0; --i) {
        text += alphabet[random() % alphabet.size()];
    }
    return text;
}

std::optional<std::string> randomValue(std::mt19937_64& random) {
    switch (random() % 6) {
        case 0:
            return std::nullopt;
        case 1:
            return "";
        case 2:
            return R"({"price":93.20,"a":[1,2]})";
        case 3:
            return R"({"$base64":"AAAA"})";
        case 4:
            return "base64:xx" + randomText(random, false);
        default:
            return randomText(random, random() % 2 == 0);
    }
}

QString write(const QTemporaryDir& dir, const QString& name, const QByteArray& text) {
    QFile file(dir.filePath(name));
    [[maybe_unused]] const bool isOpen = file.open(QIODevice::WriteOnly);
    file.write(text);
    return file.fileName();
}

std::string valueOf(const OutgoingRecord& record) {
    return record.value ? std::string(asText(*record.value)) : "(null)";
}

std::vector<PartitionSpan> spansOf(MemoryCluster& cluster, const std::string& topic, int partitions) {
    std::vector<PartitionSpan> spans;
    for (int p = 0; p < partitions; ++p) {
        spans.push_back({PartitionId(p), Offset(0),
                         *cluster.offsetFor({topic, PartitionId(p)}, {OffsetSpecKind::kLatest, kNoTimestamp})});
    }
    return spans;
}

}  // namespace

class TstExchange : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void exportedFilesRestoreEveryByte_data() {
        QTest::addColumn<QString>("suffix");
        QTest::newRow("ndjson") << QStringLiteral("ndjson");
        QTest::newRow("csv") << QStringLiteral("csv");
    }
    void exportedFilesRestoreEveryByte() {
        QFETCH(QString, suffix);
        const bool isCsv = suffix == QStringLiteral("csv");
        const std::uint64_t seed = std::random_device{}();
        qInfo("seed %llu", static_cast<unsigned long long>(seed));
        std::mt19937_64 random(seed);
        MemoryCluster cluster;
        for (int i = 0; i < 800; ++i) {
            std::vector<Header> headers;
            for (std::size_t h = random() % 3; h > 0; --h) {
                const auto value = randomValue(random);
                headers.push_back({randomText(random, false), value ? std::optional(toBytes(*value)) : std::nullopt});
            }
            cluster.add("t", static_cast<int>(random() % 3), 1000 + i, randomValue(random), randomValue(random),
                        headers);
        }
        const QTemporaryDir dir;
        ExportSpec spec;
        spec.topic = "t";
        spec.spans = spansOf(cluster, "t", 3);
        spec.path = dir.filePath(QStringLiteral("out.") + suffix).toStdString();
        spec.isCsv = isCsv;
        JobControl control;
        const auto written = exportRecords(cluster, spec, Matcher(), control);
        QVERIFY(written.ok());
        QCOMPARE(*written, 800);
        QCOMPARE(control.done(), 800);

        QVERIFY(cluster.createTopic({"copy", 3, 1, {}}).ok());
        const SystemClock clock;
        FilePublishSpec back;
        back.topic = "copy";
        back.file.path = spec.path;
        back.file.format = isCsv ? RecordFileFormat::kCsv : RecordFileFormat::kNdjson;
        JobControl publishing;
        QVERIFY(publishFile(cluster, clock, back, publishing).ok());
        QCOMPARE(publishing.errors(), 0);
        for (int p = 0; p < 3; ++p) {
            const auto from = cluster.all("t", p);
            const auto to = cluster.all("copy", p);
            QCOMPARE(to.size(), from.size());
            for (std::size_t i = 0; i < from.size(); ++i) {
                QVERIFY(to[i].key == from[i].key);
                QVERIFY(to[i].value == from[i].value);
                QVERIFY(to[i].headers == from[i].headers);
                QCOMPARE(to[i].timestamp, from[i].timestamp);
            }
        }
    }

    void stoppedExportLeavesNoFile() {
        MemoryCluster cluster;
        for (int i = 0; i < 5000; ++i) {
            cluster.add("t", 0, i, "k", "v");
        }
        const QTemporaryDir dir;
        ExportSpec spec;
        spec.topic = "t";
        spec.spans = spansOf(cluster, "t", 1);
        spec.path = dir.filePath(QStringLiteral("x.ndjson")).toStdString();
        JobControl control;
        control.stop();
        const auto written = exportRecords(cluster, spec, Matcher(), control);
        QVERIFY(!written.ok());
        QCOMPARE(written.error().code, ClusterErrc::kCancelled);
        QVERIFY(QDir(dir.path()).isEmpty());
        spec.path = "/proc/nonexistent/x";
        JobControl other;
        QVERIFY(!exportRecords(cluster, spec, Matcher(), other).ok());
    }

    void foreignCsvBecomesJsonByItsHeading() {
        const QTemporaryDir dir;
        const QString path =
            write(dir, "a.csv",
                  "\xef\xbb\xbfid;name;price\r\n7;\"Ada; \"\"L\"\"\";93.20\n\n007;\"two\nlines\";+1\n8;short\n");
        RecordFileSpec spec{path.toStdString(), RecordFileFormat::kCsv, "id", ';'};
        auto reader = RecordFileReader::open(spec);
        QVERIFY(reader.ok());
        auto first = (*reader)->next();
        QCOMPARE(valueOf(**first), std::string(R"({"id":7,"name":"Ada; \"L\"","price":93.20})"));
        QCOMPARE(std::string(asText(*(*first)->key)), std::string("7"));
        auto second = (*reader)->next();
        QCOMPARE(valueOf(**second), std::string(R"({"id":"007","name":"two\nlines","price":"+1"})"));
        const auto third = (*reader)->next();
        QVERIFY(!third.ok());
        QVERIFY2(third.error().find("2 fields") != std::string::npos, third.error().c_str());
        QVERIFY(!(*reader)->next()->has_value());
        spec.keyField = "missing";
        QVERIFY(!RecordFileReader::open(spec).ok());
    }

    void foreignNdjsonAndLinesKeepTheirBytes() {
        const QTemporaryDir dir;
        const QString path = write(dir, "a.ndjson", "{\"id\": \"x\", \"n\":1.00}\r\n\nnot json\n{\"id\":null}\n");
        RecordFileSpec spec{path.toStdString(), RecordFileFormat::kNdjson, "id", ','};
        const auto preview = previewFile(spec, 10);
        QVERIFY(preview.ok());
        QCOMPARE(preview->size(), std::size_t{3});
        QCOMPARE((*preview)[0], std::string("x  \u2192  {\"id\": \"x\", \"n\":1.00}"));
        QVERIFY((*preview)[1].starts_with("Line 3 is not JSON"));
        QCOMPARE((*preview)[2], std::string("{\"id\":null}"));
        spec.format = RecordFileFormat::kLines;
        QCOMPARE((*previewFile(spec, 10))[2], std::string("not json"));
        spec.path += ".missing";
        QVERIFY(!previewFile(spec, 10).ok());
    }

    void randomCsvRoundTrips() {
        std::mt19937_64 random(3);
        for (int round = 0; round < 2000; ++round) {
            std::string text;
            std::vector<std::string> fields;
            for (std::size_t i = 0; i < 1 + random() % 4; ++i) {
                fields.push_back("x" + randomText(random, false));
                if (i != 0) {
                    text += ',';
                }
                appendCsv(text, fields.back(), ',');
            }
            std::istringstream in(text + "\n");
            CsvReader reader(in, ',');
            std::vector<CsvField> row;
            QVERIFY(reader.next(row));
            QCOMPARE(row.size(), fields.size());
            for (std::size_t i = 0; i < fields.size(); ++i) {
                QCOMPARE(row[i].text, fields[i]);
            }
        }
    }

    void generatorsGiveWhatTheyPromise() {
        SeededRandom random(1);
        auto text = TemplateText::compile(
            "{{seq}}|{{uuid}}|{{now}}|{{now iso}}|{{int -2 2}}|{{float 1 2 3}}|{{pick a b}}|"
            "{{name}}|{{walk 100 0.5}}|}} {x}");
        QVERIFY2(text.ok(), text.ok() ? "" : text.error().c_str());
        std::string out;
        double last = 100;
        for (int i = 1; i <= 200; ++i) {
            text->render(i, Timestamp(1'767'225'600'123), random, out);
            const QStringList parts = QString::fromStdString(out).split('|');
            QCOMPARE(parts.size(), 10);
            QCOMPARE(parts[0].toInt(), i);
            QVERIFY(QRegularExpression("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
                        .match(parts[1])
                        .hasMatch());
            QCOMPARE(parts[2], QString("1767225600123"));
            QCOMPARE(parts[3], QString("2026-01-01T00:00:00.123Z"));
            QVERIFY(parts[4].toInt() >= -2 && parts[4].toInt() <= 2);
            QVERIFY(parts[5].toDouble() >= 1 && parts[5].toDouble() <= 2 && parts[5].size() == 5);
            QVERIFY(parts[6] == "a" || parts[6] == "b");
            QVERIFY(!parts[7].isEmpty());
            QVERIFY(std::abs(parts[8].toDouble() - last) < 4);
            last = parts[8].toDouble();
            QCOMPARE(parts[9], QString("}} {x}"));
        }
    }

    void wrongGeneratorsAreNamed_data() {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"{{foo}}", "{{int 5}}", "{{int 5 1}}", "{{float a b}}", "{{}}", "{{seq", "{{pick}}",
                                 "{{walk 1 -1}}", "{{now utc}}", "{{uuid 4}}"}) {
            QTest::newRow(text) << QByteArray(text);
        }
    }
    void wrongGeneratorsAreNamed() {
        QFETCH(QByteArray, text);
        const auto compiled = TemplateText::compile(text.toStdString());
        QVERIFY(!compiled.ok());
        QVERIFY(compiled.error().ends_with('.'));
    }

    void repeatSendsExactlyTheCount() {
        MemoryCluster cluster;
        QVERIFY(cluster.createTopic({"t", 2, 1, {}}).ok());
        const SystemClock clock;
        SeededRandom random(1);
        RepeatSpec spec;
        spec.topic = "t";
        spec.key = "k{{seq}}";
        spec.value = "{{int 1 9}}";
        spec.headers = {{"h", toBytes("{{seq}}")}, {"n", std::nullopt}};
        spec.rate = 50'000;
        spec.count = 777;
        JobControl control;
        QVERIFY(repeatPublish(cluster, clock, random, spec, control).ok());
        const auto first = cluster.all("t", 0);
        const auto second = cluster.all("t", 1);
        QCOMPARE(first.size() + second.size(), std::size_t{777});
        QCOMPARE(control.done(), 777);
        QCOMPARE(control.total(), 777);
        QVERIFY(!first.front().headers[1].value);
        QCOMPARE("k" + std::string(asText(*first.front().headers[0].value)), std::string(asText(*first.front().key)));
        spec.value = "{{nope}}";
        QVERIFY(!repeatPublish(cluster, clock, random, spec, control).ok());
    }

    void repeatStopsAtOnceAtTheSlowestRate() {
        MemoryCluster cluster;
        QVERIFY(cluster.createTopic({"t", 1, 1, {}}).ok());
        const SystemClock clock;
        SeededRandom random(1);
        RepeatSpec spec;
        spec.topic = "t";
        spec.value = "x";
        spec.rate = 0.1;
        JobControl control;
        std::thread thread([&] { static_cast<void>(repeatPublish(cluster, clock, random, spec, control)); });
        QTRY_COMPARE(control.done(), 1);
        QElapsedTimer timer;
        timer.start();
        control.stop();
        thread.join();
        QVERIFY(timer.elapsed() < 2000);
    }

    void kcatCommandQuotesEverything() {
        OutgoingRecord record;
        record.key = toBytes("k");
        record.value = toBytes("it's \x01 {\"a\":1}");
        record.headers = {{"h", toBytes("v'w")}};
        record.partition = PartitionId(2);
        QCOMPARE(QString::fromStdString(kcatCommand("localhost:9092", "t", record)),
                 QString("printf 'k\\036it\\047s \\001 {\"a\":1}' | kcat -b localhost:9092 -t t -P -p 2 "
                         "-H 'h=v'\\''w' -K '\\x1e' -D '\\x1f'"));
        record.value.reset();
        record.key.reset();
        QVERIFY(kcatCommand("b", "t", record).find(" -Z") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TstExchange)
#include "tst_exchange.moc"
