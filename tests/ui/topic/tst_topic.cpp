// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QTest>

#include "tests/support/fake_backend.h"
#include "tests/support/find_widget.h"
#include "ui/pages/topic/partition_model.h"
#include "ui/pages/topic/readers_section.h"
#include "ui/pages/topic/segments_view.h"
#include "ui/pages/topic/topic_page.h"
#include "ui/widgets/config_editor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

using namespace weir;
using namespace weir::ui;
using weir::ui::test::named;

namespace {

const QString kTrades = QStringLiteral("stocks.trades");

void show(Page& page, const char* section) {
    Theme::of().setReduceMotion(true);
    page.resize(1280, 800);
    NavigationTarget target;
    target.section = QString::fromLatin1(section);
    page.open(target);
    page.show();
}

QString visibleText(const QWidget& in) {
    QString text;
    for (const QLabel* label : in.findChildren<QLabel*>()) {
        text += label->isVisible() ? label->text() + QLatin1Char('\n') : QString();
    }
    return text;
}

}  // namespace

class TestTopic : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void messagesComeFirstWhereTheyAreGiven();
    void queryGoesToTheMessages();
    void partitionsShowOffsets();
    void ratesComeFromCounters();
    void segmentsOfTheChosenPartitionAreShown();
    void segmentsAreAsWideAsTheyAreLarge();
    void retentionSparesTheActiveSegment();
    void changedSettingIsAppliedOnceAsked();
    void refusedSettingStaysPending();
    void settingGoesBackToItsDefault();
    void groupsShowLagInThisTopic();
    void goneTopicIsSaid();

private:
    std::unique_ptr<Theme> m_theme;
};

void TestTopic::messagesComeFirstWhereTheyAreGiven() {
    auto backend = test::FakeBackend::sampleCluster();
    TopicPage page(*backend, kTrades, [](const QString&, Page& parent) {
        MessagesSection section;
        section.widget = new QLabel(QStringLiteral("the messages"), &parent);
        return section;
    });
    show(page, "");
    QVERIFY(visibleText(page).contains(QStringLiteral("the messages")));
    auto* sections = named<SegmentedControl>(page, QStringLiteral("Section"));
    sections->setFocus();
    QTest::keyClick(sections, Qt::Key_Right);
    QVERIFY(!visibleText(page).contains(QStringLiteral("the messages")));
    QCOMPARE(page.saveState().value(QStringLiteral("section")).toString(), QStringLiteral("partitions"));
}

void TestTopic::queryGoesToTheMessages() {
    auto backend = test::FakeBackend::sampleCluster();
    std::optional<RecordQuery> got;
    TopicPage page(*backend, kTrades, [&got](const QString&, Page& parent) {
        MessagesSection section;
        section.widget = new QWidget(&parent);
        section.openQuery = [&got](const RecordQuery& query) { got = query; };
        return section;
    });
    show(page, "groups");
    NavigationTarget target;
    target.query = RecordQuery{};
    target.query->filter = QStringLiteral("AAPL");
    page.open(target);
    QVERIFY(got && got->filter == QStringLiteral("AAPL"));
    QCOMPARE(page.saveState().value(QStringLiteral("section")).toString(), QStringLiteral("messages"));
}

void TestTopic::partitionsShowOffsets() {
    auto backend = test::FakeBackend::sampleCluster();
    TopicPage page(*backend, kTrades);
    show(page, "partitions");
    auto* table = named<DataTable>(page, QStringLiteral("Partitions"));
    QCOMPARE(table->proxy().rowCount(), 6);
    const auto& topic = *backend->live().current()->findTopic("stocks.trades");
    QCOMPARE(table->proxy().index(3, 4).data().toString(), formatCount(topic.partitions[3].highWatermark.value));
    QSignalSpy went(&page, &Page::navigationRequested);
    table->setCurrentIndex(table->proxy().index(3, 0));
    QTest::keyClick(table, Qt::Key_Return);
    QCOMPARE(went.front().front().value<NavigationTarget>().query->partitions.front(), PartitionId(3));
}

void TestTopic::ratesComeFromCounters() {
    auto backend = test::FakeBackend::sampleCluster();
    Snapshot snapshot = backend->live().copy();
    TopicSnapshot topic = *snapshot.findTopic("stocks.trades");
    PartitionRates rates;
    snapshot.steadyMs = 1000;
    QCOMPARE(rates.rows(snapshot, topic)[2].recordsIn, 0.0);
    topic.partitions[2].recordsIn += 500;
    topic.partitions[2].bytesIn += 4000;
    snapshot.steadyMs = 3000;
    const PartitionRow row = rates.rows(snapshot, topic)[2];
    QCOMPARE(row.recordsIn, 250.0);
    QCOMPARE(row.bytesIn, 2000.0);
}

void TestTopic::segmentsOfTheChosenPartitionAreShown() {
    auto backend = test::FakeBackend::sampleCluster();
    TopicPage page(*backend, kTrades);
    show(page, "partitions");
    QTRY_VERIFY2(visibleText(page).contains(QStringLiteral("Partition 0 · 5 segments")), qPrintable(visibleText(page)));
    auto* table = named<DataTable>(page, QStringLiteral("Partitions"));
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Down);
    QTRY_VERIFY2(visibleText(page).contains(QStringLiteral("Partition 1 · 5 segments")), qPrintable(visibleText(page)));
    QVERIFY(visibleText(page).contains(QStringLiteral("Retention would delete nothing now.")));
}

