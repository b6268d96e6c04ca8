// SPDX-License-Identifier: GPL-3.0-or-later
#include <QClipboard>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "tests/support/fake_backend.h"
#include "ui/theme/theme.h"
#include "ui/widgets/record_view/record_table.h"

using namespace weir;
using namespace weir::ui;

namespace {

constexpr qint64 kTrillion = 1'000'000'000'000;

RecordRow plainRow(qint64 number) {
    RecordRow row;
    row.partition = {"t", PartitionId(static_cast<std::int32_t>(number % 3))};
    row.offset = Offset(number);
    row.timestamp = Timestamp(1'700'000'000'000 + number);
    row.key = QStringLiteral("key-%1").arg(number);
    row.value = QStringLiteral("{\"n\":%1}").arg(number);
    return row;
}

/// A view over a feed that counts what it is asked for.
struct Fixture {
    explicit Fixture(qint64 rows) {
        topics.insert(QStringLiteral("t"), {rows, plainRow});
        view.resize(800, 600);
        view.setSource(&source);
        view.show();
        RecordQuery query;
        query.topic = QStringLiteral("t");
        query.start.kind = StartKind::kBeginning;
        feed.open(query);
        settle();
    }
    void settle() {
        QSignalSpy quiet(&source, &RowSource::rowsChanged);
        view.grab();
        quiet.wait(50);
        view.grab();
    }
    QHash<QString, test::FakeRecords> topics;
    test::FakeSettings settings;
    test::FakeRecordFeed feed{topics};
    FeedRowSource source{feed};
    RecordTable view{settings, QStringLiteral("messages")};
};

}  // namespace

class TestRecordView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scrollMapReachesBothEndsOfATrillion();
    void keysMoveByExactRowsAmongATrillion();
    void barReachesTheLastRowOfATrillion();
    void lastRowStandsWholeAtTheLowerEdge();
    void onlyVisibleRowsAreKept();
    void wheelMovesThreeRows();
    void selectAllOfATrillionIsOneRange();
    void shiftAndControlSelect();
    void rangesMergeAndSplit();
    void copyGivesTextAndJson();
    void copyOfTooManyIsRefused();
    void copyFetchesRowsThatAreNotThere();
    void followStaysAtTheEndUntilScrolledUp();
    void aShorterLogDropsTheSelection();
    void invalidatedRowsAreAskedForAgain();
    void columnsComeBack();
    void hugeIndexesAreClamped();
    void currentRowIsAnnounced();
};

void TestRecordView::scrollMapReachesBothEndsOfATrillion() {
    for (const qint64 last : {qint64(0), qint64(7), ScrollMap::kMaxSteps, ScrollMap::kMaxSteps + 1, kTrillion,
                              std::numeric_limits<qint64>::max() - 1}) {
        const ScrollMap map(last);
        QCOMPARE(map.top(0), qint64(0));
        QCOMPARE(map.top(map.barMaximum()), last);
        QCOMPARE(map.barValue(last), map.barMaximum());
        QCOMPARE(map.barValue(0), 0);
        QVERIFY(map.top(map.barMaximum() / 2) <= last);
    }
}

void TestRecordView::keysMoveByExactRowsAmongATrillion() {
    Fixture f(kTrillion);
    f.view.setCurrentRow(kTrillion / 2);
    f.settle();
    QTest::keyClick(&f.view, Qt::Key_Down);
    QCOMPARE(f.view.currentRow(), kTrillion / 2 + 1);
    QTest::keyClick(&f.view, Qt::Key_PageDown);
    QCOMPARE(f.view.currentRow(), kTrillion / 2 + f.view.visibleRows());
    QTest::keyClick(&f.view, Qt::Key_End);
    QCOMPARE(f.view.currentRow(), kTrillion - 1);
    f.settle();
    QVERIFY(f.source.row(kTrillion - 1) != nullptr);
    QCOMPARE(f.source.row(kTrillion - 1)->offset, Offset(kTrillion - 1));
    QTest::keyClick(&f.view, Qt::Key_Home);
    QCOMPARE(f.view.currentRow(), qint64(0));
    QCOMPARE(f.view.topRow(), qint64(0));
}

void TestRecordView::barReachesTheLastRowOfATrillion() {
    Fixture f(kTrillion);
    f.view.verticalScrollBar()->setValue(f.view.verticalScrollBar()->maximum());
    QCOMPARE(f.view.topRow(), kTrillion - f.view.visibleRows());
    f.view.verticalScrollBar()->triggerAction(QAbstractSlider::SliderPageStepSub);
    QCOMPARE(f.view.topRow(), kTrillion - 2 * f.view.visibleRows() + 1);
    f.view.verticalScrollBar()->triggerAction(QAbstractSlider::SliderSingleStepSub);
    QCOMPARE(f.view.topRow(), kTrillion - 2 * f.view.visibleRows() - 2);
}

