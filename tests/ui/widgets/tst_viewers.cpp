// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include "ui/theme/theme.h"
#include "ui/widgets/candle_chart.h"
#include "ui/widgets/diff_view.h"
#include "ui/widgets/hex_view.h"
#include "ui/widgets/json_view.h"
#include "ui/widgets/time_series.h"
#include "ui/widgets/visible_text.h"

using namespace weir;
using namespace weir::ui;

namespace {

JsonIndex indexed(const QString& text, qsizetype slice = 1 << 20) {
    JsonIndex index;
    index.begin(text, JsonIndex::Kind::kJson);
    while (!index.done()) {
        index.step(slice);
    }
    return index;
}

QStringList linesOf(const JsonIndex& index) {
    QStringList lines;
    for (const IndexedLine& line : index.lines()) {
        lines.append(QString(line.depth, QLatin1Char('.')) + index.text().mid(line.start, line.length));
    }
    return lines;
}

const QString kOrder = QStringLiteral(
    "{\"id\":7,\"items\":[{\"sku\":\"a,b\",\"n\":1},{\"sku\":\"c\",\"n\":2}],\"note\":\"x \\\"y\\\" "
    "{z}\",\"ok\":true}");

}  // namespace

class TestViewers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void jsonIsBrokenIntoMembers();
    void pathsLeadThroughArrays();
    void sliceSizeDoesNotChangeTheResult();
    void brokenJsonIsShownAsItStands_data();
    void brokenJsonIsShownAsItStands();
    void aHundredThousandBracketsDeep();
    void tenMegabytesOnOneLine();
    void foldingHidesWhatIsInside();
    void copyGivesTheValueOfTheLine();
    void controlAndDirectionCharactersAreShown();
    void hexSelectionIsCopied();
    void diffFindsTheFewestChanges();
    void diffOfHugeTextsEnds();
    void dragSelectsARangeAndDoubleClickResets();
    void numbersAreCopiedWithAllSeries();
    void theNewestCandleIsReplacedAtItsTime();
};

void TestViewers::jsonIsBrokenIntoMembers() {
    QCOMPARE(linesOf(indexed(kOrder)),
             (QStringList{QStringLiteral("{"), QStringLiteral(".\"id\":7,"), QStringLiteral(".\"items\":["),
                          QStringLiteral("..{"), QStringLiteral("...\"sku\":\"a,b\","), QStringLiteral("...\"n\":1"),
                          QStringLiteral("..},"), QStringLiteral("..{"), QStringLiteral("...\"sku\":\"c\","),
                          QStringLiteral("...\"n\":2"), QStringLiteral("..}"), QStringLiteral(".],"),
                          QStringLiteral(".\"note\":\"x \\\"y\\\" {z}\","), QStringLiteral(".\"ok\":true"),
                          QStringLiteral("}")}));
}

void TestViewers::pathsLeadThroughArrays() {
    const JsonIndex index = indexed(kOrder);
    QCOMPARE(index.pathOf(9), QStringLiteral("items[1].n"));
    QCOMPARE(index.valueOf(9), QStringLiteral("2"));
    QCOMPARE(index.pathOf(1), QStringLiteral("id"));
    QCOMPARE(index.pathOf(0), QString());
    QCOMPARE(index.valueOf(3), QStringLiteral("{\"sku\":\"a,b\",\"n\":1}"));
    QCOMPARE(index.lines().at(2).children, 2);
    QCOMPARE(index.lines().at(2).close, 11);
}

void TestViewers::sliceSizeDoesNotChangeTheResult() {
    const QStringList whole = linesOf(indexed(kOrder));
    for (const qsizetype slice : {1, 2, 3, 7, 20}) {
        QCOMPARE(linesOf(indexed(kOrder, slice)), whole);
    }
}

void TestViewers::brokenJsonIsShownAsItStands_data() {
    QTest::addColumn<QString>("text");
    for (const char* text : {"{\"a\":", "]}]}", "{\"a\":\"open", "nonsense, [1", "", "{,,}", "\\\"", "[}"}) {
        QTest::newRow(text) << QString::fromLatin1(text);
    }
}

