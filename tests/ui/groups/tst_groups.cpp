// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QTest>

#include "tests/support/fake_backend.h"
#include "tests/support/find_widget.h"
#include "ui/pages/groups/assignment_matrix.h"
#include "ui/pages/groups/group_page.h"
#include "ui/pages/groups/group_panels.h"
#include "ui/pages/groups/groups_page.h"
#include "ui/pages/groups/reset_panel.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

using namespace weir;
using namespace weir::ui;
using weir::ui::test::named;

namespace {

void press(const QWidget& in, const QString& name) {
    auto* button = named<QAbstractButton>(in, name);
    QVERIFY2(button != nullptr, qPrintable(QStringLiteral("no button ") + name));
    QTest::mouseClick(button, Qt::LeftButton);
}

QString cell(const DataTable& table, const QString& first, int column) {
    for (int row = 0; row < table.proxy().rowCount(); ++row) {
        if (table.proxy().index(row, 0).data().toString() == first) {
            return table.proxy().index(row, column).data().toString();
        }
    }
    return QStringLiteral("no row ") + first;
}

void show(Page& page) {
    Theme::of().setReduceMotion(true);
    page.resize(1280, 800);
    page.show();
    page.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&page));
    page.setFocus();
}

std::int64_t committed(test::FakeBackend& backend, const char* group, std::size_t index) {
    return backend.live().current()->findGroup(group)->offsets.at(index).offset.value;
}

}  // namespace

class TestGroups : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void listShowsStateAndLag();
    void neverCommittedIsADash();
    void timeLagArrivesLater();
    void trendNeedsTimeAndIgnoresNoise();
    void enterOpensTheGroup();
    void groupWithMembersIsNotDeleted();
    void emptyGroupIsDeletedAfterWarning();
    void partitionsShowCommittedAndEnd();
    void matrixTellsWhoReadsWhat();
    void idleMembersAreSaid();
    void resetShowsBeforeAndAfterAndIsUndone();
    void resetIsRefusedWhileMembersRead();
    void resetNeverAppliesThePreviewOfAnOlderChoice();
    void resetOfChosenPartitionsLeavesTheOthers();
    void everyStrategyReachesTheCluster();
    void failedPreviewCannotBeApplied();
    void memberIsRemoved();
    void goneGroupIsSaid();
    void twoThousandGroupsStayFast();

private:
    std::unique_ptr<Theme> m_theme;
};

void TestGroups::listShowsStateAndLag() {
    auto backend = test::FakeBackend::sampleCluster();
    GroupsPage page(*backend);
    show(page);
    const auto* table = page.findChild<DataTable*>();
    QCOMPARE(cell(*table, QStringLiteral("billing"), 1), QStringLiteral("Stable"));
    QCOMPARE(cell(*table, QStringLiteral("billing"), 5), QStringLiteral("0"));
    QCOMPARE(cell(*table, QStringLiteral("billing"), 7), QStringLiteral("caught up"));
    QCOMPARE(cell(*table, QStringLiteral("fraud-detector"), 5), QStringLiteral("8,652"));
    QCOMPARE(cell(*table, QStringLiteral("nightly-report"), 1), QStringLiteral("Empty"));
}

void TestGroups::neverCommittedIsADash() {
    auto backend = test::FakeBackend::sampleCluster();
    Snapshot snapshot = backend->live().copy();
    auto group = std::make_shared<GroupSnapshot>();
    group->id = "zz-new";
    snapshot.groups.push_back(group);
    backend->live().set(std::move(snapshot));
    GroupsPage page(*backend);
    show(page);
    QCOMPARE(cell(*page.findChild<DataTable*>(), QStringLiteral("zz-new"), 5), kNone);
}

void TestGroups::timeLagArrivesLater() {
    auto backend = test::FakeBackend::sampleCluster();
    GroupsPage page(*backend);
    show(page);
    const auto* table = page.findChild<DataTable*>();
    QCOMPARE(cell(*table, QStringLiteral("fraud-detector"), 7), kNone);
    QTRY_VERIFY([&] {
        backend->live().set(backend->live().copy());
        return cell(*table, QStringLiteral("fraud-detector"), 7) == QStringLiteral("7.4 s");
    }());
}

