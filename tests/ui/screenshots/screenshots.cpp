// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a picture of every page, dark and light, at two sizes, with a full and an empty cluster, so that they can be
// looked at side by side: weir_screenshots <folder> [part of a name]
#include <QApplication>
#include <QGridLayout>
#include <QTimer>
#include <cmath>

#include "tests/support/fake_backend.h"
#include "tests/ui/screenshots/photographer.h"
#include "ui/shell/main_window.h"
#include "ui/shell/page_registry.h"
#include "ui/shell/shortcuts_overlay.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/candle_chart.h"
#include "ui/widgets/diff_view.h"
#include "ui/widgets/format.h"
#include "ui/widgets/hex_view.h"
#include "ui/widgets/json_view.h"
#include "ui/widgets/record_view/record_table.h"
#include "ui/widgets/time_series.h"

using namespace weir;
using namespace weir::ui;

namespace {

NavigationTarget to(PageKind kind, const QString& subject = {}, const QString& section = {}) {
    NavigationTarget target;
    target.kind = kind;
    target.subject = subject;
    target.section = section;
    return target;
}

/// The widgets that pages are made of, with data in them.
class Gallery : public QWidget {
public:
    explicit Gallery(test::FakeBackend& backend) : m_feed(backend.records().topics), m_source(m_feed) {
        auto* grid = new QGridLayout(this);
        auto* records = new RecordTable(backend.settings(), QStringLiteral("gallery"));
        records->setSource(&m_source);
        records->setFollow(true);
        grid->addWidget(records, 0, 0, 1, 3);
        auto* json = new JsonView;
        json->setJson(
            QStringLiteral("{\"id\":\"o-1942\",\"customer\":{\"name\":\"Ada\",\"tier\":3,\"vip\":true},"
                           "\"items\":[{\"sku\":\"a-1\",\"n\":2,\"price\":12.5},{\"sku\":\"b\",\"n\":1}],"
                           "\"note\":null,\"total\":42.75}"));
        grid->addWidget(json, 1, 0);
        auto* hex = new HexView;
        hex->setBytes(QByteArray("{\"id\":\"o-1942\",\"n\":1}\x00\x01\xff\xfe binary tail and more of it", 56));
        grid->addWidget(hex, 1, 1);
        auto* diff = new DiffView;
        diff->setTexts(QStringLiteral("{\n  \"price\": 187.20,\n  \"size\": 300\n}"),
                       QStringLiteral("{\n  \"price\": 187.90,\n  \"size\": 300\n}"));
        grid->addWidget(diff, 1, 2);
        auto* series = new TimeSeries;
        const int in = series->addSeries(QStringLiteral("In"), Tint::kIn);
        const int out = series->addSeries(QStringLiteral("Out"), Tint::kOut);
        series->setGap(4000);
        series->setValueFormat([](double value) { return formatByteRate(value); });
        std::vector<TimePoint> a;
        std::vector<TimePoint> b;
        const Timestamp now = nowTimestamp();
        std::vector<Candle> candles;
        for (int i = 0; i < 300; ++i) {
            const Timestamp at = now - (300 - i) * 1000LL;
            if (i < 120 || i > 140) {
                a.push_back({at, 4e6 + 1.2e6 * std::sin(i / 17.0) + 3e5 * std::sin(i / 2.3)});
            }
            b.push_back({at, 6.1e6 + 1.9e6 * std::sin(i / 21.0 + 1) + 4e5 * std::sin(i / 3.1)});
            if (i % 5 == 0) {
                const double open = 187 + 3 * std::sin(i / 30.0);
                const double close = open + 1.2 * std::sin(i * 1.7);
                candles.push_back(
                    {at, open, std::max(open, close) + 0.6, std::min(open, close) - 0.5, close, 500.0 + i % 37 * 20});
            }
        }
        series->setPoints(in, a);
        series->setPoints(out, b);
        grid->addWidget(series, 2, 0, 1, 2);
        auto* chart = new CandleChart;
        chart->setCandleSpan(5000);
        chart->setName(QStringLiteral("AAPL"));
        chart->setCandles(candles);
        grid->addWidget(chart, 2, 2);
        for (int i = 0; i < 3; ++i) {
            grid->setRowStretch(i, 1);
            grid->setColumnStretch(i, 1);
        }
        RecordQuery query;
        query.topic = QStringLiteral("stocks.trades");
        m_feed.open(query);
    }

private:
    test::FakeRecordFeed m_feed;
    FeedRowSource m_source;
};

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    Theme theme(app);
    theme.setReduceMotion(true);
    const QStringList arguments = QApplication::arguments();
    QDir folder(arguments.value(1, QStringLiteral("screenshots")));
    folder.mkpath(QStringLiteral("."));
    test::Photographer camera(theme, folder, arguments.value(2));

