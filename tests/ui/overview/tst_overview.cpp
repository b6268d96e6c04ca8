// SPDX-License-Identifier: GPL-3.0-or-later
#include <QClipboard>
#include <QGuiApplication>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/fake_backend.h"
#include "ui/pages/overview/code_view.h"
#include "ui/pages/overview/overview_page.h"
#include "ui/pages/overview/snippets.h"
#include "ui/widgets/card.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/mini_list.h"
#include "ui/widgets/tiles.h"

using namespace weir;
using namespace weir::ui;

namespace {

struct Shown {
    explicit Shown(std::unique_ptr<test::FakeBackend> b) : backend(std::move(b)), page(*backend) {
        Theme::of().setReduceMotion(true);
        page.resize(1280, 800);
        page.show();
        // Lists take the room they were given with the next turn of the event loop.
        QCoreApplication::processEvents();
    }
    template <class T>
    [[nodiscard]] T* named(const QString& name) const {
        for (T* each : page.findChildren<T*>()) {
            if (each->accessibleName() == name && each->isVisible()) {
                return each;
            }
        }
        return nullptr;
    }
    void press(const QString& name) const {
        auto* button = named<QAbstractButton>(name);
        QVERIFY2(button != nullptr, qPrintable(QStringLiteral("no button ") + name));
        QTest::mouseClick(button, Qt::LeftButton);
    }
    [[nodiscard]] QStringList rowsOf(const QString& list) const {
        QStringList names;
        const auto* found = named<MiniList>(list);
        for (const MiniRow& row : found != nullptr ? found->rows() : std::vector<MiniRow>()) {
            names.append(row.name + QLatin1Char(' ') + row.value);
        }
        return names;
    }
    std::unique_ptr<test::FakeBackend> backend;
    OverviewPage page;
};

Shown sample() {
    return Shown(test::FakeBackend::sampleCluster());
}

}  // namespace

class TestOverview : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void addressIsCopied();
    void everySnippetHasTheAddress();
    void chosenLanguageIsShownAndRemembered();
    void busiestTopicsComeFirst();
    void nothingHasToBeScrolledAt1280By800();
    void onlyGroupsBehindAreListed();
    void rowOpensByClickAndByKey();
    void feedStartsAndStops();
    void refusedFeedIsSaid();
    void emptyClusterOffersFirstSteps();
    void problemsAreShownOnlyWhileThereAreSome();
    void silenceOfTheClusterIsSaid();

private:
    std::unique_ptr<Theme> m_theme;
};

void TestOverview::addressIsCopied() {
    const Shown shown = sample();
    shown.press(QStringLiteral("Copy the address"));
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("localhost:9092"));
}

void TestOverview::everySnippetHasTheAddress() {
    const QString address = QStringLiteral("10.1.2.3:19092");
    QCOMPARE(snippetLanguages().size(), 7);
    for (int i = 0; i < snippetLanguages().size(); ++i) {
        for (const auto kind : {SnippetKind::kPublish, SnippetKind::kRead}) {
            const QString code = snippet(i, kind, address);
            QVERIFY2(code.contains(address) && code.contains(QStringLiteral("hello")), qPrintable(code));
            QVERIFY(!code.contains(QLatin1Char('@')));
        }
    }
}

void TestOverview::chosenLanguageIsShownAndRemembered() {
    const Shown shown = sample();
    auto* languages = shown.named<SegmentedControl>(QStringLiteral("Language"));
    languages->setFocus();
    QTest::keyClick(languages, Qt::Key_Right);
    auto* code = shown.page.findChild<CodeView*>();
    QVERIFY(code->toPlainText().contains(QStringLiteral("confluent_kafka")));
    shown.press(QStringLiteral("Copy the code"));
    QCOMPARE(QGuiApplication::clipboard()->text(), code->toPlainText());
    QCOMPARE(shown.backend->settings().value(QStringLiteral("overview/language"), 0).toInt(), 1);
    OverviewPage again(*shown.backend);
    QVERIFY(again.findChild<CodeView*>()->toPlainText().contains(QStringLiteral("confluent_kafka")));
}

void TestOverview::busiestTopicsComeFirst() {
    const Shown shown = sample();
    const QStringList rows = shown.rowsOf(QStringLiteral("Busiest topics"));
    QCOMPARE(rows.size(), 4);
    QCOMPARE(rows.front(), QStringLiteral("stocks.quotes 12,204/s"));
    QVERIFY(!rows.join(QLatin1Char(' ')).contains(QStringLiteral("customers")));
}