void TestGroups::trendNeedsTimeAndIgnoresNoise() {
    LagTrend trend;
    trend.add(Timestamp(0), 1000);
    QCOMPARE(trend.trend(), Trend::kUnknown);
    trend.add(Timestamp(4000), 1009);
    QCOMPARE(trend.trend(), Trend::kSteady);
    trend.add(Timestamp(8000), 1500);
    QCOMPARE(trend.trend(), Trend::kGrowing);
    trend.add(Timestamp(26000), 900);
    QCOMPARE(trend.trend(), Trend::kDraining);
    trend.add(Timestamp(27000), -1);
    QCOMPARE(trend.trend(), Trend::kUnknown);
}

void TestGroups::enterOpensTheGroup() {
    auto backend = test::FakeBackend::sampleCluster();
    GroupsPage page(*backend);
    show(page);
    QSignalSpy went(&page, &Page::navigationRequested);
    auto* table = page.findChild<DataTable*>();
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(table->proxy().index(1, 0)).center());
    QTest::keyClick(table, Qt::Key_Return);
    QCOMPARE(went.front().front().value<NavigationTarget>().subject, QStringLiteral("fraud-detector"));
}

void TestGroups::groupWithMembersIsNotDeleted() {
    auto backend = test::FakeBackend::sampleCluster();
    GroupsPage page(*backend);
    show(page);
    auto* table = page.findChild<DataTable*>();
    table->selectAll();
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Delete);
    auto* panel = page.findChild<DeleteGroupsPanel*>();
    QVERIFY(panel != nullptr);
    QTest::keyClick(panel, Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY(backend->asked.has(QStringLiteral("removeGroup nightly-report")));
    QVERIFY(!backend->asked.has(QStringLiteral("removeGroup billing")));
}

void TestGroups::emptyGroupIsDeletedAfterWarning() {
    auto backend = test::FakeBackend::sampleCluster();
    DeleteGroupsPanel panel(*backend, {QStringLiteral("nightly-report")});
    QString text;
    for (auto* label : panel.findChildren<QLabel*>()) {
        text += label->text();
    }
    QVERIFY2(text.contains(QStringLiteral("6 committed offsets")), qPrintable(text));
    QVERIFY(text.contains(QStringLiteral("cannot be undone")));
}

void TestGroups::partitionsShowCommittedAndEnd() {
    auto backend = test::FakeBackend::sampleCluster();
    GroupPage page(*backend, QStringLiteral("fraud-detector"));
    show(page);
    auto* table = named<DataTable>(page, QStringLiteral("Partitions"));
    QTRY_COMPARE(table->proxy().rowCount(), 6);
    const auto& topic = *backend->live().current()->findTopic("stocks.trades");
    QCOMPARE(cell(*table, QStringLiteral("stocks.trades-2"), 4), formatCount(topic.partitions[2].highWatermark.value));
    QCOMPARE(cell(*table, QStringLiteral("stocks.trades-2"), 5), formatCount(412 * 3));
    QCOMPARE(cell(*table, QStringLiteral("stocks.trades-2"), 1), QStringLiteral("fraud-detector-3"));
    QSignalSpy went(&page, &Page::navigationRequested);
    table->setCurrentIndex(table->proxy().index(2, 0));
    QTest::keyClick(table, Qt::Key_Return);
    const auto target = went.front().front().value<NavigationTarget>();
    QVERIFY(target.query && target.query->start.kind == StartKind::kGroup);
    QCOMPARE(target.query->partitions.front(), PartitionId(2));
}

void TestGroups::matrixTellsWhoReadsWhat() {
    auto backend = test::FakeBackend::sampleCluster();
    AssignmentMatrix matrix;
    matrix.setGroup(backend->live().current()->findGroup("fraud-detector"));
    QCOMPARE(matrix.inWords(), QStringList({QStringLiteral("fraud-detector-1: stocks.trades-0, stocks.trades-3"),
                                            QStringLiteral("fraud-detector-2: stocks.trades-1, stocks.trades-4"),
                                            QStringLiteral("fraud-detector-3: stocks.trades-2, stocks.trades-5")}));
    matrix.setGroup(backend->live().current()->findGroup("nightly-report"));
    QVERIFY(matrix.inWords().front().startsWith(QStringLiteral("nobody: orders-0, orders-1")));
}

void TestGroups::idleMembersAreSaid() {
    auto backend = test::FakeBackend::sampleCluster();
    Snapshot snapshot = backend->live().copy();
    auto group = std::make_shared<GroupSnapshot>(*snapshot.findGroup("billing"));
    GroupMemberSnapshot idle;
    idle.memberId = idle.clientId = "spare";
    group->members.push_back(idle);
    snapshot.groups[0] = group;
    backend->live().set(std::move(snapshot));
    GroupPage page(*backend, QStringLiteral("billing"));
    NavigationTarget target;
    target.section = QStringLiteral("assignment");
    page.open(target);
    show(page);
    QVERIFY(page.findChild<AssignmentMatrix*>()->inWords().contains(QStringLiteral("spare: idle")));
    QString text;
    for (auto* label : page.findChildren<QLabel*>()) {
        text += label->isVisible() ? label->text() : QString();
    }
    QVERIFY2(text.contains(QStringLiteral("1 member is idle")), qPrintable(text));
}