void TestViewers::brokenJsonIsShownAsItStands() {
    QFETCH(QString, text);
    QString shown;
    const JsonIndex index = indexed(text);
    for (const IndexedLine& line : index.lines()) {
        shown += index.text().mid(line.start, line.length);
    }
    QCOMPARE(shown.remove(QLatin1Char(' ')), QString(text).remove(QLatin1Char(' ')));
    JsonView view;
    view.setJson(text);
    view.foldFrom(1);
    view.grab();
}

void TestViewers::aHundredThousandBracketsDeep() {
    constexpr int kDepth = 100'000;
    const QString text = QString(kDepth, QLatin1Char('[')) + QString(kDepth, QLatin1Char(']'));
    JsonView view;
    view.resize(400, 300);
    view.setJson(text);
    QTRY_VERIFY(view.isReady());
    QCOMPARE(view.visibleLines(), qsizetype(2 * kDepth));
    view.foldFrom(1);
    QCOMPARE(view.visibleLines(), qsizetype(3));
    view.foldFrom(0);
    view.verticalScrollBar()->setValue(kDepth);
    view.grab();
    QCOMPARE(view.index().lines().at(kDepth - 1).close, kDepth);
}

void TestViewers::tenMegabytesOnOneLine() {
    QString text = QStringLiteral("{\"blob\":\"") + QString(10'000'000, QLatin1Char('x')) + QStringLiteral("\"}");
    JsonView view;
    view.resize(600, 300);
    view.show();
    view.setJson(text);
    QTRY_VERIFY(view.isReady());
    QCOMPARE(view.visibleLines(), qsizetype(3));
    view.horizontalScrollBar()->setValue(5'000'000);
    QVERIFY(!view.grab().isNull());
}

void TestViewers::foldingHidesWhatIsInside() {
    JsonView view;
    view.setJson(kOrder);
    QCOMPARE(view.visibleLines(), qsizetype(15));
    view.foldFrom(1);
    QCOMPARE(view.visibleLines(), qsizetype(6));
    view.foldFrom(0);
    QCOMPARE(view.visibleLines(), qsizetype(15));
    QTest::keyClick(&view, Qt::Key_Home);
    QTest::keyClick(&view, Qt::Key_Left);
    QCOMPARE(view.visibleLines(), qsizetype(1));
    QTest::keyClick(&view, Qt::Key_Right);
    QCOMPARE(view.visibleLines(), qsizetype(15));
}

void TestViewers::copyGivesTheValueOfTheLine() {
    JsonView view;
    view.resize(400, 400);
    view.setJson(kOrder);
    QTest::keyClick(&view, Qt::Key_Home);
    QTest::keyClick(&view, Qt::Key_Down);
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("7"));
    QTest::keyClick(&view, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), kOrder);
}

void TestViewers::controlAndDirectionCharactersAreShown() {
    const QString shown = visibleText(QString::fromUtf16(u"a\u0001b\u001b[31m\u202Ecod\u2066x\u200f"));
    QVERIFY(!shown.contains(QChar(0x202E)));
    QVERIFY(!shown.contains(QChar(0x1B)));
    QVERIFY(shown.contains(QStringLiteral("‹U+202E›")));
    QVERIFY(shown.contains(QChar(0x241B)));
}

void TestViewers::hexSelectionIsCopied() {
    HexView view;
    view.resize(700, 200);
    view.setBytes(QByteArray::fromHex("00ff41427f"));
    QTest::keyClick(&view, Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(view.selectedHex(), QStringLiteral("00 ff 41 42 7f"));
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("00 ff 41 42 7f"));
    view.setBytes(QByteArray());
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(20, 20));
    QVERIFY(view.selectedHex().isEmpty());
}

