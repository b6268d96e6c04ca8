// SPDX-License-Identifier: GPL-3.0-or-later
// Log folders, metadata quorum and features, driven by mouse and keys.
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QTest>

#include "tests/support/fake_backend.h"
#include "tests/support/find_widget.h"
#include "ui/pages/cluster/cluster_page.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"

using namespace weir;
using namespace weir::ui;
using weir::ui::test::named;

namespace {

/// The page in a window as wide as one of 1280 leaves beside the navigation.
void show(Page& page) {
    Theme::of().setReduceMotion(true);
    page.resize(1080, 776);
    page.show();
    page.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&page));
    for (const DataTable* table : page.findChildren<DataTable*>()) {
        new QAbstractItemModelTester(table->proxy().sourceModel(),
                                     QAbstractItemModelTester::FailureReportingMode::QtTest,
                                     table->proxy().sourceModel());
    }
}

void choose(const Page& page, int index) {
    auto* control = named<SegmentedControl>(page, QStringLiteral("Section"));
    QVERIFY(control != nullptr);
    control->setFocus();
    while (control->current() < index) {
        QTest::keyClick(control, Qt::Key_Right);
    }
    QCOMPARE(control->current(), index);
}

void clickHeading(const DataTable& table, int column) {
    const QHeaderView& header = *table.horizontalHeader();
    const QPoint at(header.sectionViewportPosition(column) + header.sectionSize(column) / 2, header.height() / 2);
    QTest::mouseClick(header.viewport(), Qt::LeftButton, {}, at);
}

void clickRow(DataTable& table, int row, Qt::KeyboardModifiers with = {}) {
    QTest::mouseClick(table.viewport(), Qt::LeftButton, with, table.visualRect(table.proxy().index(row, 0)).center());
}

QString cell(const DataTable& table, int row, int column) {
    return table.proxy().index(row, column).data().toString();
}

int rowOf(const DataTable& table, const QString& first) {
    for (int row = 0; row < table.proxy().rowCount(); ++row) {
        if (cell(table, row, 0) == first) {
            return row;
        }
    }
    return -1;
}

bool says(const QWidget& in, const QString& words) {
    for (const ElidedLabel* label : in.findChildren<ElidedLabel*>()) {
        if (label->isVisible() && label->text().contains(words)) {
            return true;
        }
    }
    for (const QLabel* label : in.findChildren<QLabel*>()) {
        if (label->isVisible() && label->text().contains(words)) {
            return true;
        }
    }
    return false;
}

}  // namespace

class TstClusterPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void init() { m_backend = test::FakeBackend::sampleCluster(); }

    void foldersOfEveryBrokerAreSeenAndSorted() {
        ClusterPage page(*m_backend);
        show(page);
        QTRY_VERIFY(named<DataTable>(page, QStringLiteral("Log folders")) != nullptr);
        auto* folders = named<DataTable>(page, QStringLiteral("Log folders"));
        QCOMPARE(folders->proxy().rowCount(), 6);
        QVERIFY2(says(page, QStringLiteral("3 brokers · 6 log folders")), "the header's facts");
        QVERIFY(says(page, QStringLiteral("1 in trouble")));
        QCOMPARE(folders->horizontalScrollBar()->maximum(), 0);
        // By how full the disk is: once to sort, once more for the fullest first.
        clickHeading(*folders, 5);
        clickHeading(*folders, 5);
        QCOMPARE(cell(*folders, 0, 1), QStringLiteral("2"));
        QCOMPARE(cell(*folders, 0, 5), QStringLiteral("94 %"));
        QCOMPARE(cell(*folders, 5, 5), QStringLiteral("–"));
        QCOMPARE(cell(*folders, 5, 2), QStringLiteral("Offline"));
        QVERIFY(folders->proxy().index(5, 2).data(Qt::ToolTipRole).toString().contains(QStringLiteral("disk")));
    }

    void replicasAreThoseOfTheChosenFolders() {
        ClusterPage page(*m_backend);
        show(page);
        QTRY_VERIFY(named<DataTable>(page, QStringLiteral("Replicas")) != nullptr);
        auto* folders = named<DataTable>(page, QStringLiteral("Log folders"));
        auto* replicas = named<DataTable>(page, QStringLiteral("Replicas"));
        QCOMPARE(replicas->proxy().rowCount(), 5 * 6 + 1);
        clickRow(*folders, 1);
        QCOMPARE(replicas->proxy().rowCount(), 7);
        QVERIFY(says(page, QStringLiteral("7 replicas in /var/lib/kafka/b of broker 1")));
        const int moving = rowOf(*replicas, QStringLiteral("orders-3"));
        QVERIFY(moving >= 0);
        QCOMPARE(cell(*replicas, moving, 4), QStringLiteral("40,312"));
        QCOMPARE(cell(*replicas, moving, 5), QStringLiteral("Moving here"));
        clickRow(*folders, 0, Qt::ControlModifier);
        QCOMPARE(replicas->proxy().rowCount(), 13);
        // What is asked anew keeps what was chosen.
        m_backend->operations().logDirList->at(0).replicas.push_back({{"orders", PartitionId(7)}, 1, 0, false});
        page.refresh();
        QTRY_COMPARE(replicas->proxy().rowCount(), 14);
        QCOMPARE(folders->selectedSourceRows().size(), 2);
    }

    void aReplicaIsFoundCopiedAndOpened() {
        ClusterPage page(*m_backend);
        show(page);
        QTRY_VERIFY(named<DataTable>(page, QStringLiteral("Replicas")) != nullptr);
        auto* replicas = named<DataTable>(page, QStringLiteral("Replicas"));
        page.focusSearch();
        QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("orders-3"));
        QTRY_COMPARE(replicas->proxy().rowCount(), 1);
        clickRow(*replicas, 0);
        QTest::keyClick(replicas, Qt::Key_C, Qt::ControlModifier);
        const QString copied = QGuiApplication::clipboard()->text();
        QVERIFY2(copied.contains(QStringLiteral("orders-3\t1\t/var/lib/kafka/b\t81")), qPrintable(copied));
        QSignalSpy went(&page, &Page::navigationRequested);
        QTest::keyClick(replicas, Qt::Key_Return);
        QCOMPARE(went.count(), 1);
        const auto target = went.front().front().value<NavigationTarget>();
        QCOMPARE(target.kind, PageKind::kTopic);
        QCOMPARE(target.subject, QStringLiteral("orders"));
        QCOMPARE(target.section, QStringLiteral("partitions"));
    }

    void ofVeryManyReplicasTheLargestAreShownAndAnyIsFound() {
        LogDir& dir = m_backend->operations().logDirList->at(0);
        for (int i = 0; i < 60'000; ++i) {
            dir.replicas.push_back({{"many", PartitionId(i)}, 1'000 + i, 0, false});
        }
        ClusterPage page(*m_backend);
        show(page);
        QTRY_VERIFY(named<DataTable>(page, QStringLiteral("Replicas")) != nullptr);
        auto* replicas = named<DataTable>(page, QStringLiteral("Replicas"));
        QCOMPARE(replicas->proxy().rowCount(), 5'000);
        QVERIFY(says(page, QStringLiteral("The largest 5,000 of 60,031 replicas in all folders")));
        QVERIFY(rowOf(*replicas, QStringLiteral("orders-3")) >= 0);
        QCOMPARE(rowOf(*replicas, QStringLiteral("many-7")), -1);
        page.focusSearch();
        QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("many-777"));
        QTRY_COMPARE(replicas->proxy().rowCount(), 1 + 10);
        QVERIFY(rowOf(*replicas, QStringLiteral("many-777")) >= 0);
        QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("xyz"));
        QTRY_COMPARE(replicas->proxy().rowCount(), 0);
    }

    void theQuorumSaysWhoIsBehind() {
        ClusterPage page(*m_backend);
        show(page);
        choose(page, 1);
        QTRY_VERIFY(named<DataTable>(page, QStringLiteral("Metadata quorum")) != nullptr);
        auto* quorum = named<DataTable>(page, QStringLiteral("Metadata quorum"));
        QCOMPARE(quorum->proxy().rowCount(), 6);
        QVERIFY(says(page, QStringLiteral("Leader 101 · epoch 14 · 3 voters · 3 observers")));
        QCOMPARE(quorum->horizontalScrollBar()->maximum(), 0);
        // Whoever is furthest behind comes first.
        clickHeading(*quorum, 3);
        clickHeading(*quorum, 3);
        QCOMPARE(cell(*quorum, 0, 0), QStringLiteral("3"));
        QCOMPARE(cell(*quorum, 0, 1), QStringLiteral("Observer"));
        QCOMPARE(cell(*quorum, 0, 3), QStringLiteral("5,508"));
        QVERIFY2(cell(*quorum, 0, 4).endsWith(QStringLiteral("ago")), qPrintable(cell(*quorum, 0, 4)));
        QCOMPARE(cell(*quorum, rowOf(*quorum, QStringLiteral("101")), 1), QStringLiteral("Leader"));
        QCOMPARE(cell(*quorum, rowOf(*quorum, QStringLiteral("101")), 6),
                 QStringLiteral("CONTROLLER://controller-1.internal:9093"));
    }

    void aQuorumWithoutALeaderIsNoNumber() {
        QuorumInfo& info = *m_backend->operations().quorumInfo;
        info.leader = BrokerId(-1);
        ClusterPage page(*m_backend);
        show(page);
        choose(page, 1);
        QTRY_VERIFY(named<DataTable>(page, QStringLiteral("Metadata quorum")) != nullptr);
        auto* quorum = named<DataTable>(page, QStringLiteral("Metadata quorum"));
        for (int row = 0; row < quorum->proxy().rowCount(); ++row) {
            QCOMPARE(cell(*quorum, row, 3), QStringLiteral("–"));
        }
        QVERIFY(says(page, QStringLiteral("Leader –")));
    }

    void featuresAreNamedWithTheirReleaseAndPurpose() {
        m_backend->operations().featuresInfo->features.push_back({"from.the.future", std::nullopt, 3});
        ClusterPage page(*m_backend);
        show(page);
        choose(page, 2);
        QTRY_VERIFY(named<DataTable>(page, QStringLiteral("Features")) != nullptr);
        auto* features = named<DataTable>(page, QStringLiteral("Features"));
        QCOMPARE(features->proxy().rowCount(), 8);
        QVERIFY(says(page, QStringLiteral("finalized epoch 42")));
        const auto row = [&](const char* name) { return rowOf(*features, QString::fromLatin1(name)); };
        QCOMPARE(cell(*features, row("metadata.version"), 1), QStringLiteral("Can be raised"));
        QCOMPARE(cell(*features, row("metadata.version"), 2), QStringLiteral("4.1-IV1"));
        QCOMPARE(cell(*features, row("metadata.version"), 4), QStringLiteral("4.2-IV1"));
        QCOMPARE(cell(*features, row("share.version"), 1), QStringLiteral("Off"));
        QCOMPARE(cell(*features, row("share.version"), 2), QStringLiteral("–"));
        QCOMPARE(cell(*features, row("transaction.version"), 1), QStringLiteral("Newest"));
        QCOMPARE(cell(*features, row("from.the.future"), 1), QStringLiteral("Unknown to it"));
        QCOMPARE(cell(*features, row("from.the.future"), 3), QStringLiteral("–"));
        for (const FeatureState& each : m_backend->operations().featuresInfo->features) {
            QCOMPARE(cell(*features, row(each.name.c_str()), 5).isEmpty(), each.name == "from.the.future");
        }
    }

    void whatCannotBeToldSaysWhyAndIsAskedAgain() {
        m_backend->operations().quorumInfo =
            fail(ClusterError{ClusterErrc::kUnsupported, 0, "It keeps its metadata in ZooKeeper."});
        ClusterPage page(*m_backend);
        show(page);
        choose(page, 1);
        QTRY_VERIFY(says(page, QStringLiteral("It keeps its metadata in ZooKeeper.")));
        // The rest of the page is as good as ever.
        choose(page, 2);
        QTRY_VERIFY(named<DataTable>(page, QStringLiteral("Features")) != nullptr);
        auto* control = named<SegmentedControl>(page, QStringLiteral("Section"));
        QTest::keyClick(control, Qt::Key_Left);
        m_backend->operations().fill();
        QPushButton* again = nullptr;
        for (QPushButton* each : page.findChildren<QPushButton*>()) {
            again = each->isVisible() && each->text() == QStringLiteral("Ask again") ? each : again;
        }
        QVERIFY(again != nullptr);
        QTest::mouseClick(again, Qt::LeftButton);
        QTRY_VERIFY(named<DataTable>(page, QStringLiteral("Metadata quorum")) != nullptr);
        // What was known stays below the reason why it is old.
        m_backend->operations().quorumInfo = fail(ClusterError{ClusterErrc::kTimeout, 0, "No answer came."});
        page.refresh();
        QTRY_VERIFY(says(page, QStringLiteral("No answer came.")));
        QCOMPARE(named<DataTable>(page, QStringLiteral("Metadata quorum"))->proxy().rowCount(), 6);
    }

    void theSectionComesBack() {
        ClusterPage page(*m_backend);
        show(page);
        choose(page, 2);
        const QVariantMap state = page.saveState();
        ClusterPage other(*m_backend);
        show(other);
        other.restoreState(state);
        QTRY_VERIFY(named<DataTable>(other, QStringLiteral("Features")) != nullptr);
    }

private:
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<test::FakeBackend> m_backend;
};

QTEST_MAIN(TstClusterPage)
#include "tst_cluster_page.moc"
