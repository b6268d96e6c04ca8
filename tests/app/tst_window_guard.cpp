// SPDX-License-Identifier: GPL-3.0-or-later
// The proof that no page calls the cluster on the GUI thread: the real window over the real bridge, with a cluster that
// counts every call made on the forbidden thread.
#include <QApplication>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <thread>

#include "app/bridge/app_backend.h"
#include "app/cluster/guarded_cluster.h"
#include "app/settings/app_settings.h"
#include "tests/app/support/memory_cluster.h"
#include "ui/shell/main_window.h"
#include "ui/shell/page_registry.h"
#include "ui/shell/workspace.h"
#include "ui/theme/theme.h"

using namespace weir;
using namespace weir::app;

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
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const weir::ui::Theme theme(app);
    TstWindowGuard test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_window_guard.moc"
