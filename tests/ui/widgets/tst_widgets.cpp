// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QTest>

#include "tests/support/fake_backend.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/page.h"
#include "ui/widgets/side_panel.h"
#include "ui/widgets/tiles.h"

using namespace weir;
using namespace weir::ui;

namespace {

class SamplePage : public Page {
public:
    explicit SamplePage(Backend& backend) : Page(backend, QStringLiteral("sample")) {
        setTitle(QStringLiteral("Sample"));
    }
    using Page::banner;
    using Page::openPanel;
    using Page::openTopic;
    using Page::panel;
    using Page::setInspector;
    using Page::setInspectorVisible;
};

void fill(QStandardItemModel& model) {
    model.setHorizontalHeaderLabels({QStringLiteral("Name"), QStringLiteral("Records")});
    const std::pair<const char*, int> rows[] = {{"orders", 9}, {"clicks", 100}, {"trades", 20}};
    for (const auto& [name, records] : rows) {
        auto* count = new QStandardItem(formatCount(records));
        count->setData(records, kSortRole);
        model.appendRow({new QStandardItem(QString::fromLatin1(name)), count});
    }
}

}  // namespace

class TestWidgets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void numbersAreSeparated();
    void bytesAreHumanAndExact();
    void unknownIsADashAndNeverZero();
    void durationsReadWell_data();
    void durationsReadWell();
    void timesAreRelativeAndAbsolute();
    void numbersSortAsNumbers();
    void tableCopiesWhatIsSelected();
    void tableStateComesBackAndSurvivesAnotherLayout();
    void columnsGiveWayWhereThereIsNoRoomAndComeBack();
    void filterKeepsMatchingRows();
    void searchWaitsForAPause();
    void segmentedControlTellsOnlyThePersonsChoice();
    void panelStaysOpenOnError();
    void escapeClosesThePanel();
    void undoIsOfferedOnce();
    void progressSaysWhatWasLost();
    void pageAsksTheShellToNavigate();
    void inspectorWidthIsRemembered();
    void markupInTextsIsNotObeyed();
};

void TestWidgets::numbersAreSeparated() {
    QCOMPARE(formatCount(1'234'567), QStringLiteral("1,234,567"));
    QCOMPARE(formatCount(1234, false), QStringLiteral("~1,234"));
    QCOMPARE(formatRate(1204.4), QStringLiteral("1,204/s"));
    QCOMPARE(formatRate(0.42), QStringLiteral("0.4/s"));
    QCOMPARE(formatShortCount(3'400'000), QStringLiteral("3.4\u00a0M"));
}

