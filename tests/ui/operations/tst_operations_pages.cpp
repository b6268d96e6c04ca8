// SPDX-License-Identifier: GPL-3.0-or-later
// Transactions, access, deliveries, tasks, groups' settings and partitions in depth, driven by mouse and keys.
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QTest>

#include "tests/support/fake_backend.h"
#include "tests/support/find_widget.h"
#include "ui/pages/access/access_page.h"
#include "ui/pages/access/access_words.h"
#include "ui/pages/groups/group_page.h"
#include "ui/pages/topic/topic_page.h"
#include "ui/pages/transactions/transactions_page.h"
#include "ui/widgets/config_editor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/side_panel.h"

using namespace weir;
using namespace weir::ui;
using weir::ui::test::named;

namespace {

void press(const QWidget& in, const QString& name) {
    QPushButton* found = nullptr;
    for (QPushButton* each : in.findChildren<QPushButton*>()) {
        if (each->text() == name && each->isVisible()) {
            found = each;
        }
    }
    QVERIFY2(found != nullptr, qPrintable(QStringLiteral("no button ") + name));
    QVERIFY2(found->isEnabled(), qPrintable(name + QStringLiteral(" is disabled: ") + found->toolTip()));
    QTest::mouseClick(found, Qt::LeftButton);
}

void type(const QWidget& in, const QString& name, const QString& text) {
    auto* field = named<QLineEdit>(in, name);
    QVERIFY2(field != nullptr, qPrintable(QStringLiteral("no field ") + name));
    field->setFocus();
    QTest::keyClicks(field, text);
}

void show(Page& page) {
    Theme::of().setReduceMotion(true);
    page.resize(1280, 800);
    page.show();
    page.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&page));
}

int rowOf(const DataTable& table, const QString& first) {
    for (int row = 0; row < table.proxy().rowCount(); ++row) {
        if (table.proxy().index(row, 0).data().toString() == first) {
            return row;
        }
    }
    return -1;
}

void click(DataTable& table, int row, int column = 0) {
    QVERIFY(row >= 0);
    const QRect cell = table.visualRect(table.proxy().index(row, column));
    QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, cell.center());
}

/// Chooses the n-th of a row of choices with the keys.
void choose(const QWidget& in, const QString& name, int index) {
    auto* control = named<SegmentedControl>(in, name);
    QVERIFY2(control != nullptr, qPrintable(QStringLiteral("no choice ") + name));
    control->setFocus();
    while (control->current() < index) {
        QTest::keyClick(control, Qt::Key_Right);
    }
    while (control->current() > index) {
        QTest::keyClick(control, Qt::Key_Left);
    }
    QCOMPARE(control->current(), index);
}

void testModels(const QWidget& in) {
    for (const DataTable* table : in.findChildren<DataTable*>()) {
        new QAbstractItemModelTester(table->proxy().sourceModel(),
                                     QAbstractItemModelTester::FailureReportingMode::QtTest,
                                     table->proxy().sourceModel());
    }
}

}  // namespace

