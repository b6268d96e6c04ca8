// SPDX-License-Identifier: GPL-3.0-or-later
// The schema registry's page, driven by mouse and keys.
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTest>
#include <QToolButton>

#include "tests/support/fake_backend.h"
#include "tests/support/find_widget.h"
#include "ui/pages/schemas/schemas_page.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/diff_view.h"
#include "ui/widgets/json_view.h"
#include "ui/widgets/side_panel.h"

using namespace weir;
using namespace weir::ui;
using weir::ui::test::named;

namespace {

QPushButton* button(const QWidget& in, const QString& text) {
    for (QPushButton* each : in.findChildren<QPushButton*>()) {
        if (each->text() == text && each->isVisible()) {
            return each;
        }
    }
    return nullptr;
}

void press(const QWidget& in, const QString& text) {
    QTRY_VERIFY2(button(in, text) != nullptr, qPrintable(QStringLiteral("no button ") + text));
    QPushButton* found = button(in, text);
    QVERIFY2(found->isEnabled(), qPrintable(text + QStringLiteral(" is disabled: ") + found->toolTip()));
    QTest::mouseClick(found, Qt::LeftButton);
}

bool says(const QWidget& in, const QString& words) {
    const auto labels = in.findChildren<QLabel*>();
    return std::any_of(labels.begin(), labels.end(),
                       [&words](const QLabel* each) { return each->isVisible() && each->text().contains(words); });
}

void choose(QWidget* control, int index) {
    QVERIFY(control != nullptr);
    control->setFocus();
    if (auto* segments = qobject_cast<SegmentedControl*>(control)) {
        while (segments->current() < index) {
            QTest::keyClick(control, Qt::Key_Right);
        }
        return;
    }
    auto* box = qobject_cast<QComboBox*>(control);
    while (box->currentIndex() != index) {
        QTest::keyClick(box, box->currentIndex() < index ? Qt::Key_Down : Qt::Key_Up);
    }
}

void write(QWidget* editor, const QString& text) {
    QVERIFY(editor != nullptr);
    editor->setFocus();
    QTest::keyClick(editor, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(editor, text);
}

}  // namespace

class TestSchemasPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void init() { m_backend = test::FakeBackend::sampleCluster(); }
    void cleanup() {
        m_page.reset();
        m_backend.reset();
    }

    void aRegistryThatIsOffSaysWhatItIsAndIsSwitchedOn() {
        m_backend->schemas().url.clear();
        m_backend->schemas().list.clear();
        show();
        QTRY_VERIFY(says(*m_page, QStringLiteral("The schema registry is off.")));
        QVERIFY(says(*m_page, QStringLiteral("Avro, JSON Schema or Protobuf")));
        m_backend->asked.failNext(QStringLiteral("Port 8081 of this computer cannot be used."));
        press(*m_page, QStringLiteral("Switch it on at port 8081"));
        QTRY_VERIFY(m_page->findChild<Banner*>()->sentence().contains(QStringLiteral("8081")));
        press(*m_page, QStringLiteral("Use any free port"));
        QTRY_VERIFY(says(*m_page, QStringLiteral("No schema is registered yet.")));
        QVERIFY(m_backend->asked.has(QStringLiteral("listen 0")));
        QVERIFY(says(*m_page, QStringLiteral("http://127.0.0.1:43210")));
        QVERIFY(button(*m_page, QStringLiteral("Use any free port")) == nullptr);
    }

    void aClosedPortIsSaidWhileSubjectsAreShown() {
        m_backend->schemas().url.clear();
        show();
        QTRY_COMPARE(table()->proxy().rowCount(), 4);
        QTRY_VERIFY(m_page->findChild<Banner*>()->sentence().contains(QStringLiteral("port is closed")));
        press(*m_page, QStringLiteral("Switch it on"));
        QTRY_VERIFY(m_page->findChild<Banner*>()->sentence().isEmpty());
        const QString name = QStringLiteral("Copy the registry's address");
        QTRY_VERIFY(named<QToolButton>(*m_page, name) != nullptr);
        auto* copy = named<QToolButton>(*m_page, name);
        QTest::mouseClick(copy, Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("http://127.0.0.1:8081"));
    }

    void aSubjectShowsItsVersionsAndWhatChanged() {
        show();
        QTRY_COMPARE(table()->proxy().rowCount(), 4);
        click(QStringLiteral("orders-value"));
        auto* version = named<QComboBox>(*m_page, QStringLiteral("Version"));
        QVERIFY(version != nullptr);
        QTRY_COMPARE(version->count(), 3);
        QCOMPARE(version->currentText(), QStringLiteral("Version 3 · id 9"));
        auto* text = named<JsonView>(*m_page, QStringLiteral("Schema"));
        QVERIFY(text != nullptr);
        QVERIFY(text->index().text().contains(QStringLiteral("coupon")));
        choose(named<SegmentedControl>(*m_page, QStringLiteral("What to show of the version")), 1);
        auto* diff = named<DiffView>(*m_page, QStringLiteral("What changed"));
        QVERIFY(diff != nullptr);
        QVERIFY(diff->changes() > 0);
        const int since2 = diff->changes();
        choose(named<QComboBox>(*m_page, QStringLiteral("Compared with version")), 2);
        QVERIFY(diff->changes() > since2);
        // An only version has nothing to be compared with.
        click(QStringLiteral("orders-key"));
        QTRY_COMPARE(version->count(), 1);
        QVERIFY(!named<SegmentedControl>(*m_page, QStringLiteral("What to show of the version"))->isEnabled());
        QTRY_VERIFY(named<JsonView>(*m_page, QStringLiteral("Schema")) != nullptr);
    }

