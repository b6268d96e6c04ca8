// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QPoint>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/fake_backend.h"
#include "ui/pages/clients/client_figures.h"
#include "ui/pages/clients/clients_page.h"
#include "ui/pages/clients/traffic_map.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tiles.h"

using namespace weir;
using namespace weir::ui;

/// A cluster whose clients tell their figures once they are asked.
class TellingBackend final : public test::FakeBackend, public ClientTelemetry {
public:
    void clientMetrics(QObject* context, Callback<ClientMetricsReport> done) override {
        QMetaObject::invokeMethod(
            context, [this, done = std::move(done)] { done(report); }, Qt::QueuedConnection);
    }
    void askClients(bool isWanted, QObject* context, Callback<void> done) override {
        report.isAsked = report.isAskedHere = isWanted;
        QMetaObject::invokeMethod(
            context, [done = std::move(done)] { done({}); }, Qt::QueuedConnection);
    }
    ClientMetricsReport report;
};

class TstClientsPage : public QObject {
    Q_OBJECT

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<test::FakeBackend> m_backend;
    std::unique_ptr<ClientsPage> m_page;

    DataTable* table() { return m_page->findChild<DataTable*>(); }

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void init() {
        m_backend = test::FakeBackend::sampleCluster();
        m_page = std::make_unique<ClientsPage>(*m_backend);
        m_page->resize(1280, 800);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }
    void cleanup() {
        m_page.reset();
        m_backend.reset();
    }

    void theModelKeepsQtsRulesWhileClientsComeAndGo() {
        KeyedModel<ClientRow> model(clientColumns());
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        Snapshot now = m_backend->live().copy();
        const Snapshot before = now;
        model.setRows(clientRows(now, before));
        QCOMPARE(model.rowCount(), static_cast<int>(now.connections.size()));
        now.connections.erase(now.connections.begin());
        model.setRows(clientRows(now, before));
        QCOMPARE(model.rowCount(), static_cast<int>(now.connections.size()));
        now.connections.clear();
        model.setRows(clientRows(now, before));
        QCOMPARE(model.rowCount(), 0);
    }
    void ratesComeFromTwoSnapshots() {
        Snapshot before = m_backend->live().copy();
        Snapshot now = before;
        now.steadyMs = before.steadyMs + 500;
        now.connections[0].bytesIn += 1000;
        const auto rows = clientRows(now, before);
        const auto row = std::find_if(rows.begin(), rows.end(),
                                      [&](const ClientRow& r) { return r.now.id == now.connections[0].id; });
        QCOMPARE(row->bytesInRate, 2000.0);
    }
    void enterOpensTheInspectorWithTheApis() {
        table()->setFocus();
        table()->selectSourceRow(0);
        QTest::keyClick(table(), Qt::Key_Return);
        bool found = false;
        for (auto* list : m_page->findChildren<KeyValueList*>()) {
            found = found || (list->isVisible() && !list->value("Address").isEmpty());
        }
        QVERIFY(found);
    }
    void nothingScrollsSidewaysInASmallWindow() {
        // What a window of 1280 leaves beside the navigation.
        m_page->resize(1080, 800);
        QTRY_VERIFY(!table()->horizontalScrollBar()->isVisible());
        QCOMPARE(table()->horizontalScrollBar()->maximum(), 0);
        table()->setFocus();
        table()->selectSourceRow(0);
        QTest::keyClick(table(), Qt::Key_Return);
        QTRY_COMPARE(table()->horizontalScrollBar()->maximum(), 0);
        QVERIFY(!table()->horizontalHeader()->isSectionHidden(0));
    }
    void aClientsOwnFiguresAreShownOnceItIsAsked() {
        TellingBackend backend;
        backend.live().set(m_backend->live().copy());
        ClientsPage page(backend);
        page.resize(1280, 800);
        page.show();
        auto* rows = page.findChild<DataTable*>();
        rows->selectSourceRow(0);
        QTest::keyClick(rows, Qt::Key_Return);
        auto* figures = page.findChild<ClientFigures*>();
        QVERIFY(figures != nullptr);
        auto* button = figures->findChild<QPushButton*>();
        QTRY_VERIFY(button->isVisible());
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY(backend.report.isAskedHere);
        QTRY_COMPARE(button->text(), QString("Stop asking clients"));
        const Snapshot now = backend.live().copy();
        for (const ConnectionSnapshot& client : now.connections) {
            auto& told = backend.report.clients.emplace_back();
            told.connectionId = client.id;
            told.instanceId = "one";
            told.intervalMs = 5000;
            told.at = nowTimestamp();
            told.metrics = {{"org.apache.kafka.producer.zebra", "", 1, false},
                            {"org.apache.kafka.producer.request.latency.avg", "", 2.5, false},
                            {"org.apache.kafka.producer.node.request.latency.avg", "node_id=1", 9, false}};
        }
        auto* list = figures->findChild<KeyValueList*>();
        QTRY_COMPARE(list->value("request latency avg"), QString("2.5 ms"));
        QCOMPARE(list->value("zebra"), QString("1"));
        QVERIFY(list->value("node request latency avg").isEmpty());
        QCOMPARE(tellingFigures(backend.report.clients[0].metrics).front().value, 2.5);
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY(!backend.report.isAsked);
    }
    void searchingLeavesOnlyWhatMatches() {
        const int all = table()->model()->rowCount();
        m_page->focusSearch();
        QTest::keyClicks(m_page->findChild<SearchField*>(), "no such client");
        QTest::keyClick(m_page->findChild<SearchField*>(), Qt::Key_Return);
        QTRY_COMPARE(table()->model()->rowCount(), 0);
        QTest::keyClick(m_page->findChild<SearchField*>(), Qt::Key_Escape);
        QTRY_COMPARE(table()->model()->rowCount(), all);
    }
    void disconnectNeedsAClientAndThenAsks() {
        QPushButton* button = nullptr;
        for (auto* b : m_page->findChildren<QPushButton*>()) {
            if (b->text() == "Disconnect") {
                button = b;
            }
        }
        QVERIFY(button != nullptr && !button->isEnabled());
        table()->selectSourceRow(0);
        Q_EMIT m_backend->live().changed();
        QVERIFY(button->isEnabled());
        const qsizetype asked = m_backend->asked.all().size();
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_COMPARE(m_backend->asked.all().size(), asked + 1);
    }
    void theMapOpensTopics() {
        auto* kinds = m_page->findChild<SegmentedControl*>();
        QTest::mouseClick(kinds, Qt::LeftButton, {}, QPoint(kinds->width() - 8, kinds->height() / 2));
        auto* map = m_page->findChild<TrafficMap*>();
        QTRY_VERIFY(map->isVisible());
        QSignalSpy went(m_page.get(), &Page::navigationRequested);
        for (int y = 0; y < map->height() && went.isEmpty(); y += 8) {
            QTest::mouseClick(map, Qt::LeftButton, {}, QPoint(map->width() / 2, y));
        }
        QVERIFY(!went.isEmpty());
    }
    void withoutClientsThePageSaysHowToGetOne() {
        Snapshot none = m_backend->live().copy();
        none.connections.clear();
        m_backend->live().set(none);
        QTRY_VERIFY(m_page->findChild<EmptyState*>()->isVisible());
    }
};

QTEST_MAIN(TstClientsPage)
#include "tst_clients_page.moc"
