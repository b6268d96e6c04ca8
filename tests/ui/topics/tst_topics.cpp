// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QTest>

#include "tests/support/fake_backend.h"
#include "ui/pages/topics/topic_panels.h"
#include "ui/pages/topics/topics_page.h"
#include "ui/widgets/config_editor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"
#include "ui/widgets/side_panel.h"

using namespace weir;
using namespace weir::ui;

namespace {

struct Shown {
    explicit Shown(std::unique_ptr<test::FakeBackend> b) : backend(std::move(b)), page(*backend) {
        Theme::of().setReduceMotion(true);
        page.resize(1280, 800);
        page.show();
        page.activateWindow();
        // Shortcuts work in the active window only.
        if (!QTest::qWaitForWindowActive(&page)) {
            qWarning("the page's window did not become active");
        }
        page.setFocus();
        table = page.findChild<DataTable*>();
    }

    [[nodiscard]] QStringList names() const {
        QStringList all;
        for (int row = 0; row < table->proxy().rowCount(); ++row) {
            all.append(table->proxy().index(row, kTopicName).data().toString());
        }
        return all;
    }
    void click(const QString& topic, Qt::KeyboardModifiers modifiers = {}) const {
        const auto row = static_cast<int>(names().indexOf(topic));
        const QRect cell = table->visualRect(table->proxy().index(row, kTopicName));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, modifiers, cell.center());
    }
    [[nodiscard]] QPushButton* button(const QString& text) const {
        for (auto* each : page.findChildren<QPushButton*>()) {
            if (each->text() == text && each->isVisible()) {
                return each;
            }
        }
        return nullptr;
    }
    void press(const QString& text) const {
        QPushButton* found = button(text);
        QVERIFY2(found != nullptr, qPrintable(QStringLiteral("no button ") + text));
        QTest::mouseClick(found, Qt::LeftButton);
    }
    [[nodiscard]] QString cell(const QString& topic, int column) const {
        return table->proxy().index(static_cast<int>(names().indexOf(topic)), column).data().toString();
    }

    std::unique_ptr<test::FakeBackend> backend;
    TopicsPage page;
    DataTable* table;
};

Shown sample() {
    return Shown(test::FakeBackend::sampleCluster());
}

}  // namespace

class TestTopics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void listShowsWhatMoves();
    void compactedCountsAreMarked();
    void searchKeepsMatchingTopics();
    void enterOpens();
    void internalTopicsAreHiddenUntilAskedFor();
    void selectionSurvivesASnapshot();
    void rowsComeGoAndChangeWithoutReset();
    void badNameCannotBeCreated();
    void createSendsWhatWasChosen();
    void refusedCreateKeepsThePanel();
    void selectionFitsASmallWindow();
    void deleteListsAndCanBeUndone();
    void purgeWantsTheName();
    void purgeLeavesCompactedTopicsAlone();
    void cloneCopiesSettingsAndRecords();
    void addPartitionsWarnsAboutOrder();
    void configIsPreviewedBeforeItIsApplied();
    void exportAsksForAPath();
    void emptyClusterOffersFirstSteps();
    void staleDataIsSaid();
    void tenThousandTopicsStayFast();

private:
    std::unique_ptr<Theme> m_theme;
};

void TestTopics::initTestCase() {
    m_theme = std::make_unique<Theme>(*qApp);
}

void TestTopics::listShowsWhatMoves() {
    const Shown shown = sample();
    QCOMPARE(shown.names().size(), 6);
    QCOMPARE(shown.names().front(), QStringLiteral("clicks"));
    QCOMPARE(shown.cell(QStringLiteral("orders"), kTopicPartitions), QStringLiteral("6"));
    QCOMPARE(shown.cell(QStringLiteral("orders"), kTopicRate), QStringLiteral("148/s"));
    QCOMPARE(shown.cell(QStringLiteral("orders"), kTopicInSync), QStringLiteral("6/6"));
    QCOMPARE(shown.cell(QStringLiteral("orders"), kTopicGroups), QStringLiteral("2"));
    QCOMPARE(shown.cell(QStringLiteral("clicks"), kTopicLag), kNone);
    QCOMPARE(shown.cell(QStringLiteral("stocks.trades"), kTopicLag), formatCount(412 * 21));
}