    void theVerdictStandsBeforeAnythingIsKept() {
        show();
        QTRY_COMPARE(table()->proxy().rowCount(), 4);
        click(QStringLiteral("orders-value"));
        press(*m_page, QStringLiteral("New version"));
        auto* panel = m_page->findChild<SidePanel*>();
        QVERIFY(panel != nullptr);
        QTRY_VERIFY(says(*panel, QStringLiteral("has the schema already: version 3, id 9")));
        QVERIFY(!button(*panel, QStringLiteral("Register"))->isEnabled());
        m_backend->schemas().conflicts = {"/fields/5: The field 'n' has no default value"};
        auto* text = named<QPlainTextEdit>(*panel, QStringLiteral("Schema"));
        write(text, QStringLiteral("{\"type\":\"string\"}"));
        QTRY_VERIFY(says(*panel, QStringLiteral("It would be refused")));
        QVERIFY(says(*panel, QStringLiteral("held against version 3")));
        QVERIFY(says(*panel, QStringLiteral("The field 'n' has no default value")));
        QVERIFY(!button(*panel, QStringLiteral("Register"))->isEnabled());
        m_backend->schemas().conflicts.clear();
        write(text, QStringLiteral("nothing"));
        QTRY_VERIFY(says(*panel, QStringLiteral("Not a schema.")));
        write(text, QStringLiteral("{\"type\":\"long\"}"));
        QTRY_VERIFY(says(*panel, QStringLiteral("It will be taken")));
        QVERIFY(!m_backend->asked.has(QStringLiteral("addSchema orders-value")));
        press(*panel, QStringLiteral("Register"));
        QTRY_VERIFY(m_backend->asked.has(QStringLiteral("addSchema orders-value")));
        auto* version = named<QComboBox>(*m_page, QStringLiteral("Version"));
        QTRY_COMPARE(version->count(), 4);
        QTRY_COMPARE(version->currentText(), QStringLiteral("Version 4 · id 20"));
    }

    void aNewSubjectIsNamedAndChosen() {
        show();
        QTRY_COMPARE(table()->proxy().rowCount(), 4);
        press(*m_page, QStringLiteral("Add schema"));
        auto* panel = m_page->findChild<SidePanel*>();
        QVERIFY(panel != nullptr);
        QVERIFY(says(*panel, QStringLiteral("Name the subject first.")));
        write(named<QLineEdit>(*panel, QStringLiteral("Subject")), QStringLiteral("payments-value"));
        choose(named<SegmentedControl>(*panel, QStringLiteral("Type")), 1);
        write(named<QPlainTextEdit>(*panel, QStringLiteral("Schema")), QStringLiteral("{}"));
        auto* references = named<QPlainTextEdit>(*panel, QStringLiteral("References"));
        write(references, QStringLiteral("money"));
        QVERIFY(says(*panel, QStringLiteral("this one is not: money")));
        write(references, QStringLiteral("money.json = money 2"));
        QTRY_VERIFY(button(*panel, QStringLiteral("Register"))->isEnabled());
        press(*panel, QStringLiteral("Register"));
        QTRY_COMPARE(table()->proxy().rowCount(), 5);
        QTRY_COMPARE(table()->currentIndex().siblingAtColumn(0).data().toString(), QStringLiteral("payments-value"));
        const SchemaVersion& made = m_backend->schemas().list.at("payments-value").front();
        QCOMPARE(made.type, std::string("JSON"));
        QCOMPARE(made.references, (std::vector<SchemaReference>{{"money.json", "money", 2}}));
        QTRY_VERIFY(says(*m_page, QStringLiteral("money.json is money, version 2")));
    }

    void aDeletedSubjectComesBackWithUndo() {
        show();
        QTRY_COMPARE(table()->proxy().rowCount(), 4);
        click(QStringLiteral("stocks.trades-value"));
        press(*m_page, QStringLiteral("Delete"));
        auto* panel = m_page->findChild<SidePanel*>();
        QVERIFY(panel != nullptr);
        QVERIFY(says(*panel, QStringLiteral("stocks.trades-value, 2 versions")));
        press(*panel, QStringLiteral("Delete 1 subject"));
        QTRY_COMPARE(table()->proxy().rowCount(), 3);
        press(*m_page, QStringLiteral("Undo"));
        QTRY_COMPARE(table()->proxy().rowCount(), 4);
        QTRY_COMPARE(m_backend->schemas().ownLevels.at("stocks.trades-value"), std::string("FULL_TRANSITIVE"));
        QCOMPARE(m_backend->schemas().list.at("stocks.trades-value").size(), std::size_t{2});
    }

