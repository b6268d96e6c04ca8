// SPDX-License-Identifier: GPL-3.0-or-later
// The window itself, worked by hand over any cluster: one suite for all of them. Its thread never calls the cluster.
#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTest>
#include <thread>

#include "app/bridge/app_backend.h"
#include "app/bridge/group_offsets.h"
#include "app/cluster/guarded_cluster.h"
#include "app/settings/app_settings.h"
#include "tests/app/support/suite_cluster.h"
#include "ui/pages/groups/reset_panel.h"
#include "ui/pages/messages/record_inspector.h"
#include "ui/pages/topics/topic_panels.h"
#include "ui/shell/main_window.h"
#include "ui/shell/page_registry.h"
#include "ui/shell/workspace.h"
#include "ui/theme/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/record_view/record_table.h"
#include "ui/widgets/side_panel.h"

using namespace weir;
using namespace weir::app;

namespace {

constexpr int kPatienceMs = 20'000;
const QString kTopic = QStringLiteral("made-by-hand");

/// A window on the suite's cluster, with everything between the two as the program has it.
struct Shown {
    Shown() {
        settings.setValue(QStringLiteral("shell/welcomed"), true);
        window.resize(1280, 800);
        window.show();
        if (!QTest::qWaitForWindowExposed(&window)) {
            qFatal("the window does not show");
        }
    }
    void go(ui::PageKind kind, const QString& subject = {}) {
        ui::NavigationTarget target;
        target.kind = kind;
        target.subject = subject;
        window.go(target);
    }
    ui::Page& page() { return *window.workspace().currentPage(); }
    template <class W>
    W* named(const char* name) {
        for (W* widget : page().findChildren<W*>()) {
            if (widget->accessibleName() == QLatin1String(name) && widget->isVisible()) {
                return widget;
            }
        }
        return nullptr;
    }
    QAbstractButton* button(const QString& text) {
        for (auto* each : page().findChildren<QAbstractButton*>()) {
            if (each->text() == text && each->isVisible() && each->isEnabled()) {
                return each;
            }
        }
        return nullptr;
    }
    void click(const QString& text) {
        auto* table = page().findChild<ui::DataTable*>();
        const QRect cell = table->visualRect(table->model()->index(rowOf(text), 0));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, cell.center());
    }
    /// As from the page's menu.
    void trigger(const QString& text) {
        for (QAction* action : page().findChildren<QAction*>()) {
            if (action->text() == text && action->isEnabled()) {
                action->trigger();
                return;
            }
        }
        QFAIL(qPrintable(text + " is not there, or switched off"));
    }
    void type(const char* editor, const char* text) {
        auto* edit = named<QPlainTextEdit>(editor);
        QVERIFY(edit != nullptr);
        QTest::mouseClick(edit->viewport(), Qt::LeftButton);
        QTest::keyClicks(edit, QLatin1String(text));
    }
    const TopicSnapshot* topic(const QString& name) { return backend.live().current()->findTopic(name.toStdString()); }
    /// The row of the page's table whose first cell reads so.
    int rowOf(const QString& text) {
        auto* table = page().findChild<ui::DataTable*>();
        for (int row = 0; table != nullptr && row < table->model()->rowCount(); ++row) {
            if (table->model()->index(row, 0).data().toString() == text) {
                return row;
            }
        }
        return -1;
    }

    test::SuiteCluster suite;
    std::shared_ptr<GuardedCluster> guard =
        std::make_shared<GuardedCluster>(suite.cluster, std::this_thread::get_id(), GuardedCluster::Reaction::kCount);
    SystemClock clock;
    SeededRandom random{1};
    AppSettings settings{{}, [](const QVariantMap&) {}};
    AppBackend backend{guard, settings, clock, random, {}};
    ui::MainWindow window{backend, ui::allPages()};
};

}  // namespace

class TstSuiteWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aTopicIsMadePublishedToReadGrownAndDeletedByHand() {
        Shown shown;
        QTRY_VERIFY_WITH_TIMEOUT(shown.backend.live().current()->takenAt.value > 0, kPatienceMs);
        shown.go(ui::PageKind::kTopics);
        QTest::keyClick(&shown.page(), Qt::Key_N, Qt::ControlModifier);
        auto* panel = shown.page().findChild<ui::SidePanel*>();
        QVERIFY(panel != nullptr);
        QTest::keyClicks(panel->findChild<QLineEdit*>(), kTopic);
        QTest::keyClick(panel, Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(shown.topic(kTopic) != nullptr && shown.rowOf(kTopic) >= 0, kPatienceMs);
        QCOMPARE(shown.topic(kTopic)->partitions.size(), std::size_t{3});

        shown.go(ui::PageKind::kPublish, kTopic);
        shown.type("Key", "AAPL");
        shown.type("Value", "{\"price\":42}");
        const auto results = [&] { return shown.named<ui::DataTable>("What was published, newest first"); };
        for (int sent = 1; sent <= 3; ++sent) {
            QTest::keyClick(&shown.page(), Qt::Key_Return, Qt::ControlModifier);
            QTRY_COMPARE_WITH_TIMEOUT(results()->model()->rowCount(), sent, kPatienceMs);
        }

        shown.go(ui::PageKind::kTopic, kTopic);
        auto* records = shown.page().findChild<ui::RecordTable*>();
        QVERIFY(records != nullptr);
        QTRY_COMPARE_WITH_TIMEOUT(records->currentRow(), 2, kPatienceMs);
        QTest::keyClick(records, Qt::Key_Return);
        auto* inspector = shown.page().findChild<ui::RecordInspector*>();
        QTRY_VERIFY_WITH_TIMEOUT(inspector != nullptr && inspector->isVisible(), kPatienceMs);

        shown.go(ui::PageKind::kTopics);
        QTRY_VERIFY(shown.rowOf(kTopic) >= 0);
        shown.click(kTopic);
        shown.trigger(QStringLiteral("Add partitions"));
        auto* grow = shown.page().findChild<ui::AddPartitionsPanel*>();
        QVERIFY(grow != nullptr);
        grow->findChild<QSpinBox*>()->setValue(5);
        QTest::keyClick(grow, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(shown.topic(kTopic)->partitions.size(), std::size_t{5}, kPatienceMs);

        QTRY_VERIFY(shown.page().findChild<ui::AddPartitionsPanel*>() == nullptr);
        shown.click(kTopic);
        shown.trigger(QStringLiteral("Delete"));
        auto* remove = shown.page().findChild<ui::DeleteTopicsPanel*>();
        QVERIFY(remove != nullptr);
        QTest::keyClick(remove, Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(shown.topic(kTopic) == nullptr && shown.rowOf(kTopic) < 0, kPatienceMs);
        QCOMPARE(shown.guard->violations(), 0);
    }

    void aGroupIsResetByHand() {
        Shown shown;
        shown.suite.create("held", 2);
        std::vector<OutgoingRecord> records(20);
        for (std::size_t i = 0; i < records.size(); ++i) {
            records[i].value = toBytes("v");
            records[i].partition = PartitionId(static_cast<std::int32_t>(i % 2));
        }
        QVERIFY(shown.suite.cluster->produce("held", records, {}).ok());
        const TopicPartition first{"held", PartitionId(0)};
        const TopicPartition second{"held", PartitionId(1)};
        const std::string group = "by-hand-" + std::to_string(shown.clock.wallNowMs());
        QVERIFY(shown.suite.cluster->alterGroupOffsets(group, {{first, Offset(7)}, {second, Offset(3)}}).ok());
        const QString name = QString::fromStdString(group);
        QTRY_COMPARE_WITH_TIMEOUT(shown.backend.live().groupLag(name), 10, kPatienceMs);
        shown.go(ui::PageKind::kGroup, name);
        const QString reset = QStringLiteral("Reset offsets");
        QTRY_VERIFY_WITH_TIMEOUT(shown.button(reset) != nullptr, kPatienceMs);
        QTest::mouseClick(shown.button(reset), Qt::LeftButton);
        auto* panel = shown.page().findChild<ui::ResetPanel*>();
        QVERIFY(panel != nullptr);
        for (QComboBox* box : panel->findChildren<QComboBox*>()) {
            if (box->findText(QStringLiteral("Latest")) >= 0) {
                QTest::keyClicks(box, QStringLiteral("Latest"));
                QCOMPARE(box->currentText(), QStringLiteral("Latest"));
            }
        }
        const QString apply = QStringLiteral("Reset 2 partitions");
        QTRY_VERIFY_WITH_TIMEOUT(shown.button(apply) != nullptr, kPatienceMs);
        QTest::mouseClick(shown.button(apply), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(shown.backend.live().groupLag(name), 0, kPatienceMs);
        const auto lags = lagOf(*shown.suite.cluster, group, Timestamp(0));
        QVERIFY(lags.ok());
        for (const ui::PartitionLag& lag : *lags) {
            QCOMPARE(lag.committed, std::optional<Offset>(Offset(10)));
        }
        QCOMPARE(shown.guard->violations(), 0);
    }

    void howTheClusterStandsIsShown() {
        Shown shown;
        shown.suite.create(kTopic.toStdString(), 2);
        shown.go(ui::PageKind::kCluster);
        const auto table = [&shown](const char* name) { return shown.named<ui::DataTable>(name); };
        QTRY_VERIFY_WITH_TIMEOUT(table("Replicas") != nullptr && table("Log folders")->model()->rowCount() > 0,
                                 kPatienceMs);
        QTest::keyClick(&shown.page(), Qt::Key_F5);
        const auto replicaRow = [&] {
            const auto* model = table("Replicas")->model();
            for (int row = 0; row < model->rowCount(); ++row) {
                if (model->index(row, 0).data().toString() == kTopic + QStringLiteral("-1")) {
                    return row;
                }
            }
            return -1;
        };
        // Asked for anew until the brokers have heard of the topic.
        QTRY_VERIFY_WITH_TIMEOUT((shown.page().refresh(), replicaRow() >= 0), kPatienceMs);
        auto* sections = shown.named<ui::SegmentedControl>("Section");
        sections->setFocus();
        QTest::keyClick(sections, Qt::Key_Right);
        QTRY_VERIFY_WITH_TIMEOUT(
            table("Metadata quorum") != nullptr && table("Metadata quorum")->model()->rowCount() > 0, kPatienceMs);
        QCOMPARE(table("Metadata quorum")->model()->index(0, 1).data().toString(), QStringLiteral("Leader"));
        QTest::keyClick(sections, Qt::Key_Right);
        QTRY_VERIFY_WITH_TIMEOUT(table("Features") != nullptr && table("Features")->model()->rowCount() >= 6,
                                 kPatienceMs);
        QCOMPARE(shown.guard->violations(), 0);
    }

    void everyPageOpensAndKeepsUp() {
        Shown shown;
        shown.suite.create("t", 1);
        QVERIFY(shown.suite.cluster->produce("t", {OutgoingRecord()}, {}).ok());
        QTRY_VERIFY_WITH_TIMEOUT(shown.topic(QStringLiteral("t")) != nullptr, kPatienceMs);
        std::vector<std::pair<ui::PageKind, QString>> pages{{ui::PageKind::kTopic, QStringLiteral("t")}};
        for (const ui::PageInfo& page : ui::allPages().listed()) {
            pages.emplace_back(page.kind, QString());
        }
        for (const auto& [kind, subject] : pages) {
            const int before = shown.guard->calls();
            shown.go(kind, subject);
            QCOMPARE(shown.window.workspace().currentTarget()->kind, kind);
            shown.page().refresh();
            QTRY_VERIFY_WITH_TIMEOUT(shown.guard->calls() >= before + 2, kPatienceMs);
        }
        QVERIFY(shown.backend.live().staleReason().isEmpty());
        QCOMPARE(shown.guard->violations(), 0);
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const weir::ui::Theme theme(app);
    TstSuiteWindow test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_suite_window.moc"