    const auto full = test::FakeBackend::sampleCluster();
    full->settings().setValue(QStringLiteral("shell/welcomed"), true);
    full->replayer().left = {
        {QStringLiteral("1"), QStringLiteral("orders to orders.copy"), 148'221, nowTimestamp() - 7 * 60'000, {}},
        {QStringLiteral("2"), QStringLiteral("stocks.trades to stocks.trades at Production"), 2'750'000,
         nowTimestamp() - 26LL * 3600 * 1000, QStringLiteral("Production is not open: open it first.")}};
    test::addGroupsOfEveryType(*full);
    const auto empty = std::make_unique<test::FakeBackend>();
    empty->operations().quorumInfo =
        fail(ClusterError{ClusterErrc::kUnsupported, 0,
                          "This cluster has no metadata quorum to tell of: it keeps its metadata in ZooKeeper, or is "
                          "older than Apache Kafka 3.3."});
    MainWindow window(*full, allPages());
    MainWindow bare(*empty, allPages());
    Gallery gallery(*full);
    gallery.show();
    window.show();

    const std::pair<SchemeChoice, QString> looks[] = {{SchemeChoice::kDark, QStringLiteral("dark")},
                                                      {SchemeChoice::kLight, QStringLiteral("light")},
                                                      {SchemeChoice::kHighContrast, QStringLiteral("contrast")}};
    for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
        for (const auto& [choice, look] : looks) {
            if (choice == SchemeChoice::kHighContrast && size.width() > 1280) {
                continue;
            }
            const QString suffix = QStringLiteral("-%1-%2").arg(look).arg(size.width());
            const auto shoot = [&, choice = choice, size](const QString& name, const NavigationTarget& target) {
                camera.add(name + suffix, [&camera, &window, choice, size, target]() -> QWidget* {
                    camera.setLook(choice);
                    window.resize(size);
                    window.go(target);
                    return &window;
                });
            };
            for (const PageInfo& page : allPages().listed()) {
                shoot(page.id, to(page.kind));
            }
            for (const char* section : {"messages", "partitions", "storage", "config", "groups", "statistics"}) {
                shoot(QStringLiteral("topic-") + QString::fromLatin1(section),
                      to(PageKind::kTopic, QStringLiteral("stocks.trades"), QString::fromLatin1(section)));
            }
            shoot(QStringLiteral("group"), to(PageKind::kGroup, QStringLiteral("fraud-detector")));
            for (const char* section : {"deliveries", "settings"}) {
                shoot(QStringLiteral("share-") + QString::fromLatin1(section),
                      to(PageKind::kGroup, QStringLiteral("image-workers"), QString::fromLatin1(section)));
            }
            shoot(QStringLiteral("streams-tasks"),
                  to(PageKind::kGroup, QStringLiteral("order-totals"), QStringLiteral("tasks")));
            shoot(QStringLiteral("schemas-subject"), to(PageKind::kSchemas, {}, QStringLiteral("orders-value")));
            for (const char* section : {"quorum", "features"}) {
                shoot(QStringLiteral("cluster-") + QString::fromLatin1(section),
                      to(PageKind::kCluster, {}, QString::fromLatin1(section)));
            }
            for (const char* section : {"rules", "quotas"}) {
                shoot(QStringLiteral("access-") + QString::fromLatin1(section),
                      to(PageKind::kAccess, {}, QString::fromLatin1(section)));
            }
            camera.add(QStringLiteral("palette") + suffix, [&, choice = choice, size]() -> QWidget* {
                camera.setLook(choice);
                window.resize(size);
                window.commandPalette().open();
                return &window;
            });
            camera.add(QStringLiteral("shortcuts") + suffix, [&, choice = choice, size]() -> QWidget* {
                camera.setLook(choice);
                window.resize(size);
                window.commandPalette().hide();
                auto* overlay = new ShortcutsOverlay(window.actions(), window.centralWidget());
                // Gone before the next picture.
                QTimer::singleShot(340, overlay, &QObject::deleteLater);
                return &window;
            });
            if (size.width() > 1280) {
                continue;
            }
            camera.add(QStringLiteral("presenter") + suffix, [&, choice = choice, size]() -> QWidget* {
                camera.setLook(choice);
                theme.setDensity(Density::kPresenter);
                window.resize(size);
                window.go(to(PageKind::kTopics));
                return &window;
            });
            camera.add(QStringLiteral("widgets") + suffix, [&, choice = choice, size]() -> QWidget* {
                camera.setLook(choice);
                theme.setDensity(Density::kNormal);
                gallery.resize(size);
                return &gallery;
            });
            camera.add(QStringLiteral("refused-cluster") + suffix,
                       [&camera, &bare, choice = choice, size]() -> QWidget* {
                           camera.setLook(choice);
                           bare.resize(size);
                           bare.show();
                           bare.go(to(PageKind::kCluster, {}, QStringLiteral("quorum")));
                           return &bare;
                       });
            for (const PageInfo& page : allPages().listed()) {
                camera.add(QStringLiteral("empty-") + page.id + suffix,
                           [&camera, &bare, choice = choice, size, kind = page.kind]() -> QWidget* {
                               camera.setLook(choice);
                               bare.resize(size);
                               bare.show();
                               bare.go(to(kind));
                               return &bare;
                           });
            }
        }
    }
    QTimer::singleShot(0, &camera, [&camera] { camera.start(); });
    return QApplication::exec();
}
