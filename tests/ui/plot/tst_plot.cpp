// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>

#include <QListWidget>

#include "tests/support/fake_backend.h"
#include "ui/pages/plot/plot_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/candle_chart.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/time_series.h"
#include "ui/widgets/topic_field.h"

using namespace weir;
using namespace weir::ui;

class TstPlot : public QObject {
    Q_OBJECT

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<test::FakeBackend> m_backend;
    std::unique_ptr<PlotPage> m_page;

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void init() {
        m_backend = test::FakeBackend::sampleCluster();
        m_page = std::make_unique<PlotPage>(*m_backend);
        m_page->resize(1280, 800);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }
    void cleanup() {
        m_page.reset();
        m_backend.reset();
    }

    void choosingATopicDrawsALineAKey() {
        m_page->findChild<TopicField*>()->setTopic(QString());
        auto* field = m_page->findChild<TopicField*>();
        field->setFocus();
        QTest::keyClicks(field, m_backend->records().topics.keys().value(0));
        QTRY_VERIFY(m_page->findChild<TimeSeries*>()->seriesCount() > 1);
        QCOMPARE(m_page->findChild<QListWidget*>()->count(), m_page->findChild<TimeSeries*>()->seriesCount());
    }
    void candlesAreOfOneKeyAndFollowTheList() {
        NavigationTarget target;
        target.plot = PlotQuery{};
        target.plot->topic = m_backend->records().topics.keys().value(0);
        target.plot->kind = PlotKind::kCandles;
        target.plot->valueField = "price";
        m_page->open(target);
        auto* chart = m_page->findChild<CandleChart*>();
        QTRY_VERIFY(chart->isVisible());
        QTRY_VERIFY(!chart->candles().empty());
    }
    void recordsAreOfferedForAChosenStretchOnly() {
        QPushButton* records = nullptr;
        for (auto* button : m_page->findChildren<QPushButton*>()) {
            if (button->text() == "Show records") {
                records = button;
            }
        }
        QVERIFY(records != nullptr);
        QVERIFY(!records->isEnabled());
        QSignalSpy went(m_page.get(), &Page::navigationRequested);
        Q_EMIT m_page->findChild<TimeSeries*>()->rangeSelected({Timestamp(1000), Timestamp(2000)});
        QVERIFY(records->isEnabled());
        QTest::mouseClick(records, Qt::LeftButton);
        QCOMPARE(went.count(), 1);
        const auto target = went[0][0].value<NavigationTarget>();
        QCOMPARE(target.query->start.time.value, 1000);
        QCOMPARE(target.query->stopAtTime.value, 2000);
    }
};

QTEST_MAIN(TstPlot)
#include "tst_plot.moc"