void TestTopics::compactedCountsAreMarked() {
    const Shown shown = sample();
    QVERIFY(shown.cell(QStringLiteral("customers"), kTopicRecords).startsWith(QLatin1Char('~')));
    const auto row = static_cast<int>(shown.names().indexOf(QStringLiteral("customers")));
    const QString why = shown.table->proxy().index(row, kTopicRecords).data(Qt::ToolTipRole).toString();
    QVERIFY2(why.contains(QStringLiteral("compacted")), qPrintable(why));
}

void TestTopics::searchKeepsMatchingTopics() {
    Shown shown = sample();
    shown.page.focusSearch();
    auto* search = shown.page.findChild<SearchField*>();
    QTest::keyClicks(search, QStringLiteral("STOCKS"));
    QTest::keyClick(search, Qt::Key_Return);
    QCOMPARE(shown.names(), QStringList({QStringLiteral("stocks.quotes"), QStringLiteral("stocks.trades")}));
}

void TestTopics::enterOpens() {
    Shown shown = sample();
    QSignalSpy went(&shown.page, &Page::navigationRequested);
    shown.click(QStringLiteral("orders"));
    QTest::keyClick(shown.table, Qt::Key_Return);
    QCOMPARE(went.size(), 1);
    const auto target = went.front().front().value<NavigationTarget>();
    QCOMPARE(target.kind, PageKind::kTopic);
    QCOMPARE(target.subject, QStringLiteral("orders"));
}

void TestTopics::internalTopicsAreHiddenUntilAskedFor() {
    Shown shown = sample();
    Snapshot snapshot = shown.backend->live().copy();
    auto offsets = std::make_shared<TopicSnapshot>();
    offsets->name = "__consumer_offsets";
    offsets->isInternal = true;
    offsets->partitions.resize(50);
    snapshot.topics.push_back(offsets);
    shown.backend->live().set(std::move(snapshot));
    QVERIFY(!shown.names().contains(QStringLiteral("__consumer_offsets")));
    auto* box = shown.page.findChild<QCheckBox*>();
    QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
    QVERIFY(shown.names().contains(QStringLiteral("__consumer_offsets")));
    shown.click(QStringLiteral("__consumer_offsets"));
    QVERIFY(!shown.button(QStringLiteral("Delete"))->isEnabled());
}

void TestTopics::selectionSurvivesASnapshot() {
    Shown shown = sample();
    shown.click(QStringLiteral("orders"));
    Snapshot snapshot = shown.backend->live().copy();
    snapshot.topics.erase(snapshot.topics.begin());
    shown.backend->live().set(std::move(snapshot));
    QCOMPARE(shown.table->selectedSourceRows().size(), 1);
    QCOMPARE(shown.table->currentIndex().siblingAtColumn(0).data().toString(), QStringLiteral("orders"));
}

void TestTopics::rowsComeGoAndChangeWithoutReset() {
    auto backend = test::FakeBackend::sampleCluster();
    KeyedModel<TopicRow> model(topicColumns(backend->live()));
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    const auto rowsOf = [](const QStringList& names) {
        std::vector<TopicRow> rows;
        for (const QString& name : names) {
            TopicRow row;
            row.name = name.left(1).toStdString();
            row.partitions = name.mid(1).toInt();
            rows.push_back(row);
        }
        return rows;
    };
    const std::pair<const char*, int> steps[] = {
        {"b1 d1 f1", 0}, {"a1 b1 c1 d1 e1 f1 g1", 0}, {"a2 b2 c1 d1 e2 f1 g1", 2}, {"c1 g1", 0}, {"h1", 0}, {"", 0}};
    for (const auto& [names, ranges] : steps) {
        changes.clear();
        const QStringList wanted = QString::fromLatin1(names).split(QLatin1Char(' '), Qt::SkipEmptyParts);
        model.setRows(rowsOf(wanted));
        QCOMPARE(model.rowCount(), static_cast<int>(wanted.size()));
        for (int i = 0; i < model.rowCount(); ++i) {
            QCOMPARE(model.index(i, kTopicName).data().toString(), wanted.at(i).left(1));
            QCOMPARE(model.index(i, kTopicPartitions).data().toString(), wanted.at(i).mid(1));
        }
        QCOMPARE(changes.size(), ranges);
    }
    QCOMPARE(resets.size(), 0);
}

