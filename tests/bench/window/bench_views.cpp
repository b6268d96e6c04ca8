// SPDX-License-Identifier: GPL-3.0-or-later
// What views cost: a frame of the record list anywhere among 10^12 rows, ten thousand topics listed, sorted and
// filtered, a chart of a million points, a text of ten megabytes, a record of a hundred. One line of JSON a figure;
// tests/bench/window.py holds them against what is promised. Processor time: other programs are not the view's fault.
#include <unistd.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QScrollBar>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <random>

#include "app/serdes/decoders.h"
#include "tests/support/fake_backend.h"
#include "ui/pages/topics/topics_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/json_view.h"
#include "ui/widgets/record_view/record_table.h"
#include "ui/widgets/time_series.h"

using namespace weir;
using namespace weir::ui;

namespace {

constexpr qint64 kRows = 1'000'000'000'000;
constexpr int kFrames = 500;
constexpr int kTopics = 10'000;
constexpr int kPartitionsEach = 10;
constexpr int kChartPoints = 1'000'000;
constexpr std::size_t kLargeRecord = 100'000'000;

void print(const char* name, double value, const char* unit) {
    std::printf("{\"row\":\"%s\",\"value\":%.3f,\"unit\":\"%s\"}\n", name, value, unit);
    std::fflush(stdout);
}

double percentile(std::vector<double>& ms, std::size_t p) {
    std::sort(ms.begin(), ms.end());
    return ms[ms.size() * p / 100];
}

template <class Work>
double cpuMs(Work work) {
    const std::clock_t before = std::clock();
    work();
    return static_cast<double>(std::clock() - before) * 1e3 / CLOCKS_PER_SEC;
}

double residentMiB() {
    std::ifstream statm("/proc/self/statm");
    double size = 0;
    double resident = 0;
    statm >> size >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024 / 1024;
}

void paint(QWidget& widget, QImage& image) {
    widget.render(&image, {}, {}, QWidget::DrawChildren);
}

void benchRecords(test::FakeBackend& backend) {
    const auto trade = backend.records().topics.value(QStringLiteral("stocks.trades")).rowAt;
    backend.records().topics.insert(QStringLiteral("many"), {kRows, trade});
    test::FakeRecordFeed feed(backend.records().topics);
    FeedRowSource source(feed);
    RecordTable table(backend.settings(), QStringLiteral("bench"));
    table.resize(1600, 1000);
    table.setSource(&source);
    table.show();
    RecordQuery query;
    query.topic = QStringLiteral("many");
    feed.open(query);
    QCoreApplication::processEvents();
    std::mt19937_64 random(7);
    QImage image(table.size(), QImage::Format_RGB32);
    const double before = residentMiB();
    std::vector<double> ms;
    for (int i = 0; i < kFrames; ++i) {
        table.scrollToTop(static_cast<qint64>(random() % static_cast<std::uint64_t>(kRows)));
        table.render(&image);
        QCoreApplication::processEvents();
        ms.push_back(cpuMs([&] { paint(table, image); }));
    }
    print("browse 10^12 records: frame p99", percentile(ms, 99), "ms");
    print("browse 10^12 records: memory grows by", residentMiB() - before, "MiB");
}

Snapshot manyTopics(std::int64_t records) {
    Snapshot snapshot;
    for (int i = 0; i < kTopics; ++i) {
        auto topic = std::make_shared<TopicSnapshot>();
        topic->name = QStringLiteral("topic-%1").arg(i, 5, 10, QLatin1Char('0')).toStdString();
        topic->partitions.resize(kPartitionsEach);
        for (PartitionSnapshot& p : topic->partitions) {
            p.highWatermark = Offset(records + i * 7919 % 10'007);
        }
        snapshot.topics.push_back(std::move(topic));
    }
    return snapshot;
}

void benchTopics() {
    test::FakeBackend backend;
    backend.live().set(manyTopics(1));
    std::unique_ptr<TopicsPage> page;
    print("10,000 topics, 100,000 partitions: listed", cpuMs([&] {
              page = std::make_unique<TopicsPage>(backend);
              page->resize(1600, 1000);
              page->show();
              QCoreApplication::processEvents();
              page->grab();
          }),
          "ms");
    auto* table = page->findChild<DataTable*>();
    std::vector<double> ms;
    for (int column = 0; column < table->model()->columnCount(); ++column) {
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            ms.push_back(cpuMs([&] {
                table->sortByColumn(column, order);
                table->viewport()->repaint();
            }));
        }
    }
    print("10,000 topics: sorted by the dearest column", percentile(ms, 100 - 1), "ms");
    auto* search = page->findChild<SearchField*>();
    print("10,000 topics: filtered", cpuMs([&] {
              search->setText(QStringLiteral("topic-0999"));
              QTest::keyClick(search, Qt::Key_Return);
              QCoreApplication::processEvents();
              table->viewport()->repaint();
          }),
          "ms");
    Snapshot next = manyTopics(2);
    search->clear();
    QTest::keyClick(search, Qt::Key_Return);
    print("10,000 topics: a snapshot in which all moved", cpuMs([&] {
              backend.live().set(std::move(next));
              table->viewport()->repaint();
          }),
          "ms");
}

void benchChart() {
    TimeSeries chart;
    chart.resize(1200, 400);
    const int series = chart.addSeries(QStringLiteral("rate"), Tint::kAccent);
    std::vector<TimePoint> points;
    points.reserve(kChartPoints);
    for (int i = 0; i < kChartPoints; ++i) {
        points.push_back({Timestamp(1'700'000'000'000 + i * 10LL), std::sin(i / 5000.0) * 100 + i % 37});
    }
    chart.setPoints(series, points);
    chart.show();
    QImage image(chart.size(), QImage::Format_RGB32);
    QCoreApplication::processEvents();
    std::vector<double> ms;
    Timestamp at = points.back().at;
    for (int i = 0; i < kFrames / 10; ++i) {
        at = at + 10;
        ms.push_back(cpuMs([&] {
            chart.appendPoints(series, {{at, i * 1.0}}, 0);
            QCoreApplication::processEvents();
            paint(chart, image);
        }));
    }
    print("chart of a million points: a refresh, p50", percentile(ms, 50), "ms");
    print("chart of a million points: a refresh, p99", percentile(ms, 99), "ms");
}

QString largeJson(qsizetype size) {
    QString text = QStringLiteral("{\"items\":[");
    while (text.size() < size) {
        text += QStringLiteral("{\"symbol\":\"AAPL\",\"price\":187.25,\"size\":300},");
    }
    return text + QStringLiteral("{}]}");
}

void benchJson() {
    const QString text = largeJson(10'000'000);
    JsonView view;
    view.resize(900, 900);
    view.show();
    print("JSON of 10 MB: first lines", cpuMs([&] { view.setJson(text); }), "ms");
    while (!view.isReady()) {
        QCoreApplication::processEvents();
    }
    QImage image(view.size(), QImage::Format_ARGB32_Premultiplied);
    std::vector<double> ms;
    for (int i = 0; i < kFrames; ++i) {
        view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum() / kFrames * i);
        ms.push_back(cpuMs([&] { paint(view, image); }));
    }
    print("JSON of 10 MB: a frame, p99", percentile(ms, 99), "ms");
}

/// From the stored bytes to what is on the screen first.
void benchLargeRecord() {
    const std::string bytes = largeJson(static_cast<qsizetype>(kLargeRecord)).toStdString();
    JsonView view;
    view.resize(900, 900);
    view.show();
    print("record of 100 MB: decoded and shown", cpuMs([&] {
              const auto views = app::decodeAll(asBytes(bytes));
              view.setJson(QString::fromStdString(views.at(0).text));
              view.grab();
          }),
          "ms");
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    std::unique_ptr<Theme> theme;
    print("theme with its fonts", cpuMs([&] { theme = std::make_unique<Theme>(app); }), "ms");
    const auto backend = test::FakeBackend::sampleCluster();
    benchRecords(*backend);
    benchTopics();
    benchChart();
    benchJson();
    benchLargeRecord();
    return 0;
}