void TestViewers::diffFindsTheFewestChanges() {
    using enum DiffLine::Kind;
    const QStringList before{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")};
    const QStringList after{QStringLiteral("a"), QStringLiteral("x"), QStringLiteral("c"), QStringLiteral("d")};
    QCOMPARE(diffLines(before, after), (std::vector<DiffLine>{{kSame, QStringLiteral("a")},
                                                              {kRemoved, QStringLiteral("b")},
                                                              {kAdded, QStringLiteral("x")},
                                                              {kSame, QStringLiteral("c")},
                                                              {kAdded, QStringLiteral("d")}}));
    QCOMPARE(diffLines(before, before).size(), std::size_t(3));
    DiffView view;
    view.setTexts(QStringLiteral("1\n2"), QStringLiteral("1\n3"));
    QCOMPARE(view.changes(), 2);
    view.grab();
}

void TestViewers::diffOfHugeTextsEnds() {
    QStringList before;
    QStringList after;
    for (int i = 0; i < 50'000; ++i) {
        before.append(QString::number(i));
        after.append(QString::number(-i - 1));
    }
    QCOMPARE(diffLines(before, after).size(), std::size_t(100'000));
}

void TestViewers::dragSelectsARangeAndDoubleClickResets() {
    TimeSeries chart;
    chart.resize(600, 240);
    const int in = chart.addSeries(QStringLiteral("In"), Tint::kIn);
    std::vector<TimePoint> points;
    for (int i = 0; i < 300; ++i) {
        points.push_back({Timestamp(1'700'000'000'000 + i * 1000), static_cast<double>(i)});
    }
    chart.setPoints(in, points);
    chart.setNow(points.back().at);
    chart.show();
    QTRY_VERIFY(!chart.grab().isNull());
    QCoreApplication::processEvents();
    QSignalSpy selected(&chart, &ChartBase::rangeSelected);
    QSignalSpy reset(&chart, &ChartBase::rangeReset);
    QWidget* surface = chart.findChild<QWidget*>();
    QTest::mousePress(surface, Qt::LeftButton, {}, QPoint(200, 100));
    QTest::mouseMove(surface, QPoint(300, 100));
    QTest::mouseRelease(surface, Qt::LeftButton, {}, QPoint(300, 100));
    QCOMPARE(selected.size(), 1);
    const auto range = selected.first().first().value<TimeRange>();
    QVERIFY(range.from < range.to);
    QVERIFY(range.to < points.back().at);
    QCOMPARE(chart.range(), range);
    QTest::mouseDClick(surface, Qt::LeftButton, {}, QPoint(250, 100));
    QCOMPARE(reset.size(), 1);
    QVERIFY(!chart.range());
}

void TestViewers::numbersAreCopiedWithAllSeries() {
    TimeSeries chart;
    const int a = chart.addSeries(QStringLiteral("In"), Tint::kIn);
    const int b = chart.addSeries(QStringLiteral("Out"), 3);
    chart.setGap(2000);
    chart.setPoints(a, {{Timestamp(1000), 1}, {Timestamp(60'000), 2.5}});
    chart.setPoints(b, {{Timestamp(1000), 7}});
    chart.copyNumbers();
    const QStringList lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'));
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines.at(0), QStringLiteral("time\tIn\tOut"));
    QVERIFY(lines.at(1).endsWith(QStringLiteral("\t1\t7")));
    QVERIFY(lines.at(2).endsWith(QStringLiteral("\t2.5\t")));
}

void TestViewers::theNewestCandleIsReplacedAtItsTime() {
    CandleChart chart;
    chart.setCandles({{Timestamp(1000), 1, 2, 0.5, 1.5, 10}});
    chart.appendCandles({{Timestamp(1000), 1, 3, 0.5, 2.5, 20}, {Timestamp(2000), 2.5, 3, 2, 2, 5}});
    QCOMPARE(chart.candles().size(), std::size_t(2));
    QCOMPARE(chart.candles().front().high, 3.0);
    chart.resize(400, 200);
    QVERIFY(!chart.grab().isNull());
}

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const Theme theme(app);
    TestViewers test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_viewers.moc"