void TestOverview::nothingHasToBeScrolledAt1280By800() {
    Shown shown = sample();
    // What the window leaves a page: 200 for the navigation, 34 for tabs, 24 for the status strip.
    shown.page.resize(1080, 742);
    auto* area = shown.page.findChild<QScrollArea*>();
    QTRY_COMPARE(area->verticalScrollBar()->maximum(), 0);
    QVERIFY(shown.rowsOf(QStringLiteral("Busiest topics")).size() >= 2);
    QVERIFY(!shown.rowsOf(QStringLiteral("Connected clients")).isEmpty());
}

void TestOverview::onlyGroupsBehindAreListed() {
    const Shown shown = sample();
    QCOMPARE(
        shown.rowsOf(QStringLiteral("Groups that fall behind")),
        QStringList({QStringLiteral("nightly-report 422,478 behind"), QStringLiteral("fraud-detector 8,652 behind")}));
}

void TestOverview::rowOpensByClickAndByKey() {
    Shown shown = sample();
    QSignalSpy went(&shown.page, &Page::navigationRequested);
    auto* topics = shown.named<MiniList>(QStringLiteral("Busiest topics"));
    QTest::mouseClick(topics, Qt::LeftButton, {}, QPoint(40, 28 + 10));
    QCOMPARE(went.takeFirst().front().value<NavigationTarget>().subject, QStringLiteral("iot.readings"));
    auto* groups = shown.named<MiniList>(QStringLiteral("Groups that fall behind"));
    QTest::keyClick(groups, Qt::Key_Down);
    QTest::keyClick(groups, Qt::Key_Return);
    const auto target = went.takeFirst().front().value<NavigationTarget>();
    QCOMPARE(target.kind, PageKind::kGroup);
    QCOMPARE(target.subject, QStringLiteral("fraud-detector"));
}

void TestOverview::feedStartsAndStops() {
    const Shown shown = sample();
    shown.press(QStringLiteral("Stop stock market feed"));
    QVERIFY(!shown.backend->feeds().isRunning(QStringLiteral("stocks")));
    shown.press(QStringLiteral("Start stock market feed"));
    QTRY_VERIFY(shown.named<QPushButton>(QStringLiteral("Stop stock market feed")) != nullptr);
    QVERIFY(shown.backend->feeds().isRunning(QStringLiteral("stocks")));
}

void TestOverview::refusedFeedIsSaid() {
    const Shown shown = sample();
    shown.press(QStringLiteral("Stop stock market feed"));
    shown.backend->asked.failNext(QStringLiteral("The disk is full."));
    shown.press(QStringLiteral("Start stock market feed"));
    QTRY_COMPARE(shown.page.findChild<Banner*>()->sentence(), QStringLiteral("The disk is full."));
}

void TestOverview::emptyClusterOffersFirstSteps() {
    Shown shown(std::make_unique<test::FakeBackend>());
    QSignalSpy went(&shown.page, &Page::navigationRequested);
    QVERIFY(shown.named<MiniList>(QStringLiteral("Busiest topics")) == nullptr);
    shown.press(QStringLiteral("Create a topic"));
    const auto target = went.front().front().value<NavigationTarget>();
    QCOMPARE(target.kind, PageKind::kTopics);
    QCOMPARE(target.section, QStringLiteral("create"));
}

void TestOverview::problemsAreShownOnlyWhileThereAreSome() {
    const Shown shown = sample();
    QVERIFY(shown.named<Card>(QStringLiteral("Problems")) == nullptr);
    Snapshot snapshot = shown.backend->live().copy();
    snapshot.problems.push_back({Problem::Severity::kError, kNoTimestamp, "orders", "Partition 3 is offline."});
    shown.backend->live().set(snapshot);
    QVERIFY(shown.named<Card>(QStringLiteral("Problems")) != nullptr);
    QCOMPARE(shown.rowsOf(QStringLiteral("Problems")), QStringList(QStringLiteral("orders Error")));
}

void TestOverview::silenceOfTheClusterIsSaid() {
    const Shown shown = sample();
    QVERIFY(shown.named<StateChip>(QStringLiteral("Serving")) != nullptr);
    shown.backend->live().stale = QStringLiteral("No answer since 10:00.");
    shown.backend->live().set(shown.backend->live().copy());
    QVERIFY(shown.named<StateChip>(QStringLiteral("No answer")) != nullptr);
}

QTEST_MAIN(TestOverview)
#include "tst_overview.moc"