class TestOperationsPages : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void init() { m_backend = test::FakeBackend::sampleCluster(); }

    void openTransactionsStandOut() {
        TransactionsPage page(*m_backend);
        testModels(page);
        show(page);
        auto* table = named<DataTable>(page, QStringLiteral("Transactions"));
        QTRY_COMPARE(table->proxy().rowCount(), 5);
        // The oldest open one first.
        QCOMPARE(table->proxy().index(0, 0).data().toString(), QStringLiteral("inventory-sync"));
        QCOMPARE(table->proxy().index(0, 1).data().toString(), QStringLiteral("Open"));
        QCOMPARE(table->proxy().index(0, 4).data().toString(), QStringLiteral("2 partitions"));
        QVERIFY(rowOf(*table, QStringLiteral("(nobody's)")) >= 0);
        choose(page, QStringLiteral("Which transactions"), 1);
        QTRY_COMPARE(table->proxy().rowCount(), 3);
    }

    void abortSaysWhomItHitsAndAsks() {
        TransactionsPage page(*m_backend);
        show(page);
        auto* table = named<DataTable>(page, QStringLiteral("Transactions"));
        QTRY_COMPARE(table->proxy().rowCount(), 5);
        click(*table, rowOf(*table, QStringLiteral("billing-1")));
        press(page, QStringLiteral("Abort"));
        auto* panel = page.findChild<SidePanel*>();
        QVERIFY(panel != nullptr);
        QString said;
        for (const QLabel* label : panel->findChildren<QLabel*>()) {
            said += label->text() + QLatin1Char('\n');
        }
        QVERIFY2(said.contains(QStringLiteral("Producer 4007 is fenced")), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("billing")), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("orders-0 from offset 137,352")), qPrintable(said));
        QVERIFY(m_backend->asked.all().filter(QStringLiteral("abort")).isEmpty());
        m_backend->asked.failNext(QStringLiteral("The disk is full."));
        // The page asks on its own meanwhile: the failure is meant for the abort.
        press(*panel, QStringLiteral("Abort transaction"));
        QTRY_VERIFY(m_backend->asked.has(QStringLiteral("abort billing-1")));
        const auto canTryAgain = [panel] {
            for (const QPushButton* each : panel->findChildren<QPushButton*>()) {
                if (each->text() == QStringLiteral("Abort transaction") && each->isEnabled()) {
                    return true;
                }
            }
            return false;
        };
        QTRY_VERIFY(canTryAgain());
        press(*panel, QStringLiteral("Abort transaction"));
        QTRY_COMPARE(table->proxy().index(rowOf(*table, QStringLiteral("billing-1")), 1).data().toString(),
                     QStringLiteral("Aborted"));
    }

    void transactionsFitASmallWindowBesideTheirInspector() {
        TransactionsPage page(*m_backend);
        show(page);
        // What a window of 1280 leaves beside the navigation.
        page.resize(1080, 800);
        auto* table = named<DataTable>(page, QStringLiteral("Transactions"));
        QTRY_VERIFY(table->proxy().rowCount() > 0);
        click(*table, 0);
        QTRY_VERIFY(named<DataTable>(page, QStringLiteral("Partitions of the transaction")) != nullptr);
        QTRY_COMPARE(table->horizontalScrollBar()->maximum(), 0);
        QVERIFY(!table->horizontalHeader()->isSectionHidden(2));
    }
    void endedTransactionsCannotBeAborted() {
        TransactionsPage page(*m_backend);
        show(page);
        auto* table = named<DataTable>(page, QStringLiteral("Transactions"));
        QTRY_COMPARE(table->proxy().rowCount(), 5);
        click(*table, rowOf(*table, QStringLiteral("report")));
        for (const QPushButton* each : page.findChildren<QPushButton*>()) {
            if (each->text() == QStringLiteral("Abort")) {
                QVERIFY(!each->isEnabled());
                QVERIFY(!each->toolTip().isEmpty());
            }
        }
    }

    void aClusterThatCannotTellSaysSo() {
        m_backend->asked.failNext(QStringLiteral("This cluster cannot be asked for it from here."));
        TransactionsPage page(*m_backend);
        show(page);
        QTRY_VERIFY(page.findChild<Banner*>()->sentence().contains(QStringLiteral("cannot be asked")));
    }

    void usersAreAddedChangedAndDeleted() {
        AccessPage page(*m_backend);
        testModels(page);
        show(page);
        auto* table = named<DataTable>(page, QStringLiteral("Users"));
        QTRY_COMPARE(table->proxy().rowCount(), 2);
        press(page, QStringLiteral("Add user"));
        auto* panel = page.findChild<SidePanel*>();
        QVERIFY(panel != nullptr);
        type(*panel, QStringLiteral("Name"), QStringLiteral("carol"));
        type(*panel, QStringLiteral("Password"), QStringLiteral("s3cret"));
        QCOMPARE(named<QLineEdit>(*panel, QStringLiteral("Password"))->echoMode(), QLineEdit::Password);
        press(*panel, QStringLiteral("Add user"));
        QTRY_VERIFY(m_backend->asked.has(QStringLiteral("putLogin carol 6")));
        QTRY_COMPARE(table->proxy().rowCount(), 3);
        QTRY_VERIFY(page.findChild<SidePanel*>() == nullptr);
        click(*table, rowOf(*table, QStringLiteral("carol")));
        press(page, QStringLiteral("Delete"));
        panel = page.findChild<SidePanel*>();
        QVERIFY(panel != nullptr);
        press(*panel, QStringLiteral("Delete 1 user"));
        QTRY_COMPARE(table->proxy().rowCount(), 2);
        QVERIFY(m_backend->asked.has(QStringLiteral("removeLogin carol")));
    }

    void aRuleIsSaidInASentenceBeforeItHolds() {
        AccessPage page(*m_backend);
        show(page);
        choose(page, QStringLiteral("Section"), 1);
        auto* table = named<DataTable>(page, QStringLiteral("Access rules"));
        QTRY_COMPARE(table->proxy().rowCount(), 3);
        QTRY_VERIFY(!m_backend->operations().ruleList.rules.empty());
        press(page, QStringLiteral("Add rule"));
        auto* panel = page.findChild<SidePanel*>();
        QVERIFY(panel != nullptr);
        type(*panel, QStringLiteral("Who"), QStringLiteral("bob"));
        choose(*panel, QStringLiteral("Which ones"), 1);
        type(*panel, QStringLiteral("Resource name"), QStringLiteral("clicks."));
        QCOMPARE(named<QLabel>(*panel, QStringLiteral("What the rule means"))->text(),
                 QStringLiteral("bob may read topics that begin with clicks., from anywhere."));
        press(*panel, QStringLiteral("Add rule"));
        QTRY_COMPARE(table->proxy().rowCount(), 4);
        const AccessRule& made = m_backend->operations().ruleList.rules.back();
        QCOMPARE(made.principal, std::string("User:bob"));
        QCOMPARE(made.pattern, AccessPattern::kPrefixed);
        QCOMPARE(made.host, std::string("*"));
    }

    void deletedRulesComeBackWithUndo() {
        AccessPage page(*m_backend);
        show(page);
        choose(page, QStringLiteral("Section"), 1);
        auto* table = named<DataTable>(page, QStringLiteral("Access rules"));
        QTRY_COMPARE(table->proxy().rowCount(), 3);
        click(*table, rowOf(*table, QStringLiteral("everybody")));
        press(page, QStringLiteral("Delete"));
        press(*page.findChild<SidePanel*>(), QStringLiteral("Delete 1 rule"));
        QTRY_COMPARE(table->proxy().rowCount(), 2);
        QTRY_VERIFY(page.findChild<SidePanel*>() == nullptr);
        press(page, QStringLiteral("Undo"));
        QTRY_COMPARE(table->proxy().rowCount(), 3);
    }

    void rulesThatNobodyAsksSayHowToSwitchThemOn() {
        m_backend->operations().ruleList = {};
        AccessPage page(*m_backend);
        show(page);
        choose(page, QStringLiteral("Section"), 1);
        const auto isSaid = [&page] {
            for (const Banner* banner : page.findChildren<Banner*>()) {
                if (banner->isVisible() && banner->sentence().contains(QStringLiteral("authorizer.class.name"))) {
                    return true;
                }
            }
            return false;
        };
        QTRY_VERIFY(isSaid());
        for (const QPushButton* each : page.findChildren<QPushButton*>()) {
            QVERIFY(each->text() != QStringLiteral("Add rule") || !each->isEnabled());
        }
    }

    void aQuotaTakesOnlyWhatFitsIt() {
        AccessPage page(*m_backend);
        show(page);
        choose(page, QStringLiteral("Section"), 2);
        auto* table = named<DataTable>(page, QStringLiteral("Quotas"));
        QTRY_COMPARE(table->proxy().rowCount(), 2);
        press(page, QStringLiteral("Add quota"));
        auto* panel = page.findChild<SidePanel*>();
        QVERIFY(panel != nullptr);
        QVERIFY(named<QWidget>(*panel, QStringLiteral("Write at most")) != nullptr);
        choose(*panel, QStringLiteral("For whom"), 3);
        QVERIFY(named<QWidget>(*panel, QStringLiteral("Write at most")) == nullptr);
        type(*panel, QStringLiteral("Address"), QStringLiteral("10.0.0.7"));
        auto* rate = named<QAbstractSpinBox>(*panel, QStringLiteral("Connect at most"));
        QVERIFY(rate != nullptr);
        rate->setFocus();
        rate->selectAll();
        QTest::keyClicks(rate, QStringLiteral("20"));
        QTest::keyClick(rate, Qt::Key_Tab);
        press(*panel, QStringLiteral("Add quota"));
        QTRY_COMPARE(table->proxy().rowCount(), 3);
        QCOMPARE(m_backend->operations().quotaList.back().target.ip, std::optional<std::string>("10.0.0.7"));
        QCOMPARE(m_backend->operations().quotaList.back().limits.at("connection_creation_rate"), 20.0);
    }

    void deliveriesOfAShareGroupAreSeen() {
        test::addGroupsOfEveryType(*m_backend);
        GroupPage page(*m_backend, QStringLiteral("image-workers"));
        testModels(page);
        show(page);
        choose(page, QStringLiteral("Section"), 1);
        auto* table = named<DataTable>(page, QStringLiteral("Deliveries"));
        QVERIFY(table != nullptr);
        QTRY_COMPARE(table->proxy().rowCount(), 3);
        QCOMPARE(table->proxy().index(0, 4).data().toString(), QStringLiteral("70"));
        auto* ranges = named<DataTable>(page, QStringLiteral("Records that are not done"));
        QTRY_COMPARE(ranges->proxy().rowCount(), 5);
        QCOMPARE(ranges->proxy().index(0, 5).data().toString(), QStringLiteral("worker-1"));
        QSignalSpy went(&page, &Page::navigationRequested);
        ranges->setFocus();
        ranges->selectRow(0);
        QTest::keyClick(ranges, Qt::Key_Return);
        QCOMPARE(went.count(), 1);
        const auto target = went.front().front().value<NavigationTarget>();
        QCOMPARE(target.query->start.offset, Offset(137'200));
    }

    void tasksOfAStreamsGroupAreSeen() {
        test::addGroupsOfEveryType(*m_backend);
        GroupPage page(*m_backend, QStringLiteral("order-totals"));
        testModels(page);
        show(page);
        choose(page, QStringLiteral("Section"), 1);
        auto* parts = named<DataTable>(page, QStringLiteral("Topology"));
        QVERIFY(parts != nullptr);
        QTRY_COMPARE(parts->proxy().rowCount(), 2);
        QCOMPARE(parts->proxy().index(1, 4).data().toString(), QStringLiteral("order-totals-sums-changelog"));
        auto* members = named<DataTable>(page, QStringLiteral("Who runs what"));
        QCOMPARE(members->proxy().index(0, 4).data().toString(), QStringLiteral("the same"));
        QCOMPARE(members->proxy().index(1, 3).data().toString(), QStringLiteral("1_0, 1_1, 1_2"));
    }

    void groupSettingsAreChanged() {
        test::addGroupsOfEveryType(*m_backend);
        GroupPage page(*m_backend, QStringLiteral("image-workers"));
        show(page);
        choose(page, QStringLiteral("Section"), 4);
        auto* table = named<DataTable>(page, QStringLiteral("Settings"));
        QVERIFY(table != nullptr);
        QTRY_COMPARE(table->proxy().rowCount(), 3);
        click(*table, 0);
        auto* value = named<QLineEdit>(page, QStringLiteral("Value"));
        value->setFocus();
        value->selectAll();
        QTest::keyClicks(value, QStringLiteral("15000"));
        press(page, QStringLiteral("Apply 1 change"));
        QTRY_VERIFY(m_backend->asked.has(QStringLiteral("groupConfig image-workers")));
        QTRY_COMPARE(table->proxy().index(0, 2).data().toString(), QStringLiteral("This group"));
    }

    void aHeldPartitionSaysByWhom() {
        Snapshot snapshot = m_backend->live().copy();
        auto topic = std::make_shared<TopicSnapshot>(*snapshot.findTopic("orders"));
        topic->partitions[0].lastStable = Offset(137'000);
        m_backend->operations().producerList[0].txnFirstOffset = Offset(137'000);
        for (auto& each : snapshot.topics) {
            each = each->name == "orders" ? topic : each;
        }
        m_backend->live().set(std::move(snapshot));
        TopicPage page(*m_backend, QStringLiteral("orders"));
        testModels(page);
        show(page);
        const auto isSaid = [&page] {
            for (const QLabel* label : page.findChildren<QLabel*>()) {
                if (label->isVisible() && label->text().contains(QStringLiteral("the transaction billing-1 is open"))) {
                    return true;
                }
            }
            return false;
        };
        QTRY_VERIFY(isSaid());
        QSignalSpy went(&page, &Page::navigationRequested);
        press(page, QStringLiteral("Show the transaction"));
        QCOMPARE(went.count(), 1);
        const auto target = went.front().front().value<NavigationTarget>();
        QCOMPARE(target.kind, PageKind::kTransactions);
        QCOMPARE(target.section, QStringLiteral("billing-1"));
        TransactionsPage transactions(*m_backend);
        show(transactions);
        transactions.open(target);
        auto* table = named<DataTable>(transactions, QStringLiteral("Transactions"));
        QTRY_COMPARE(table->currentIndex().siblingAtColumn(0).data().toString(), QStringLiteral("billing-1"));
    }

    void producersAndCompactionOfAPartitionAreSeen() {
        TopicPage page(*m_backend, QStringLiteral("customers"));
        show(page);
        choose(page, QStringLiteral("What to show of the partition"), 1);
        auto* producers = named<DataTable>(page, QStringLiteral("Producers of the partition"));
        QVERIFY(producers != nullptr);
        QTRY_COMPARE(producers->proxy().rowCount(), 2);
        QCOMPARE(producers->proxy().index(1, 1).data().toString(), QStringLiteral("billing-1"));
        choose(page, QStringLiteral("What to show of the partition"), 2);
        const auto isSaid = [&page](const QString& words) {
            for (const QLabel* label : page.findChildren<QLabel*>()) {
                if (label->isVisible() && label->text().contains(words)) {
                    return true;
                }
            }
            return false;
        };
        QTRY_VERIFY(isSaid(QStringLiteral("30 %")));
        QVERIFY(isSaid(QStringLiteral("became")));
    }

private:
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<test::FakeBackend> m_backend;
};

QTEST_MAIN(TestOperationsPages)
#include "tst_operations_pages.moc"
