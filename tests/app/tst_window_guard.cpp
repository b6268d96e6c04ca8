// SPDX-License-Identifier: GPL-3.0-or-later
// The proof that no page calls the cluster on the GUI thread: the real window over the real bridge, with a cluster that
// counts every call made on the forbidden thread.
#include <QApplication>
#include <QElapsedTimer>
#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <algorithm>
#include <thread>

#include "app/bridge/app_backend.h"
#include "app/cluster/guarded_cluster.h"
#include "app/settings/app_settings.h"
#include "tests/app/support/memory_cluster.h"
#include "ui/pages/messages/record_inspector.h"
#include "ui/shell/main_window.h"
#include "ui/shell/page_registry.h"
#include "ui/shell/workspace.h"
#include "ui/theme/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/record_view/record_table.h"

using namespace weir;
using namespace weir::app;

namespace {

/// Notes how late a timer that is always due comes around: that is how long something else held the event loop.
class Watchdog {
public:
    Watchdog() {
        m_clock.start();
        QObject::connect(&m_timer, &QTimer::timeout, [this] {
            m_longest = std::max(m_longest, m_clock.nsecsElapsed() - m_last);
            m_last = m_clock.nsecsElapsed();
        });
        m_timer.start(0);
    }
    [[nodiscard]] double longestMs() const { return static_cast<double>(m_longest) / 1e6; }

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    qint64 m_last = 0;
    qint64 m_longest = 0;
};

}  // namespace

