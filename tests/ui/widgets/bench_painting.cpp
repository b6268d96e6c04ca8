// SPDX-License-Identifier: GPL-3.0-or-later
// What painting costs: a frame of the record list anywhere among 10^12 rows, a chart, a JSON text of ten megabytes, and
// the theme itself. Prints figures; asserts nothing about time.
#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QScrollBar>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <random>

#include "tests/support/fake_backend.h"
#include "ui/theme/theme.h"
#include "ui/widgets/json_view.h"
#include "ui/widgets/record_view/record_table.h"

using namespace weir;
using namespace weir::ui;

namespace {

constexpr qint64 kRows = 1'000'000'000'000;
constexpr int kFrames = 500;

void report(const char* what, std::vector<double> ms) {
    std::sort(ms.begin(), ms.end());
    std::printf("%-34s p50 %.2f ms  p99 %.2f ms  max %.2f ms\n", what, ms[ms.size() / 2], ms[ms.size() * 99 / 100],
                ms.back());
}

double paintOnce(QWidget& widget, QImage& image) {
    // Processor time: other programs on the machine are not the painter's fault.
    const std::clock_t before = std::clock();
    widget.render(&image, {}, {}, QWidget::DrawChildren);
    return static_cast<double>(std::clock() - before) * 1e3 / CLOCKS_PER_SEC;
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
    std::vector<double> ms;
    for (int i = 0; i < kFrames; ++i) {
        table.scrollToTop(static_cast<qint64>(random() % static_cast<std::uint64_t>(kRows)));
        table.render(&image);
        QCoreApplication::processEvents();
        ms.push_back(paintOnce(table, image));
    }
    report("record list, 38 rows of 10^12", ms);
    std::printf("%-34s %zu\n", "rows kept", source.cachedRows());
}

void benchJson() {
    QString text = QStringLiteral("{\"items\":[");
    while (text.size() < 10'000'000) {
        text += QStringLiteral("{\"symbol\":\"AAPL\",\"price\":187.25,\"size\":300},");
    }
    text += QStringLiteral("{}]}");
    JsonView view;
    view.resize(900, 900);
    view.show();
    QElapsedTimer timer;
    timer.start();
    view.setJson(text);
    const double first = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    while (!view.isReady()) {
        QCoreApplication::processEvents();
    }
    std::printf("%-34s first %.1f ms, all of %lld lines %.0f ms\n", "JSON of 10 MB", first,
                static_cast<long long>(view.visibleLines()), static_cast<double>(timer.nsecsElapsed()) / 1e6);
    QImage image(view.size(), QImage::Format_ARGB32_Premultiplied);
    std::vector<double> ms;
    for (int i = 0; i < kFrames; ++i) {
        view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum() / kFrames * i);
        ms.push_back(paintOnce(view, image));
    }
    report("JSON of 10 MB, a frame", ms);
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    QElapsedTimer timer;
    timer.start();
    const Theme theme(app);
    std::printf("%-34s %.2f ms\n", "theme with its fonts", static_cast<double>(timer.nsecsElapsed()) / 1e6);
    const auto backend = test::FakeBackend::sampleCluster();
    benchRecords(*backend);
    benchJson();
    return 0;
}