void TestTopics::badNameCannotBeCreated() {
    Shown shown = sample();
    QTest::keyClick(&shown.page, Qt::Key_N, Qt::ControlModifier);
    auto* panel = shown.page.findChild<SidePanel*>();
    QVERIFY(panel != nullptr);
    auto* name = panel->findChild<QLineEdit*>();
    for (const char* bad : {"two words", "orders", "stocks_trades", ".."}) {
        name->clear();
        QTest::keyClicks(name, QString::fromLatin1(bad));
        QTest::keyClick(panel, Qt::Key_Return, Qt::ControlModifier);
    }
    QVERIFY(!shown.backend->asked.all().join(QLatin1Char('|')).contains(QStringLiteral("create")));
}

void TestTopics::createSendsWhatWasChosen() {
    Shown shown = sample();
    shown.press(QStringLiteral("Create topic"));
    auto* panel = shown.page.findChild<SidePanel*>();
    QTest::keyClicks(panel->findChild<QLineEdit*>(), QStringLiteral("payments"));
    auto* partitions = panel->findChild<QSpinBox*>();
    partitions->setFocus();
    QTest::keyClick(partitions, Qt::Key_Up);
    QTest::keyClick(panel, Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY(shown.names().contains(QStringLiteral("payments")));
    QCOMPARE(shown.cell(QStringLiteral("payments"), kTopicPartitions), QStringLiteral("4"));
    QTRY_COMPARE(shown.table->currentIndex().siblingAtColumn(0).data().toString(), QStringLiteral("payments"));
}

void TestTopics::refusedCreateKeepsThePanel() {
    Shown shown = sample();
    shown.press(QStringLiteral("Create topic"));
    auto* panel = shown.page.findChild<SidePanel*>();
    QTest::keyClicks(panel->findChild<QLineEdit*>(), QStringLiteral("payments"));
    shown.backend->asked.failNext(QStringLiteral("The disk is full."));
    QTest::keyClick(panel, Qt::Key_Return, Qt::ControlModifier);
    QTRY_COMPARE(panel->findChild<Banner*>()->sentence(), QStringLiteral("The disk is full."));
    QVERIFY(panel->isVisible());
    QVERIFY(!shown.names().contains(QStringLiteral("payments")));
}

void TestTopics::selectionFitsASmallWindow() {
    const Shown shown = sample();
    shown.click(QStringLiteral("clicks"));
    shown.click(QStringLiteral("orders"), Qt::ControlModifier);
    QVERIFY(shown.button(QStringLiteral("Delete 2 topics")) != nullptr);
    // What a window of 1280 leaves beside the navigation.
    QVERIFY2(shown.page.minimumSizeHint().width() <= 1080,
             qPrintable(QString::number(shown.page.minimumSizeHint().width())));
}

void TestTopics::deleteListsAndCanBeUndone() {
    Shown shown = sample();
    shown.click(QStringLiteral("clicks"));
    shown.click(QStringLiteral("orders"), Qt::ControlModifier);
    QTest::keyClick(shown.table, Qt::Key_Delete);
    auto* panel = shown.page.findChild<DeleteTopicsPanel*>();
    QVERIFY(panel != nullptr);
    QStringList listed;
    for (auto* label : panel->findChildren<ElidedLabel*>()) {
        listed.append(label->text());
    }
    QCOMPARE(listed, QStringList({QStringLiteral("clicks"), QStringLiteral("orders")}));
    QVERIFY(!shown.backend->asked.has(QStringLiteral("remove clicks")));
    QTest::keyClick(panel, Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY(!shown.names().contains(QStringLiteral("orders")));
    QTRY_VERIFY(shown.button(QStringLiteral("Undo")) != nullptr);
    shown.press(QStringLiteral("Undo"));
    QTRY_VERIFY(shown.names().contains(QStringLiteral("orders")));
    QVERIFY(shown.names().contains(QStringLiteral("clicks")));
}

void TestTopics::purgeWantsTheName() {
    Shown shown = sample();
    shown.click(QStringLiteral("orders"));
    shown.press(QStringLiteral("Purge"));
    auto* panel = shown.page.findChild<PurgeTopicsPanel*>();
    QTest::keyClick(panel, Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(!shown.backend->asked.has(QStringLiteral("purge orders -1 -1")));
    QTest::keyClicks(panel->findChild<QLineEdit*>(), QStringLiteral("orders"));
    QTest::keyClick(panel, Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY(shown.backend->asked.has(QStringLiteral("purge orders -1 -1")));
}

void TestTopics::purgeLeavesCompactedTopicsAlone() {
    Shown shown = sample();
    shown.click(QStringLiteral("clicks"));
    shown.click(QStringLiteral("customers"), Qt::ControlModifier);
    shown.press(QStringLiteral("Purge"));
    auto* panel = shown.page.findChild<PurgeTopicsPanel*>();
    QTest::keyClicks(panel->findChild<QLineEdit*>(), QStringLiteral("clicks"));
    QTest::keyClick(panel, Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY(shown.backend->asked.has(QStringLiteral("purge clicks -1 -1")));
    QVERIFY(!shown.backend->asked.has(QStringLiteral("purge customers -1 -1")));
}

void TestTopics::cloneCopiesSettingsAndRecords() {
    Shown shown = sample();
    shown.click(QStringLiteral("orders"));
    shown.press(QStringLiteral("Clone"));
    auto* panel = shown.page.findChild<CloneTopicPanel*>();
    QTest::keyClick(panel, Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY(shown.backend->asked.has(QStringLiteral("replay orders orders-copy")));
    QVERIFY(shown.backend->asked.has(QStringLiteral("describeConfig orders")));
    QCOMPARE(shown.cell(QStringLiteral("orders-copy"), kTopicPartitions), QStringLiteral("6"));
}

void TestTopics::addPartitionsWarnsAboutOrder() {
    Shown shown = sample();
    AddPartitionsPanel panel(*shown.backend, QStringLiteral("orders"), 6, &shown.page);
    QString text;
    for (auto* label : panel.findChildren<QLabel*>()) {
        text += label->text();
    }
    QVERIFY(text.contains(QStringLiteral("order per key no longer holds")));
    auto* total = panel.findChild<QSpinBox*>();
    QCOMPARE(total->minimum(), 7);
    total->setValue(12);
    panel.openOver(&shown.page);
    QTest::keyClick(&panel, Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY(shown.backend->asked.has(QStringLiteral("addPartitions orders 12")));
}

void TestTopics::configIsPreviewedBeforeItIsApplied() {
    Shown shown = sample();
    shown.click(QStringLiteral("orders"));
    shown.press(QStringLiteral("Edit settings"));
    auto* editor = shown.page.findChild<ConfigEditor*>();
    QTRY_VERIFY(editor->table().proxy().rowCount() > 0);
    const auto rowOf = [&](const QString& name) {
        for (int row = 0; row < editor->table().proxy().rowCount(); ++row) {
            if (editor->table().proxy().index(row, 0).data().toString() == name) {
                return editor->table().proxy().index(row, 0);
            }
        }
        return QModelIndex();
    };
    editor->table().setCurrentIndex(rowOf(QStringLiteral("retention.ms")));
    QLineEdit* line = nullptr;
    for (auto* each : editor->findChildren<QLineEdit*>()) {
        line = each->accessibleName() == QStringLiteral("Value") ? each : line;
    }
    line->selectAll();
    QTest::keyClicks(line, QStringLiteral("3600000"));
    const QString preview = rowOf(QStringLiteral("retention.ms")).siblingAtColumn(1).data().toString();
    QVERIFY2(preview.contains(QStringLiteral("86400000 (1 d)  →  3600000 (1 h)")), qPrintable(preview));
    QVERIFY(!shown.backend->asked.has(QStringLiteral("alterConfig orders retention.ms=3600000")));
    shown.press(QStringLiteral("Apply 1 change"));
    QTRY_VERIFY(shown.backend->asked.has(QStringLiteral("alterConfig orders retention.ms=3600000")));
}

void TestTopics::exportAsksForAPath() {
    Shown shown = sample();
    shown.click(QStringLiteral("orders"));
    shown.press(QStringLiteral("Export"));
    auto* panel = shown.page.findChild<ExportTopicsPanel*>();
    QPushButton* primary = shown.button(QStringLiteral("Export 1 topic"));
    QVERIFY(primary != nullptr && !primary->isEnabled());
    QTest::keyClicks(panel->findChild<QLineEdit*>(), QStringLiteral("orders.ndjson"));
    QVERIFY(primary->isEnabled());
}

void TestTopics::emptyClusterOffersFirstSteps() {
    Shown shown(std::make_unique<test::FakeBackend>());
    QSignalSpy went(&shown.page, &Page::navigationRequested);
    shown.press(QStringLiteral("Start a feed"));
    QCOMPARE(went.front().front().value<NavigationTarget>().kind, PageKind::kFeeds);
}

void TestTopics::staleDataIsSaid() {
    Shown shown = sample();
    shown.backend->live().stale = QStringLiteral("The cluster does not answer since 10:00.");
    shown.backend->live().set(shown.backend->live().copy());
    QCOMPARE(shown.page.findChild<Banner*>()->sentence(), shown.backend->live().stale);
    shown.backend->live().stale.clear();
    shown.backend->live().set(shown.backend->live().copy());
    QCOMPARE(shown.page.findChild<Banner*>()->sentence(), QString());
    shown.page.showProblem(QStringLiteral("Something else failed."));
    shown.backend->live().set(shown.backend->live().copy());
    QCOMPARE(shown.page.findChild<Banner*>()->sentence(), QStringLiteral("Something else failed."));
}

void TestTopics::tenThousandTopicsStayFast() {
    auto backend = std::make_unique<test::FakeBackend>();
    const auto make = [](std::int64_t records) {
        Snapshot snapshot;
        for (int i = 0; i < 10'000; ++i) {
            auto topic = std::make_shared<TopicSnapshot>();
            topic->name = QStringLiteral("topic-%1").arg(i, 5, 10, QLatin1Char('0')).toStdString();
            topic->partitions.resize(4);
            for (PartitionSnapshot& p : topic->partitions) {
                p.highWatermark = Offset(i % 10 == 0 ? records : 7);
            }
            snapshot.topics.push_back(std::move(topic));
        }
        return snapshot;
    };
    backend->live().set(make(1));
    Shown shown(std::move(backend));
    QCOMPARE(shown.names().size(), 10'000);
    QElapsedTimer timer;
    qint64 best = INT64_MAX;
    for (int round = 2; round < 7; ++round) {
        Snapshot next = make(round);
        timer.start();
        shown.backend->live().set(std::move(next));
        shown.table->viewport()->repaint();
        best = std::min(best, timer.elapsed());
    }
    qInfo("a snapshot of 10,000 topics, 1,000 changed, is shown in %lld ms", static_cast<long long>(best));
    QVERIFY2(best < 250, "a snapshot takes longer to show than the pace of snapshots");
}

QTEST_MAIN(TestTopics)
#include "tst_topics.moc"
