// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QtTest>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
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
    void lookingSaysThatItChangesNothing() { QVERIFY(says("joins no group and commits nothing")); }
};

QTEST_MAIN(TstMessages)
#include "tst_messages.moc"