void TestGroups::resetShowsBeforeAndAfterAndIsUndone() {
    auto backend = test::FakeBackend::sampleCluster();
    GroupPage page(*backend, QStringLiteral("nightly-report"));
    show(page);
    const std::int64_t before = committed(*backend, "nightly-report", 1);
    press(page, QStringLiteral("Reset offsets"));
    auto* panel = page.findChild<ResetPanel*>();
    auto* table = named<DataTable>(*panel, QStringLiteral("Before and after"));
    QTRY_COMPARE(table->proxy().rowCount(), 6);
    QCOMPARE(cell(*table, QStringLiteral("orders-1"), 1), formatCount(before));
    QCOMPARE(cell(*table, QStringLiteral("orders-1"), 2), QStringLiteral("0"));
    QCOMPARE(cell(*table, QStringLiteral("orders-1"), 3), formatCount(-before));
    QVERIFY(!backend->asked.has(QStringLiteral("reset nightly-report")));
    QTest::keyClick(panel, Qt::Key_Return, Qt::ControlModifier);
    QTRY_COMPARE(committed(*backend, "nightly-report", 1), 0);
    QTRY_VERIFY(named<QPushButton>(page, QStringLiteral("Undo")) != nullptr);
    press(page, QStringLiteral("Undo"));
    QTRY_COMPARE(committed(*backend, "nightly-report", 1), before);
}