void TestWidgets::bytesAreHumanAndExact() {
    QCOMPARE(formatBytes(512), QStringLiteral("512\u00a0B"));
    QCOMPARE(formatBytes(999'600), QStringLiteral("1.0\u00a0MB"));
    QCOMPARE(formatBytes(20'123'456), QStringLiteral("20.1\u00a0MB"));
    QCOMPARE(formatBytesExact(20'123'456), QStringLiteral("20,123,456 bytes"));
    QCOMPARE(formatBytesExact(1), QStringLiteral("1 byte"));
}

void TestWidgets::unknownIsADashAndNeverZero() {
    QCOMPARE(formatCountOrNone(-1), kNone);
    QCOMPARE(formatCountOrNone(0), QStringLiteral("0"));
    QCOMPARE(formatBytes(-1), kNone);
    QCOMPARE(formatRelative(kNoTimestamp, Timestamp(1)), kNone);
    QCOMPARE(formatAbsolute(kNoTimestamp), kNone);
}

void TestWidgets::durationsReadWell_data() {
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    QTest::newRow("ms") << qint64(250) << QStringLiteral("250 ms");
    QTest::newRow("s") << qint64(1249) << QStringLiteral("1.2 s");
    QTest::newRow("min") << qint64(184'000) << QStringLiteral("3 min 4 s");
    QTest::newRow("h") << qint64(7'200'000) << QStringLiteral("2 h");
    QTest::newRow("d") << qint64(86'400'000LL * 7) << QStringLiteral("7 d");
    QTest::newRow("unknown") << qint64(-1) << kNone;
}

void TestWidgets::durationsReadWell() {
    QFETCH(qint64, ms);
    QFETCH(QString, text);
    QCOMPARE(formatDuration(ms), text);
}

void TestWidgets::timesAreRelativeAndAbsolute() {
    const Timestamp now(1'700'000'100'000);
    QCOMPARE(formatRelative(now - 12'000, now), QStringLiteral("12 s ago"));
    QCOMPARE(formatRelative(now + 7'200'000, now), QStringLiteral("in 2 h"));
    QVERIFY(formatAbsolute(now).startsWith(QStringLiteral("2023-11-1")));
    QVERIFY(formatAbsolute(now).contains(QLatin1Char('+')) || formatAbsolute(now).contains(QLatin1Char('-')));
}

void TestWidgets::numbersSortAsNumbers() {
    QStandardItemModel model;
    fill(model);
    test::FakeSettings settings;
    DataTable table(settings, QStringLiteral("t"));
    const QAbstractItemModelTester tester(&table.proxy(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    table.setDefaultSort(1, Qt::DescendingOrder);
    table.setSource(&model);
    QCOMPARE(table.proxy().index(0, 0).data().toString(), QStringLiteral("clicks"));
    QCOMPARE(table.proxy().index(2, 0).data().toString(), QStringLiteral("orders"));
}

void TestWidgets::tableCopiesWhatIsSelected() {
    QStandardItemModel model;
    fill(model);
    test::FakeSettings settings;
    DataTable table(settings, QStringLiteral("t"));
    table.setSource(&model);
    table.selectAll();
    QCOMPARE(table.selectedSourceRows().size(), 3);
    QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text().split(QLatin1Char('\n')).size(), 3);
    QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    const QJsonArray rows = QJsonDocument::fromJson(QGuiApplication::clipboard()->text().toUtf8()).array();
    QCOMPARE(rows.size(), 3);
    QVERIFY(rows.first().toObject().value(QStringLiteral("Records")).isDouble());
}

void TestWidgets::tableStateComesBackAndSurvivesAnotherLayout() {
    QStandardItemModel model;
    fill(model);
    test::FakeSettings settings;
    {
        DataTable table(settings, QStringLiteral("t"));
        table.setSource(&model);
        table.show();
        table.horizontalHeader()->resizeSection(0, 321);
    }
    DataTable again(settings, QStringLiteral("t"));
    again.setSource(&model);
    QCOMPARE(again.horizontalHeader()->sectionSize(0), 321);
    model.setColumnCount(3);
    DataTable other(settings, QStringLiteral("t"));
    other.setDefaultWidths({77});
    other.setSource(&model);
    QCOMPARE(other.horizontalHeader()->sectionSize(0), 77);
}

void TestWidgets::columnsGiveWayWhereThereIsNoRoomAndComeBack() {
    QStandardItemModel model;
    fill(model);
    model.setColumnCount(4);
    test::FakeSettings settings;
    const auto visible = [](const DataTable& table) {
        QList<int> columns;
        for (int i = 0; i < 4; ++i) {
            if (!table.horizontalHeader()->isSectionHidden(i)) {
                columns.append(i);
            }
        }
        return columns;
    };
    const auto build = [&](DataTable& table) {
        table.setDefaultWidths({200, 100, 100, 100});
        table.setStretchColumn(0);
        table.setGivingWay({2, 1});
        table.setSource(&model);
    };
    {
        DataTable table(settings, QStringLiteral("t"));
        build(table);
        table.resize(600, 200);
        table.show();
        QCOMPARE(visible(table), QList<int>({0, 1, 2, 3}));
        table.resize(400, 200);
        QCOMPARE(visible(table), QList<int>({0, 1, 3}));
        table.resize(300, 200);
        QCOMPARE(visible(table), QList<int>({0, 3}));
        QCOMPARE(table.horizontalScrollBar()->maximum(), 0);
        table.horizontalHeader()->resizeSection(3, 90);
    }
    // What was left out for want of room is not remembered as switched off.
    DataTable wide(settings, QStringLiteral("t"));
    build(wide);
    wide.resize(600, 200);
    wide.show();
    QCOMPARE(visible(wide), QList<int>({0, 1, 2, 3}));
    QCOMPARE(wide.horizontalHeader()->sectionSize(2), Theme::of().px(100));
    QCOMPARE(wide.horizontalHeader()->sectionSize(3), 90);
}

void TestWidgets::filterKeepsMatchingRows() {
    QStandardItemModel model;
    fill(model);
    test::FakeSettings settings;
    DataTable table(settings, QStringLiteral("t"));
    table.setSource(&model);
    table.setFilterText(QStringLiteral("TRA"));
    QCOMPARE(table.proxy().rowCount(), 1);
    table.setFilterText(QString());
    QCOMPARE(table.proxy().rowCount(), 3);
}

void TestWidgets::searchWaitsForAPause() {
    SearchField field(QStringLiteral("Search topics"));
    QSignalSpy searched(&field, &SearchField::searched);
    QTest::keyClicks(&field, QStringLiteral("abc"));
    QCOMPARE(searched.size(), 0);
    QTRY_COMPARE(searched.size(), 1);
    QCOMPARE(searched.first().first().toString(), QStringLiteral("abc"));
    QTest::keyClick(&field, Qt::Key_Return);
    QCOMPARE(searched.size(), 2);
    QTest::keyClick(&field, Qt::Key_Escape);
    QVERIFY(field.text().isEmpty());
}

void TestWidgets::segmentedControlTellsOnlyThePersonsChoice() {
    SegmentedControl control({QStringLiteral("Tree"), QStringLiteral("JSON"), QStringLiteral("Hex")});
    QSignalSpy chosen(&control, &SegmentedControl::chosen);
    control.setCurrent(2);
    QCOMPARE(chosen.size(), 0);
    QTest::keyClick(&control, Qt::Key_Left);
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(control.current(), 1);
    control.resize(control.sizeHint());
    QTest::mouseClick(&control, Qt::LeftButton, {}, QPoint(8, control.height() / 2));
    QCOMPARE(control.current(), 0);
}

void TestWidgets::panelStaysOpenOnError() {
    const auto backend = test::FakeBackend::sampleCluster();
    SamplePage page(*backend);
    page.resize(900, 600);
    page.show();
    auto* panel = new SidePanel(QStringLiteral("Create topic"));
    QSignalSpy accepted(panel, &SidePanel::accepted);
    auto* name = new QLineEdit;
    panel->addField(QStringLiteral("Name"), name);
    page.openPanel(panel);
    QCOMPARE(page.focusWidget(), name);
    QTest::keyClick(name, Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(accepted.size(), 1);
    panel->showError(QStringLiteral("A topic named orders exists."));
    QVERIFY(panel->isVisible());
    QCOMPARE(page.panel(), panel);
    QCOMPARE(name->accessibleName(), QStringLiteral("Name"));
}

void TestWidgets::escapeClosesThePanel() {
    Theme::of().setReduceMotion(true);
    const auto backend = test::FakeBackend::sampleCluster();
    SamplePage page(*backend);
    page.resize(900, 600);
    page.show();
    auto* panel = new SidePanel(QStringLiteral("Create topic"));
    QSignalSpy gone(panel, &QObject::destroyed);
    page.openPanel(panel);
    QTest::keyClick(panel, Qt::Key_Escape);
    QTRY_COMPARE(gone.size(), 1);
    QCOMPARE(page.panel(), nullptr);
    Theme::of().setReduceMotion(false);
}

void TestWidgets::undoIsOfferedOnce() {
    QWidget over;
    over.resize(600, 400);
    over.show();
    UndoBar bar(&over);
    int undone = 0;
    bar.offerUndo(QStringLiteral("Deleted 3 topics."), [&] { ++undone; });
    auto* button = bar.findChild<QPushButton*>();
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(undone, 1);
    QVERIFY(!bar.isVisible());
    bar.say(QStringLiteral("Copied."));
    QVERIFY(button->isHidden());
}

void TestWidgets::progressSaysWhatWasLost() {
    ProgressStrip strip;
    QSignalSpy stopped(&strip, &ProgressStrip::stopRequested);
    ScanProgress progress;
    progress.elapsedMs = 1200;
    progress.scannedRecords = 5000;
    progress.totalRecords = 10'000;
    progress.running = true;
    progress.lost = 3;
    progress.note = QStringLiteral("Partition 2 cannot be read.");
    strip.setProgress(progress);
    QVERIFY(strip.sentence().contains(QStringLiteral("5,000 of 10,000")));
    QVERIFY(strip.sentence().contains(QStringLiteral("3 deleted by retention")));
    QVERIFY(strip.sentence().endsWith(QStringLiteral("Partition 2 cannot be read.")));
    QTest::mouseClick(strip.findChild<QPushButton*>(), Qt::LeftButton);
    QCOMPARE(stopped.size(), 1);
    strip.setProgress(ScanProgress{});
    QVERIFY(strip.isHidden());
}

void TestWidgets::pageAsksTheShellToNavigate() {
    const auto backend = test::FakeBackend::sampleCluster();
    SamplePage page(*backend);
    QSignalSpy asked(&page, &Page::navigationRequested);
    page.openTopic(QStringLiteral("orders"), QStringLiteral("config"));
    QCOMPARE(asked.size(), 1);
    const auto target = asked.first().first().value<NavigationTarget>();
    QCOMPARE(target.kind, PageKind::kTopic);
    QCOMPARE(target.subject, QStringLiteral("orders"));
}

void TestWidgets::inspectorWidthIsRemembered() {
    const auto backend = test::FakeBackend::sampleCluster();
    backend->settings().setValue(QStringLiteral("sample/inspector"), 333);
    SamplePage page(*backend);
    page.resize(1200, 600);
    auto* inspector = new QWidget;
    page.setInspector(inspector);
    page.show();
    page.setInspectorVisible(true);
    QTRY_COMPARE(inspector->width(), 333);
}

void TestWidgets::markupInTextsIsNotObeyed() {
    Banner banner;
    banner.show(Mood::kError, QStringLiteral("<img src=x> could not be read."));
    QCOMPARE(banner.sentence(), QStringLiteral("<img src=x> could not be read."));
    for (const QLabel* label : banner.findChildren<QLabel*>()) {
        QCOMPARE(label->textFormat(), Qt::PlainText);
    }
}

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const Theme theme(app);
    TestWidgets test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_widgets.moc"