class TstWindowGuard : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void noPageCallsTheClusterOnTheGuiThread() {
        auto memory = std::make_shared<test::MemoryCluster>();
        for (int i = 0; i < 500; ++i) {
            memory->add("trades", i % 3, 1'700'000'000'000 + i, "AAPL",
                        R"({"price":)" + std::to_string(100 + i % 7) + R"(,"symbol":"AAPL"})");
        }
        GroupSnapshot group;
        group.id = "billing";
        group.state = GroupState::kEmpty;
        group.offsets.push_back({{"trades", PartitionId(0)}, Offset(5), kNoLeaderEpoch, {}, kNoTimestamp});
        memory->setGroup(group);
        auto guard =
            std::make_shared<GuardedCluster>(memory, std::this_thread::get_id(), GuardedCluster::Reaction::kCount);
        const SystemClock clock;
        SeededRandom random{1};
        AppSettings settings{{}, [](const QVariantMap&) {}};
        AppBackend backend(guard, settings, clock, random, {});
        ui::MainWindow window(backend, ui::allPages());
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));

        std::vector<ui::NavigationTarget> targets;
        for (const ui::PageInfo& page : ui::allPages().listed()) {
            ui::NavigationTarget target;
            target.kind = page.kind;
            targets.push_back(target);
        }
        for (const auto& [kind, subject] : {std::pair(ui::PageKind::kTopic, QStringLiteral("trades")),
                                            std::pair(ui::PageKind::kGroup, QStringLiteral("billing"))}) {
            if (ui::allPages().info(kind) != nullptr) {
                ui::NavigationTarget target;
                target.kind = kind;
                target.subject = subject;
                targets.push_back(target);
            }
        }
        QVERIFY(targets.size() >= 5);
        bool isStarted = false;
        backend.feeds().start("stocks", {500, 1, 0, 0}, this,
                              [&isStarted](ClusterResult<ui::JobId> started) { isStarted = started.ok(); });
        QTRY_VERIFY(isStarted);
        for (const ui::NavigationTarget& target : targets) {
            const int before = guard->calls();
            QSignalSpy changed(&backend.live(), &ui::LiveFeed::changed);
            window.go(target);
            QTRY_VERIFY(window.workspace().currentPage() != nullptr);
            QTRY_VERIFY(changed.count() >= 1);
            window.workspace().currentPage()->refresh();
            QTRY_VERIFY(changed.count() >= 2);
            QVERIFY(guard->calls() > before);
            QCOMPARE(guard->violations(), 0);
        }
    }

    // T44: a record cannot freeze the window, and what it says is text, never a command, a link or a picture.
    void hostilePayloadsAreOnlyText_data() {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<int>("headers");
        QByteArray line = "{\"a\":[";
        while (line.size() < 10'000'000) {
            line += "{\"name\":\"xxxxxxxxxxxxxxxxxxxx\",\"n\":12345},";
        }
        QTest::newRow("10 MB of JSON on one line") << line + "1]}" << 0;
        QTest::newRow("100,000 brackets deep") << QByteArray(100'000, '[') + QByteArray(100'000, ']') << 0;
        QTest::newRow("bidirectional and control characters") << QByteArray(
                                                                     "\xe2\x80\xae"
                                                                     "evil\xe2\x81\xa6\x1b[31m\x07\x00\x7f end",
                                                                     23)
                                                              << 0;
        QTest::newRow("markup") << QByteArray("<img src=file:///etc/passwd><b>bold</b><a href=x>x</a>") << 0;
        QTest::newRow("bytes that are no UTF-8") << QByteArray("\xff\xfe\xc0\xaf\xed\xa0\x80", 7).repeated(5000) << 0;
        QTest::newRow("a million headers") << QByteArray("v") << 1'000'000;
    }
    void hostilePayloadsAreOnlyText() {
        QFETCH(QByteArray, value);
        QFETCH(int, headers);
        auto memory = std::make_shared<test::MemoryCluster>();
        std::vector<Header> many(static_cast<std::size_t>(headers), Header{"<h>", toBytes("<img src=x>")});
        memory->add("t", 0, 1'700'000'000'000, "<img src=k>", value.toStdString(), std::move(many));
        const SystemClock clock;
        SeededRandom random{1};
        AppSettings settings{{}, [](const QVariantMap&) {}};
        AppBackend backend(memory, settings, clock, random, {});
        ui::MainWindow window(backend, ui::allPages());
        window.resize(1280, 800);
        window.show();
        QTRY_VERIFY(backend.live().current()->findTopic("t") != nullptr);
        const Watchdog watchdog;
        ui::NavigationTarget target;
        target.kind = ui::PageKind::kTopic;
        target.subject = QStringLiteral("t");
        window.go(target);
        auto* const page = window.workspace().currentPage();
        auto* const records = page->findChild<ui::RecordTable*>();
        QTRY_COMPARE(records->currentRow(), 0);
        QTest::keyClick(records, Qt::Key_Return);
        auto* const title = page->findChild<ui::RecordInspector*>();
        QTRY_VERIFY_WITH_TIMEOUT(title != nullptr && title->isVisible(), 20'000);
        auto* const tabs = title->findChild<ui::SegmentedControl*>();
        for (int tab = 0; tab < 5; ++tab) {
            Q_EMIT tabs->chosen(tab);
            const QSignalSpy changed(&backend.live(), &ui::LiveFeed::changed);
            QTRY_VERIFY(changed.count() >= 2);
            title->grab();
        }
        qInfo("longest stall %.1f ms", watchdog.longestMs());
        // Whatever shows a record's own words may not read them as rich text.
        for (const QLabel* label : title->findChildren<QLabel*>()) {
            if (label->text().contains(QLatin1Char('<'))) {
                QCOMPARE(label->textFormat(), Qt::PlainText);
            }
        }
    }

    void everyPageOutlivesAClusterThatGoesAwayAndReturns() {
        auto memory = std::make_shared<test::MemoryCluster>();
        for (int i = 0; i < 50; ++i) {
            memory->add("trades", i % 3, 1'700'000'000'000 + i, "AAPL", R"({"price":1})");
        }
        const SystemClock clock;
        SeededRandom random{1};
        AppSettings settings{{}, [](const QVariantMap&) {}};
        AppBackend backend(memory, settings, clock, random, {});
        ui::MainWindow window(backend, ui::allPages());
        settings.setValue(QStringLiteral("shell/welcomed"), true);
        window.show();
        QTRY_VERIFY(backend.live().current()->findTopic("trades") != nullptr);
        memory->failWith(ClusterError{ClusterErrc::kUnreachable, 0, "Connection refused."});
        QTRY_VERIFY(!backend.live().staleReason().isEmpty());
        for (const ui::PageInfo& page : ui::allPages().listed()) {
            ui::NavigationTarget target;
            target.kind = page.kind;
            QSignalSpy changed(&backend.live(), &ui::LiveFeed::changed);
            window.go(target);
            window.workspace().currentPage()->refresh();
            QTRY_VERIFY(changed.count() >= 2);
            // What was known is still shown.
            QVERIFY(backend.live().current()->findTopic("trades") != nullptr);
        }
        ui::NavigationTarget topic;
        topic.kind = ui::PageKind::kTopic;
        topic.subject = QStringLiteral("trades");
        window.go(topic);
        memory->failWith(std::nullopt);
        QTRY_VERIFY(backend.live().staleReason().isEmpty());
        window.workspace().currentPage()->refresh();
        auto* const records = window.workspace().currentPage()->findChild<ui::RecordTable*>();
        QVERIFY(records != nullptr);
        QTRY_COMPARE(records->currentRow(), 49);
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const weir::ui::Theme theme(app);
    TstWindowGuard test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_window_guard.moc"