void TestGroups::resetIsRefusedWhileMembersRead() {
    auto backend = test::FakeBackend::sampleCluster();
    ResetPanel panel(*backend, QStringLiteral("billing"));
    panel.show();
    auto* table = panel.findChild<DataTable*>();
    QTRY_COMPARE(table->proxy().rowCount(), 6);
    QPushButton* apply = named<QPushButton>(panel, QStringLiteral("Reset 6 partitions"));
    QVERIFY(apply != nullptr && !apply->isEnabled());
    QVERIFY2(apply->toolTip().contains(QStringLiteral("billing-1, billing-2")), qPrintable(apply->toolTip()));
    QTest::keyClick(&panel, Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(!backend->asked.has(QStringLiteral("reset billing")));
}

void TestGroups::resetNeverAppliesThePreviewOfAnOlderChoice() {
    auto backend = test::FakeBackend::sampleCluster();
    ResetPanel panel(*backend, QStringLiteral("nightly-report"));
    panel.show();
    const std::int64_t before = committed(*backend, "nightly-report", 1);
    // The question for "Earliest" is under way when the person chooses "Latest".
    named<QComboBox>(panel, QStringLiteral("Where to"))->setCurrentIndex(static_cast<int>(ResetKind::kLatest));
    QCoreApplication::processEvents();
    QTest::keyClick(&panel, Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(!backend->asked.has(QStringLiteral("reset nightly-report")));
    QCOMPARE(committed(*backend, "nightly-report", 1), before);
    QTRY_VERIFY(cell(*panel.findChild<DataTable*>(), QStringLiteral("orders-1"), 3).startsWith(QLatin1Char('+')));
}

void TestGroups::resetOfChosenPartitionsLeavesTheOthers() {
    auto backend = test::FakeBackend::sampleCluster();
    ResetPanel panel(*backend, QStringLiteral("nightly-report"));
    panel.resize(640, 800);
    panel.show();
    const std::int64_t before = committed(*backend, "nightly-report", 0);
    auto* scope = panel.findChild<SegmentedControl*>();
    scope->setFocus();
    QTest::keyClick(scope, Qt::Key_Right);
    QTest::keyClick(scope, Qt::Key_Right);
    auto* list = panel.findChild<QListWidget*>();
    QCOMPARE(list->count(), 6);
    list->setFocus();
    list->setCurrentRow(0);
    QTest::keyClick(list, Qt::Key_Space);
    auto* table = panel.findChild<DataTable*>();
    QTRY_COMPARE(table->proxy().rowCount(), 5);
    QTest::keyClick(&panel, Qt::Key_Return, Qt::ControlModifier);
    QTRY_COMPARE(committed(*backend, "nightly-report", 1), 0);
    QCOMPARE(committed(*backend, "nightly-report", 0), before);
}

void TestGroups::everyStrategyReachesTheCluster() {
    auto backend = test::FakeBackend::sampleCluster();
    ResetPanel panel(*backend, QStringLiteral("nightly-report"));
    panel.resize(640, 800);
    panel.show();
    auto* kind = panel.findChildren<QComboBox*>().at(1);
    for (QComboBox* box : panel.findChildren<QComboBox*>()) {
        kind = box->accessibleName() == QStringLiteral("Where to") ? box : kind;
    }
    QCOMPARE(kind->count(), 7);
    kind->setFocus();
    for (int i = 0; i < 7; ++i) {
        QCOMPARE(static_cast<int>(panel.spec().kind), i);
        QTest::keyClick(kind, Qt::Key_Down);
    }
    kind->setCurrentIndex(static_cast<int>(ResetKind::kDuration));
    QCOMPARE(panel.spec().durationMs, 600'000);
    kind->setCurrentIndex(static_cast<int>(ResetKind::kShiftBy));
    auto* shift = named<QLineEdit>(panel, QStringLiteral("Records"));
    shift->selectAll();
    QTest::keyClicks(shift, QStringLiteral("-7"));
    QCOMPARE(panel.spec().shift, -7);
    auto* table = panel.findChild<DataTable*>();
    QTRY_COMPARE(cell(*table, QStringLiteral("orders-0"), 3), QStringLiteral("-7"));
    kind->setCurrentIndex(static_cast<int>(ResetKind::kCopyFromGroup));
    QCOMPARE(panel.spec().fromGroup, QStringLiteral("billing"));
}

void TestGroups::failedPreviewCannotBeApplied() {
    auto backend = test::FakeBackend::sampleCluster();
    backend->asked.failNext(QStringLiteral("The coordinator is loading."));
    ResetPanel panel(*backend, QStringLiteral("nightly-report"));
    panel.show();
    QTRY_COMPARE(panel.findChild<Banner*>()->sentence(), QStringLiteral("The coordinator is loading."));
    QTest::keyClick(&panel, Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(!backend->asked.has(QStringLiteral("reset nightly-report")));
}

void TestGroups::memberIsRemoved() {
    auto backend = test::FakeBackend::sampleCluster();
    const GroupSnapshot& group = *backend->live().current()->findGroup("billing");
    const QString member = QString::fromStdString(group.members[1].memberId);
    RemoveMemberPanel panel(*backend, group, member);
    panel.show();
    QTest::keyClick(&panel, Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(backend->asked.has(QStringLiteral("removeMember billing ") + member));
}

void TestGroups::goneGroupIsSaid() {
    auto backend = test::FakeBackend::sampleCluster();
    GroupPage page(*backend, QStringLiteral("billing"));
    show(page);
    Snapshot snapshot = backend->live().copy();
    snapshot.groups.erase(snapshot.groups.begin());
    backend->live().set(std::move(snapshot));
    QVERIFY(named<QWidget>(page, QStringLiteral("There is no group billing any more.")) != nullptr);
    QVERIFY(!named<QPushButton>(page, QStringLiteral("Reset offsets"))->isEnabled());
}

void TestGroups::twoThousandGroupsStayFast() {
    auto backend = test::FakeBackend::sampleCluster();
    Snapshot snapshot = backend->live().copy();
    const GroupSnapshot like = *snapshot.findGroup("fraud-detector");
    for (int i = 0; i < 2'200; ++i) {
        auto group = std::make_shared<GroupSnapshot>(like);
        group->id = QStringLiteral("group-%1").arg(i, 5, 10, QLatin1Char('0')).toStdString();
        snapshot.groups.push_back(std::move(group));
    }
    std::sort(snapshot.groups.begin(), snapshot.groups.end(),
              [](const auto& a, const auto& b) { return a->id < b->id; });
    backend->live().set(snapshot);
    GroupsPage page(*backend);
    show(page);
    qint64 best = INT64_MAX;
    for (int round = 0; round < 5; ++round) {
        QElapsedTimer timer;
        timer.start();
        backend->live().set(snapshot);
        best = std::min(best, timer.elapsed());
    }
    qInfo("a snapshot of 2,203 groups is shown in %lld ms", static_cast<long long>(best));
    QVERIFY2(best < 250, "a snapshot takes longer to show than the pace of snapshots");
}

QTEST_MAIN(TestGroups)
#include "tst_groups.moc"