    void oneVersionIsDeletedAlone() {
        show();
        QTRY_COMPARE(table()->proxy().rowCount(), 4);
        click(QStringLiteral("orders-value"));
        auto* version = named<QComboBox>(*m_page, QStringLiteral("Version"));
        QTRY_COMPARE(version->count(), 3);
        choose(version, 1);
        auto* bin = named<QToolButton>(*m_page, QStringLiteral("Delete this version"));
        QVERIFY(bin != nullptr);
        QTest::mouseClick(bin, Qt::LeftButton);
        auto* panel = m_page->findChild<SidePanel*>();
        QVERIFY(panel != nullptr);
        press(*panel, QStringLiteral("Delete version 2"));
        QTRY_COMPARE(version->count(), 2);
        QVERIFY(m_backend->asked.has(QStringLiteral("removeSchema orders-value 2")));
        press(*m_page, QStringLiteral("Undo"));
        QTRY_COMPARE(version->count(), 3);
    }

    void levelsAreSetForAllAndForOne() {
        show();
        QTRY_COMPARE(table()->proxy().rowCount(), 4);
        click(QStringLiteral("orders-key"));
        auto* own = named<QComboBox>(*m_page, QStringLiteral("Compatibility of the subject"));
        QVERIFY(own != nullptr);
        QTRY_COMPARE(own->currentText(), QStringLiteral("As all: BACKWARD"));
        QVERIFY(says(*m_page, QStringLiteral("update consumers first")));
        choose(own, 7);
        QTRY_COMPARE(m_backend->schemas().ownLevels.at("orders-key"), std::string("NONE"));
        QTRY_VERIFY(says(*m_page, QStringLiteral("Any change is taken.")));
        choose(own, 0);
        QTRY_VERIFY(!m_backend->schemas().ownLevels.contains("orders-key"));
        choose(named<QComboBox>(*m_page, QStringLiteral("Compatibility of all subjects")), 4);
        QTRY_COMPARE(m_backend->schemas().level, std::string("FULL"));
        QTRY_COMPARE(own->currentText(), QStringLiteral("As all: FULL"));
    }

    void aClusterWithoutARegistrySaysSo() {
        m_backend->asked.failNext(QStringLiteral("No schema registry of this cluster is known here."));
        show();
        QTRY_VERIFY(m_page->findChild<Banner*>()->sentence().contains(QStringLiteral("No schema registry")));
        QVERIFY(says(*m_page, QStringLiteral("No schema registry to show.")));
        QVERIFY(button(*m_page, QStringLiteral("Switch it on at port 8081")) == nullptr);
        QVERIFY(!button(*m_page, QStringLiteral("Add schema"))->isEnabled());
    }

    void aTargetChoosesItsSubject() {
        show();
        NavigationTarget target;
        target.kind = PageKind::kSchemas;
        target.section = QStringLiteral("orders-value");
        m_page->open(target);
        QTRY_COMPARE(table()->currentIndex().siblingAtColumn(0).data().toString(), QStringLiteral("orders-value"));
        QTRY_VERIFY(m_page->findChild<JsonView*>()->index().text().contains(QStringLiteral("coupon")));
    }

private:
    void show() {
        Theme::of().setReduceMotion(true);
        m_page = std::make_unique<SchemasPage>(*m_backend);
        for (const DataTable* each : m_page->findChildren<DataTable*>()) {
            new QAbstractItemModelTester(each->proxy().sourceModel(),
                                         QAbstractItemModelTester::FailureReportingMode::QtTest,
                                         each->proxy().sourceModel());
        }
        m_page->resize(1280, 800);
        m_page->show();
        m_page->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    }
    [[nodiscard]] DataTable* table() const {
        for (auto* each : m_page->findChildren<DataTable*>()) {
            if (each->accessibleName() == QStringLiteral("Subjects")) {
                return each;
            }
        }
        return nullptr;
    }
    void click(const QString& subject) {
        DataTable* in = table();
        for (int row = 0; row < in->proxy().rowCount(); ++row) {
            if (in->proxy().index(row, 0).data().toString() == subject) {
                QTest::mouseClick(in->viewport(), Qt::LeftButton, {},
                                  in->visualRect(in->proxy().index(row, 0)).center());
                return;
            }
        }
        QFAIL(qPrintable(QStringLiteral("no subject ") + subject));
    }

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<test::FakeBackend> m_backend;
    std::unique_ptr<SchemasPage> m_page;
};

QTEST_MAIN(TestSchemasPage)
#include "tst_schemas_page.moc"
