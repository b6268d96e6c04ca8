// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QPoint>

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>

#include "tests/support/fake_backend.h"
#include "ui/pages/publish/publish_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/topic_field.h"

using namespace weir;
using namespace weir::ui;

class TstPublishPage : public QObject {
    Q_OBJECT

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<test::FakeBackend> m_backend;
    std::unique_ptr<PublishPage> m_page;

    template <class W>
    W* named(const char* name) {
        for (W* widget : m_page->findChildren<W*>()) {
            if (widget->accessibleName() == QLatin1String(name) && widget->isVisible()) {
                return widget;
            }
        }
        return nullptr;
    }
    void type(const char* editor, const char* text) {
        auto* edit = named<QPlainTextEdit>(editor);
        QVERIFY(edit != nullptr);
        QTest::mouseClick(edit->viewport(), Qt::LeftButton);
        QTest::keyClick(edit, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(edit, QLatin1String(text));
    }
    bool says(const QString& part) {
        const auto labels = m_page->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](QLabel* l) { return l->isVisible() && l->text().contains(part); });
    }
    const std::vector<OutgoingRecord>& published() { return m_backend->publisher().published; }

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void init() {
        m_backend = test::FakeBackend::sampleCluster();
        m_backend->jobs().list.clear();
        m_page = std::make_unique<PublishPage>(*m_backend);
        m_page->resize(1280, 800);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
        const std::string topic = m_backend->live().current()->topics.front()->name;
        m_page->findChild<TopicField*>()->setTopic(QString::fromStdString(topic));
    }
    void cleanup() {
        m_page.reset();
        m_backend.reset();
    }

    void nullAndEmptyAreSentAsDifferentThings() {
        type("Value", "");
        QTest::keyClick(m_page.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(published().size(), 1U);
        QVERIFY(published()[0].value.has_value() && published()[0].value->empty());
        QTest::mouseClick(named<QCheckBox>("Value is null"), Qt::LeftButton, {}, QPoint(8, 8));
        QVERIFY(named<QCheckBox>("Value is null")->isChecked());
        QTest::keyClick(m_page.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(published().size(), 2U);
        QVERIFY(!published()[1].value.has_value());
    }
    void contentsStayAfterSendingAndTheResultSaysWhere() {
        type("Key", "AAPL");
        type("Value", "hello");
        QTest::keyClick(m_page.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(published().size(), 1U);
        QCOMPARE(asText(*published()[0].key), std::string_view("AAPL"));
        QCOMPARE(named<QPlainTextEdit>("Value")->toPlainText(), "hello");
        QTRY_COMPARE(m_page->findChild<DataTable*>()->model()->rowCount(), 1);
    }
    void theKeysPartitionIsNamedBeforeSending() {
        type("Key", "AAPL");
        QVERIFY(says("This key goes to partition"));
        QTest::mouseClick(named<QCheckBox>("Key is null"), Qt::LeftButton, {}, QPoint(8, 8));
        QVERIFY(says("partitions take turns"));
    }
    void aValueIsEncodedByTheSchemaThatIsChosen() {
        m_backend->schemas().fill();
        m_page->open({});
        const std::string subject = m_backend->schemas().list.begin()->first;
        QTRY_VERIFY(named<QComboBox>("Value: schema") != nullptr);
        auto* subjects = named<QComboBox>("Value: schema");
        QVERIFY(subjects->findText(QString::fromStdString(subject)) > 0);
        subjects->setCurrentText(QString::fromStdString(subject));
        auto* versions = named<QComboBox>("Value: schema version");
        QTRY_VERIFY(versions->count() > 1);
        versions->setCurrentIndex(1);
        type("Value", "{\"id\":1}");
        QTest::keyClick(m_page.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(published().size(), 1U);
        QCOMPARE(published()[0].value->front(), std::byte{0});
        QCOMPARE(asText(ByteView(*published()[0].value).subspan(5)), std::string_view("{\"id\":1}"));
        // What does not fit is said, and nothing is sent.
        type("Value", "wrong");
        QTest::keyClick(m_page.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(says("does not fit the schema"));
        QCOMPARE(published().size(), 1U);
    }
    void whatRepeatsOrComesFromAFileIsEncodedToo() {
        m_backend->schemas().fill();
        m_page->open({});
        const QString subject = QString::fromStdString(m_backend->schemas().list.begin()->first);
        auto* modes = named<SegmentedControl>("How to publish");
        for (const int mode : {1, 2}) {
            QTest::mouseClick(modes, Qt::LeftButton, {}, QPoint(modes->width() * (2 * mode + 1) / 6, 5));
            QCOMPARE(modes->current(), mode);
            QTRY_VERIFY(named<QComboBox>("Value: schema") != nullptr);
            named<QComboBox>("Value: schema")->setCurrentText(subject);
            QTRY_VERIFY(named<QComboBox>("Value: schema version")->count() > 1);
            named<QComboBox>("Value: schema version")->setCurrentIndex(1);
            if (mode == 2) {
                named<QLineEdit>("File")->setText("/tmp/records.ndjson");
            }
            QTest::keyClick(m_page.get(), Qt::Key_Return, Qt::ControlModifier);
        }
        const auto& publisher = m_backend->publisher();
        QTRY_VERIFY(publisher.lastRepeat && publisher.lastFile);
        for (const auto& choice : {publisher.lastRepeat->valueSchema, publisher.lastFile->valueSchema}) {
            QVERIFY(choice);
            QCOMPARE(choice->subject, subject);
            QVERIFY(choice->version);
        }
        QVERIFY(!publisher.lastRepeat->keySchema);
    }
    void brokenJsonIsPointedOutButNotForbidden() {
        type("Value", "{\"a\":");
        QVERIFY(says("not valid JSON"));
        QTest::keyClick(m_page.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(published().size(), 1U);
    }
    void aRefusalIsShownInWordsAndNothingIsLost() {
        type("Value", "keep me");
        m_backend->asked.failNext("The disk is full.");
        QTest::keyClick(m_page.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(says("The disk is full."));
        QCOMPARE(named<QPlainTextEdit>("Value")->toPlainText(), "keep me");
    }
    void repeatingStartsAJob() {
        auto* modes = named<SegmentedControl>("How to publish");
        QTest::mouseClick(modes, Qt::LeftButton, {}, QPoint(modes->width() / 2, modes->height() / 2));
        QCOMPARE(modes->current(), 1);
        QTest::keyClick(m_page.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_backend->jobs().list.size(), 1U);
    }
    void aFileMustBeChosenFirst() {
        auto* modes = named<SegmentedControl>("How to publish");
        QTest::mouseClick(modes, Qt::LeftButton, {}, QPoint(modes->width() - 8, modes->height() / 2));
        QTest::keyClick(m_page.get(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(says("Choose a file first"));
        QVERIFY(m_backend->jobs().list.empty());
    }
    void aRecordFromElsewhereFillsTheForm() {
        NavigationTarget target;
        target.subject = "orders";
        target.record = OutgoingRecord{};
        target.record->key = toBytes(std::string_view("k"));
        target.record->headers = {{"h", toBytes(std::string_view("v"))}};
        m_page->open(target);
        QCOMPARE(named<QPlainTextEdit>("Key")->toPlainText(), "k");
        QVERIFY(named<QCheckBox>("Value is null")->isChecked());
        QCOMPARE(m_page->findChild<TopicField*>()->topic(), "orders");
    }
};

QTEST_MAIN(TstPublishPage)
#include "tst_publish_page.moc"