void TestRecordView::lastRowStandsWholeAtTheLowerEdge() {
    Fixture f(1000);
    QTest::keyClick(&f.view, Qt::Key_End);
    const int height = Theme::of().rowHeight();
    for (const int extra : {0, 1, height - 1}) {
        f.view.resize(800, 600 + extra);
        f.view.setCurrentRow(0);
        QTest::keyClick(&f.view, Qt::Key_End);
        const int bottom = f.view.visibleRows() * height - 1;
        QCOMPARE(f.view.rowAt(bottom), qint64(999));
    }
}

void TestRecordView::onlyVisibleRowsAreKept() {
    Fixture f(kTrillion);
    for (qint64 row = 0; row < kTrillion; row += kTrillion / 200) {
        f.view.scrollToTop(row);
        f.settle();
        QVERIFY(f.source.row(f.view.topRow()) != nullptr);
    }
    QVERIFY(f.source.cachedRows() <= 16384);
}

void TestRecordView::wheelMovesThreeRows() {
    Fixture f(1000);
    const QPointF at(100, 100);
    QWheelEvent down(at, f.view.viewport()->mapToGlobal(at), {}, {0, -120}, Qt::NoButton, Qt::NoModifier,
                     Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(f.view.viewport(), &down);
    QCOMPARE(f.view.topRow(), qint64(3));
    QWheelEvent up(at, f.view.viewport()->mapToGlobal(at), {}, {0, 120}, Qt::NoButton, Qt::NoModifier,
                   Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(f.view.viewport(), &up);
    QCoreApplication::sendEvent(f.view.viewport(), &up);
    QCOMPARE(f.view.topRow(), qint64(0));
}

void TestRecordView::selectAllOfATrillionIsOneRange() {
    Fixture f(kTrillion);
    QTest::keyClick(&f.view, Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(f.view.selection().count(), kTrillion);
    QCOMPARE(f.view.selection().ranges().size(), std::size_t(1));
}

void TestRecordView::shiftAndControlSelect() {
    Fixture f(1000);
    const int height = Theme::of().rowHeight();
    const auto click = [&](int row, Qt::KeyboardModifiers modifiers) {
        QTest::mouseClick(f.view.viewport(), Qt::LeftButton, modifiers, QPoint(200, row * height + height / 2));
    };
    click(2, Qt::NoModifier);
    click(6, Qt::ShiftModifier);
    QCOMPARE(f.view.selection().ranges(), (std::vector<RowRange>{{2, 6}}));
    click(4, Qt::ControlModifier);
    QCOMPARE(f.view.selection().ranges(), (std::vector<RowRange>{{2, 3}, {5, 6}}));
    click(9, Qt::ControlModifier);
    QCOMPARE(f.view.selection().count(), qint64(5));
    click(1, Qt::NoModifier);
    QCOMPARE(f.view.selection().ranges(), (std::vector<RowRange>{{1, 1}}));
    QTest::keyClick(&f.view, Qt::Key_Down, Qt::ShiftModifier);
    QTest::keyClick(&f.view, Qt::Key_Down, Qt::ShiftModifier);
    QCOMPARE(f.view.selection().ranges(), (std::vector<RowRange>{{1, 3}}));
}

void TestRecordView::rangesMergeAndSplit() {
    RowRanges ranges;
    ranges.add({10, 20});
    ranges.add({30, 40});
    ranges.add({21, 25});
    QCOMPARE(ranges.ranges(), (std::vector<RowRange>{{10, 25}, {30, 40}}));
    ranges.add({5, 50});
    QCOMPARE(ranges.ranges(), (std::vector<RowRange>{{5, 50}}));
    ranges.remove(5);
    ranges.remove(50);
    ranges.remove(20);
    QCOMPARE(ranges.ranges(), (std::vector<RowRange>{{6, 19}, {21, 49}}));
    QVERIFY(!ranges.contains(20));
    QVERIFY(ranges.contains(21));
    QVERIFY(!ranges.contains(50));
}

void TestRecordView::copyGivesTextAndJson() {
    Fixture f(1000);
    f.view.setCurrentRow(1);
    QTest::keyClick(&f.view, Qt::Key_Down, Qt::ShiftModifier);
    QTest::keyClick(&f.view, Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'));
    QCOMPARE(lines.size(), 2);
    QVERIFY(lines.at(0).contains(QStringLiteral("key-1\t{\"n\":1}")));
    QTest::keyClick(&f.view, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    const QByteArray first = QGuiApplication::clipboard()->text().split(QLatin1Char('\n')).first().toUtf8();
    const QJsonObject object = QJsonDocument::fromJson(first).object();
    QCOMPARE(object.value(QStringLiteral("offset")).toInt(), 1);
    QCOMPARE(object.value(QStringLiteral("value")).toObject().value(QStringLiteral("n")).toInt(), 1);
}

void TestRecordView::copyOfTooManyIsRefused() {
    Fixture f(kTrillion);
    QGuiApplication::clipboard()->setText(QStringLiteral("before"));
    QSignalSpy said(&f.view, &RecordTable::said);
    QTest::keyClick(&f.view, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(&f.view, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("before"));
    QCOMPARE(said.size(), 1);
    QVERIFY(said.first().first().toString().contains(QStringLiteral("1,000,000,000,000")));
}

void TestRecordView::copyFetchesRowsThatAreNotThere() {
    Fixture f(100'000);
    f.view.setCurrentRow(0);
    f.view.setCurrentRow(50'000);
    f.settle();
    f.view.setCurrentRow(90'000);
    for (int i = 0; i < 20; ++i) {
        QTest::keyClick(&f.view, Qt::Key_PageDown, Qt::ShiftModifier);
    }
    QSignalSpy said(&f.view, &RecordTable::said);
    QTest::keyClick(&f.view, Qt::Key_C, Qt::ControlModifier);
    QTRY_COMPARE(said.size(), 1);
    QCOMPARE(QGuiApplication::clipboard()->text().count(QLatin1Char('\n')) + 1, f.view.selection().count());
}

void TestRecordView::followStaysAtTheEndUntilScrolledUp() {
    Fixture f(1000);
    f.view.setFollow(true);
    f.feed.grow(500);
    QCOMPARE(f.view.topRow(), 1500 - f.view.visibleRows());
    QSignalSpy followed(&f.view, &RecordTable::followChanged);
    f.view.scrollToTop(10);
    QCOMPARE(followed.size(), 1);
    f.feed.grow(500);
    QCOMPARE(f.view.topRow(), qint64(10));
}

void TestRecordView::aShorterLogDropsTheSelection() {
    Fixture f(1000);
    f.view.setCurrentRow(900);
    f.topics[QStringLiteral("t")].count = 10;
    RecordQuery query;
    query.topic = QStringLiteral("t");
    f.feed.open(query);
    f.settle();
    QVERIFY(f.view.selection().isEmpty());
    QVERIFY(f.view.currentRow() < 10);
    QCOMPARE(f.view.topRow(), qint64(0));
}

void TestRecordView::invalidatedRowsAreAskedForAgain() {
    Fixture f(1000);
    QCOMPARE(f.source.row(5)->key, QStringLiteral("key-5"));
    f.topics[QStringLiteral("t")].rowAt = [](qint64 number) {
        RecordRow row = plainRow(number);
        row.key = QStringLiteral("new");
        return row;
    };
    Q_EMIT f.feed.rowsInvalidated(3);
    QVERIFY(f.source.row(5) == nullptr);
    QCOMPARE(f.source.row(2)->key, QStringLiteral("key-2"));
    f.settle();
    QCOMPARE(f.source.row(5)->key, QStringLiteral("new"));
}

void TestRecordView::columnsComeBack() {
    test::FakeSettings settings;
    {
        RecordTable view(settings, QStringLiteral("m"));
        view.setFields({QStringLiteral("price")});
        view.resize(900, 300);
        view.show();
        view.columns().resizeSection(1, 222);
        view.columns().moveSection(0, 2);
    }
    RecordTable again(settings, QStringLiteral("m"));
    QCOMPARE(again.columns().sectionSize(1), 222);
    QCOMPARE(again.columns().visualIndex(0), 2);
    settings.values[QStringLiteral("m/columns")] = QStringLiteral("not what was written");
    const RecordTable corrupt(settings, QStringLiteral("m"));
    QCOMPARE(corrupt.columns().visualIndex(0), 0);
}

void TestRecordView::hugeIndexesAreClamped() {
    Fixture f(10);
    f.view.scrollToTop(std::numeric_limits<qint64>::max() / 2);
    QCOMPARE(f.view.topRow(), qint64(0));
    f.view.setCurrentRow(10);
    QVERIFY(f.view.currentRow() < 10);
    f.view.setSource(nullptr);
    QTest::keyClick(&f.view, Qt::Key_End);
    f.view.grab();
    QCOMPARE(f.view.currentRow(), qint64(-1));
}

void TestRecordView::currentRowIsAnnounced() {
    Fixture f(100);
    f.view.setCurrentRow(7);
    QVERIFY(f.view.accessibleDescription().contains(QStringLiteral("key-7")));
}

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const Theme theme(app);
    TestRecordView test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_record_view.moc"