void TestTopic::segmentsAreAsWideAsTheyAreLarge() {
    SegmentsView view;
    view.resize(1000, 64);
    view.setSegments(
        {{Offset(0), Offset(10), 900, Timestamp(1), false}, {Offset(10), Offset(20), 100, Timestamp(2), true}}, 0, 0);
    QCOMPARE(view.segmentAt(10), 0);
    QCOMPARE(view.segmentAt(850), 0);
    QCOMPARE(view.segmentAt(950), 1);
}

void TestTopic::retentionSparesTheActiveSegment() {
    const std::vector<SegmentInfo> segments = {{Offset(0), Offset(10), 100, Timestamp(1'000), false},
                                               {Offset(10), Offset(20), 100, Timestamp(2'000), false},
                                               {Offset(20), Offset(30), 100, Timestamp(3'000), true}};
    QCOMPARE(retentionNow(segments, 1'500, -1, Timestamp(3'000)).segments, 1);
    QCOMPARE(retentionNow(segments, 0, -1, Timestamp(9'000)).segments, 2);
    QCOMPARE(retentionNow(segments, -1, -1, Timestamp(9'000)).segments, 0);
    QCOMPARE(retentionNow(segments, -1, 200, Timestamp(9'000)).segments, 1);
    QCOMPARE(retentionNow(segments, -1, 201, Timestamp(9'000)).segments, 0);
    QCOMPARE(retentionNow(segments, -1, 0, Timestamp(9'000)).bytes, 200);
}

void TestTopic::changedSettingIsAppliedOnceAsked() {
    auto backend = test::FakeBackend::sampleCluster();
    TopicPage page(*backend, kTrades);
    show(page, "config");
    auto* editor = page.findChild<ConfigEditor*>();
    QTRY_VERIFY(editor->table().proxy().rowCount() > 0);
    editor->setChange(QStringLiteral("segment.bytes"), QStringLiteral("1000000"));
    auto* apply = named<QPushButton>(page, QStringLiteral("Apply 1 change"));
    QVERIFY(apply != nullptr);
    QVERIFY(!backend->asked.has(QStringLiteral("alterConfig stocks.trades segment.bytes=1000000")));
    QTest::mouseClick(apply, Qt::LeftButton);
    QTRY_VERIFY(backend->asked.has(QStringLiteral("alterConfig stocks.trades segment.bytes=1000000")));
    QTRY_VERIFY(editor->changes().empty());
}

void TestTopic::refusedSettingStaysPending() {
    auto backend = test::FakeBackend::sampleCluster();
    TopicPage page(*backend, kTrades);
    show(page, "config");
    auto* editor = page.findChild<ConfigEditor*>();
    QTRY_VERIFY(editor->table().proxy().rowCount() > 0);
    editor->setChange(QStringLiteral("segment.bytes"), QStringLiteral("1"));
    backend->asked.failNext(QStringLiteral("segment.bytes must be at least 1048576."));
    QTest::mouseClick(named<QPushButton>(page, QStringLiteral("Apply 1 change")), Qt::LeftButton);
    QTRY_COMPARE(page.findChild<Banner*>()->sentence(), QStringLiteral("segment.bytes must be at least 1048576."));
    QCOMPARE(editor->changes().size(), 1U);
}

void TestTopic::settingGoesBackToItsDefault() {
    auto backend = test::FakeBackend::sampleCluster();
    TopicPage page(*backend, kTrades);
    show(page, "config");
    auto* editor = page.findChild<ConfigEditor*>();
    QTRY_VERIFY(editor->table().proxy().rowCount() > 0);
    for (int row = 0; row < editor->table().proxy().rowCount(); ++row) {
        const QModelIndex index = editor->table().proxy().index(row, 0);
        if (index.data().toString() == QStringLiteral("retention.ms")) {
            editor->table().setCurrentIndex(index);
        }
    }
    auto* reset = named<QPushButton>(page, QStringLiteral("Reset to default"));
    QVERIFY(reset->isEnabled());
    QTest::mouseClick(reset, Qt::LeftButton);
    QCOMPARE(editor->changes().size(), 1U);
    QVERIFY(!editor->changes().front().value);
}

void TestTopic::groupsShowLagInThisTopic() {
    auto backend = test::FakeBackend::sampleCluster();
    const auto rows = readersOf(*backend->live().current(), "orders");
    QCOMPARE(rows.size(), 2U);
    QCOMPARE(rows[0].group, std::string("billing"));
    QCOMPARE(rows[0].lag, 0);
    QCOMPARE(rows[1].lag, 422'478);
    TopicPage page(*backend, QStringLiteral("orders"));
    show(page, "groups");
    QSignalSpy went(&page, &Page::navigationRequested);
    auto* table = named<DataTable>(page, QStringLiteral("Groups that read this topic"));
    table->setCurrentIndex(table->proxy().index(1, 0));
    QTest::keyClick(table, Qt::Key_Return);
    QCOMPARE(went.front().front().value<NavigationTarget>().subject, QStringLiteral("nightly-report"));
}

void TestTopic::goneTopicIsSaid() {
    auto backend = test::FakeBackend::sampleCluster();
    TopicPage page(*backend, kTrades);
    show(page, "partitions");
    backend->live().set(Snapshot());
    QVERIFY(visibleText(page).contains(QStringLiteral("There is no topic stocks.trades.")));
}

QTEST_MAIN(TestTopic)
#include "tst_topic.moc"
