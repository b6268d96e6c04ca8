// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>
#include <QtCore/QHash>
#include <QtCore/QPoint>
#include <QtCore/QStringLiteral>

#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

#include "tests/support/fake_backend.h"
#include "ui/pages/messages/messages_view.h"
#include "ui/pages/messages/record_inspector.h"
#include "ui/pages/messages/timeline_bar.h"
#include "ui/theme/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/json_view.h"
#include "ui/widgets/record_view/record_table.h"

using namespace weir;
using namespace weir::ui;

class TstMessages : public QObject {
    Q_OBJECT

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<test::FakeBackend> m_backend;
    std::unique_ptr<MessagesView> m_view;

    void openTopic(const QString& topic) {
        m_view = std::make_unique<MessagesView>(*m_backend, topic);
        m_view->resize(1280, 800);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }
    [[nodiscard]] QString busyTopic() const { return m_backend->records().topics.keys().value(0); }
    RecordTable* table() { return m_view->findChild<RecordTable*>(); }
    SearchField* search() { return m_view->findChild<SearchField*>(); }
    RecordInspector* inspector() { return m_view->findChild<RecordInspector*>(); }
    qint64 rows() { return m_view->findChild<FeedRowSource*>()->rowCount(); }
    bool says(const QString& part) {
        const auto labels = m_view->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](QLabel* l) { return l->isVisible() && l->text().contains(part); });
    }

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void init() {
        m_backend = test::FakeBackend::sampleCluster();
        openTopic(busyTopic());
        QTRY_VERIFY(rows() > 100);
    }
    void cleanup() {
        m_view.reset();
        m_backend.reset();
    }

    void itOpensAtTheNewestRecord() { QTRY_COMPARE(table()->currentRow(), rows() - 1); }
    void typingIntoTheSearchFiltersAndEscapeBringsEverythingBack() {
        const qint64 all = rows();
        m_view->focusSearch();
        QTest::keyClicks(search(), "AAPL");
        QTest::keyClick(search(), Qt::Key_Return);
        QTRY_VERIFY(rows() > 0 && rows() < all);
        QTest::keyClick(search(), Qt::Key_Escape);
        QTest::keyClick(search(), Qt::Key_Return);
        QTRY_COMPARE(rows(), all);
    }
    void aBrokenExpressionIsExplainedAndNotRun() {
        const qint64 all = rows();
        for (auto* button : m_view->findChildren<QToolButton*>()) {
            if (button->accessibleName() == "Filter expression instead of text") {
                QTest::mouseClick(button, Qt::LeftButton);
            }
        }
        m_view->focusSearch();
        QTest::keyClicks(search(), "(value.price > 1");
        QTest::keyClick(search(), Qt::Key_Return);
        const FilterCheck check = m_backend->records().checkFilter("(value.price > 1");
        QVERIFY(!check.ok);
        QVERIFY(says(check.error));
        QCOMPARE(rows(), all);
    }
    void enterShowsTheRecordAndSpaceHidesItAgain() {
        QTRY_COMPARE(table()->currentRow(), rows() - 1);
        table()->setFocus();
        QTest::keyClick(table(), Qt::Key_Return);
        QTRY_VERIFY(inspector()->isVisible());
        QTRY_VERIFY(inspector()->detail().has_value());
        QCOMPARE(inspector()->detail()->address.offset.value, rows() - 1);
        QTest::keyClick(table(), Qt::Key_Up);
        QTRY_COMPARE(inspector()->detail()->address.offset.value, rows() - 2);
        QTest::keyClick(table(), Qt::Key_Space);
        QTRY_VERIFY(!inspector()->isVisible());
    }
    void theSchemaOfAValueIsSaidAndShown() {
        m_backend->records().schemaTopic = busyTopic().toStdString();
        QTRY_COMPARE(table()->currentRow(), rows() - 1);
        table()->setFocus();
        QTest::keyClick(table(), Qt::Key_Return);
        QTRY_VERIFY(says("orders-value version 3, id 9"));
        QSignalSpy went(m_view.get(), &MessagesView::navigationRequested);
        for (auto* button : inspector()->findChildren<QPushButton*>()) {
            if (button->text() == "Show schema" && button->isVisible()) {
                QTest::mouseClick(button, Qt::LeftButton);
            }
        }
        QCOMPARE(went.count(), 1);
        const auto target = went.front().front().value<NavigationTarget>();
        QCOMPARE(target.kind, PageKind::kSchemas);
        QCOMPARE(target.section, QStringLiteral("orders-value"));
        // Read as plain text nothing is said of a schema.
        auto* decoder = inspector()->findChild<QComboBox*>();
        decoder->setFocus();
        QTest::keyClick(decoder, Qt::Key_End);
        QTRY_VERIFY(!says("orders-value version 3"));
    }
    void aFieldClickedInTheInspectorBecomesAFilter() {
        table()->setFocus();
        QTRY_COMPARE(table()->currentRow(), rows() - 1);
        QTest::keyClick(table(), Qt::Key_Return);
        QTRY_VERIFY(inspector()->detail().has_value());
        Q_EMIT inspector()->filterRequested("value.symbol == \"AAPL\"");
        QCOMPARE(search()->text(), "value.symbol == \"AAPL\"");
        Q_EMIT inspector()->filterRequested("value.size > 5");
        QCOMPARE(search()->text(), "value.symbol == \"AAPL\" && value.size > 5");
    }
    void aColumnFromAFieldIsShownAndRemembered() {
        Q_EMIT inspector()->columnRequested("price");
        QVERIFY(table()->columns().fields().contains("price"));
        openTopic(busyTopic());
        QVERIFY(table()->columns().fields().contains("price"));
    }
    void anOffsetThatIsNoneIsRefusedInWords() {
        RecordQuery query;
        query.start.kind = StartKind::kOffset;
        query.start.offset = Offset(5);
        m_view->openQuery(query);
        QLineEdit* offset = nullptr;
        for (auto* edit : m_view->findChildren<QLineEdit*>()) {
            if (edit->accessibleName() == "Offset") {
                offset = edit;
            }
        }
        QVERIFY(offset != nullptr);
        offset->setFocus();
        offset->selectAll();
        QTest::keyClicks(offset, "many");
        QTest::keyClick(offset, Qt::Key_Return);
        QTRY_VERIFY(says("“many” is no offset"));
    }
    void theTimelineJumps() {
        auto* timeline = m_view->findChild<TimelineBar*>();
        QSignalSpy chosen(timeline, &TimelineBar::timeChosen);
        QTRY_VERIFY([&] {
            QTest::mouseClick(timeline, Qt::LeftButton, {}, QPoint(timeline->width() / 2, 10));
            return chosen.count() > 0;
        }());
    }
    void anEmptyTopicSaysWhatWouldBeHere() {
        test::FakeBackend empty;
        MessagesView view(empty, "nothing");
        view.resize(1280, 800);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        auto* state = view.findChild<EmptyState*>();
        QTRY_VERIFY(state->isVisible());
        QVERIFY(!view.findChild<RecordTable*>()->isVisible());
    }
    void copyingTakesWholeRecordsNotTheListsPreviews() {
        QTRY_COMPARE(table()->currentRow(), rows() - 1);
        table()->setFocus();
        QGuiApplication::clipboard()->clear();
        QTest::keyClick(table(), Qt::Key_C, Qt::ControlModifier);
        QTRY_VERIFY(m_backend->asked.has(QStringLiteral("copy 1")));
        QTRY_VERIFY(!QGuiApplication::clipboard()->text().isEmpty());
        QTest::keyClick(table(), Qt::Key_Up, Qt::ShiftModifier);
        QTest::keyClick(table(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(m_backend->asked.has(QStringLiteral("copy 2")));
    }
    void theMenuOfARowCopiesItsParts() {
        QTRY_COMPARE(table()->currentRow(), rows() - 1);
        QTest::keyClick(table(), Qt::Key_Up);
        QTRY_VERIFY(m_view->findChild<FeedRowSource*>()->row(rows() - 2) != nullptr);
        const QString key = m_backend->records().topics.value(busyTopic()).rowAt(rows() - 2).key;
        Q_EMIT table()->menuRequested(rows() - 2, QString(), QPoint(10, 10));
        auto* menu = m_view->findChildren<QMenu*>(QString(), Qt::FindDirectChildrenOnly).value(0);
        QVERIFY(menu != nullptr);
        QHash<QString, QAction*> actions;
        for (QAction* action : menu->actions()) {
            actions.insert(action->text(), action);
        }
        for (const char* text :
             {"Copy as text", "Copy as JSON", "Copy key", "Copy value", "Copy offset", "Copy as kcat command"}) {
            QVERIFY2(actions.contains(QString::fromLatin1(text)), text);
        }
        actions.value("Copy offset")->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(), QString::number(rows() - 2));
        actions.value("Copy key")->trigger();
        QTRY_COMPARE(QGuiApplication::clipboard()->text(), key);
        menu->close();
    }
    void aFullListIsSaidAndGoesOnByButton() {
        m_view->focusSearch();
        QTest::keyClicks(search(), "AAPL");
        QTest::keyClick(search(), Qt::Key_Return);
        auto* strip = m_view->findChild<ProgressStrip*>();
        QTRY_VERIFY(strip->isVisible());
        const auto button = [strip](const QString& text) {
            for (auto* each : strip->findChildren<QPushButton*>()) {
                if (each->isVisible() && each->text() == text) {
                    return each;
                }
            }
            return static_cast<QPushButton*>(nullptr);
        };
        QVERIFY(button("Go on") == nullptr);
        test::FakeRecordFeed* feed = m_backend->records().lastFeed;
        ScanProgress progress = feed->progress();
        progress.isFull = true;
        progress.running = true;
        progress.newer = 1200;
        progress.keyless = 7;
        feed->setProgress(progress);
        QVERIFY(strip->sentence().contains("holds no more at once"));
        QVERIFY(strip->sentence().contains("7 without a key left out"));
        QVERIFY(button("Show 1,200 newer") != nullptr);
        QTest::mouseClick(button("Show 1,200 newer"), Qt::LeftButton);
        QCOMPARE(feed->progress().newer, 0);
        QTest::mouseClick(button("Go on"), Qt::LeftButton);
        QVERIFY(!feed->progress().isFull);
        QVERIFY(button("Go on") == nullptr);
    }
    void lookingSaysThatItChangesNothing() { QVERIFY(says("joins no group and commits nothing")); }
};

QTEST_MAIN(TstMessages)
#include "tst_messages.moc"
