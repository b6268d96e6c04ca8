// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTabBar>
#include <QTest>
#include <QToolButton>
#include <algorithm>
#include <set>

#include "tests/support/fake_backend.h"
#include "ui/shell/fuzzy.h"
#include "ui/shell/main_window.h"
#include "ui/shell/navigation_bar.h"
#include "ui/shell/page_registry.h"
#include "ui/shell/shortcuts_overlay.h"
#include "ui/shell/status_strip.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/look_settings.h"
#include "ui/widgets/record_view/record_table.h"
#include "ui/widgets/side_panel.h"

using namespace weir;
using namespace weir::ui;

namespace {

int livingPages = 0;

/// A page that remembers what happened to it.
class TracePage : public Page {
public:
    TracePage(Backend& backend, const NavigationTarget& target) : Page(backend, QStringLiteral("trace")) {
        ++livingPages;
        setTitle(target.subject.isEmpty() ? QStringLiteral("Page %1").arg(static_cast<int>(target.kind))
                                          : target.subject);
        m_edit = new QLineEdit(this);
        m_edit->setAccessibleName(QStringLiteral("Search"));
        setContent(m_edit);
    }
    ~TracePage() override { --livingPages; }
    void focusSearch() override { m_edit->setFocus(); }
    void refresh() override { ++refreshed; }
    void open(const NavigationTarget& target) override { sections.append(target.section); }
    [[nodiscard]] QVariantMap saveState() const override { return {{QStringLiteral("text"), m_edit->text()}}; }
    void restoreState(const QVariantMap& state) override {
        m_edit->setText(state.value(QStringLiteral("text")).toString());
    }
    QLineEdit* m_edit;
    QStringList sections;
    int refreshed = 0;
};

PageFactory tracePages() {
    PageFactory pages;
    const auto make = [](Backend& backend, const NavigationTarget& target) -> Page* {
        return new TracePage(backend, target);
    };
    pages.add(
        {PageKind::kOverview, QStringLiteral("overview"), QStringLiteral("Overview"), QStringLiteral("overview"), true},
        make);
    pages.add({PageKind::kTopics, QStringLiteral("topics"), QStringLiteral("Topics"), QStringLiteral("topics"), true},
              make);
    pages.add({PageKind::kTopic, QStringLiteral("topic"), QStringLiteral("Topic"), QStringLiteral("topics"), false},
              make);
    pages.add(
        {PageKind::kClients, QStringLiteral("clients"), QStringLiteral("Clients"), QStringLiteral("clients"), true},
        make);
    pages.add(
        {PageKind::kSettings, QStringLiteral("settings"), QStringLiteral("Settings"), QStringLiteral("settings"), true},
        make);
    return pages;
}

NavigationTarget to(PageKind kind, const QString& subject = {}, const QString& section = {}) {
    NavigationTarget target;
    target.kind = kind;
    target.subject = subject;
    target.section = section;
    return target;
}

TracePage* current(const MainWindow& window) {
    return static_cast<TracePage*>(window.workspace().currentPage());
}

/// In a dialog of Qt's own: what its controls do to the files of this machine is not the page's.
bool isInFileDialog(const QObject* control) {
    while (control != nullptr && qobject_cast<const QFileDialog*>(control) == nullptr) {
        control = control->parent();
    }
    return control != nullptr;
}

/// Presses every button and every action that is on, menus and panels that open included, three rounds deep. Answers
/// how many; `panels` learns what opened.
int pressAll(const QPointer<Page>& page, QStringList& panels) {
    // What only opens a menu waits for a choice; the actions of the menu are pressed by themselves.
    const auto opensMenu = [](QAbstractButton* button) {
        const auto* const tool = qobject_cast<QToolButton*>(button);
        const auto* const push = qobject_cast<QPushButton*>(button);
        return (tool != nullptr && tool->menu() != nullptr) || (push != nullptr && push->menu() != nullptr);
    };
    std::set<const QObject*> pressed;
    for (int round = 0; round < 3 && page != nullptr; ++round) {
        for (QAbstractItemView* const list : page->findChildren<QAbstractItemView*>()) {
            if (list->isVisible() && list->model() != nullptr && list->model()->rowCount() > 0 &&
                !isInFileDialog(list)) {
                list->setCurrentIndex(list->model()->index(0, 0));
                const QPoint at = list->visualRect(list->currentIndex()).center();
                QContextMenuEvent menu(QContextMenuEvent::Mouse, at, list->viewport()->mapToGlobal(at));
                QApplication::sendEvent(list->viewport(), &menu);
            }
        }
        QCoreApplication::processEvents();
        QList<QPointer<QObject>> all;
        for (QAbstractButton* const button : page->findChildren<QAbstractButton*>()) {
            all.append(button);
        }
        for (QAction* const action : page->findChildren<QAction*>()) {
            all.append(action);
        }
        for (const QPointer<QObject>& one : all) {
            auto* const button = qobject_cast<QAbstractButton*>(one);
            auto* const action = qobject_cast<QAction*>(one);
            const bool isOn = button != nullptr   ? button->isEnabled() && button->isVisible() && !opensMenu(button)
                              : action != nullptr ? action->isEnabled() && action->menu() == nullptr
                                                  : false;
            if (isOn && !isInFileDialog(one) && pressed.insert(one).second) {
                button != nullptr ? button->click() : action->trigger();
                for (const SidePanel* const panel :
                     page != nullptr ? page->findChildren<SidePanel*>() : QList<SidePanel*>()) {
                    panels.append(QString::fromLatin1(panel->metaObject()->className()));
                }
            }
        }
        while (QWidget* const popup = QApplication::activePopupWidget()) {
            popup->close();
        }
        QCoreApplication::processEvents();
    }
    return static_cast<int>(pressed.size());
}

}  // namespace

class TestShell : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pagesAreMadeOnlyWhenShown();
    void oneTabPerSubject();
    void closingTheLastTabShowsTheOverview();
    void closedTabsFreeTheirPages();
    void splitMovesAndRejoins();
    void sessionComesBack();
    void corruptSessionsCostTabsNotTheStart_data();
    void corruptSessionsCostTabsNotTheStart();
    void onAReadOnlyClusterNothingThatCanBePressedChangesIt();
    void keysReachThePage();
    void typingASlashInAFieldIsNotAShortcut();
    void paletteFindsTopicsAndRunsActions();
    void fuzzyPrefersBeginnings();
    void statusCountsProblems();
    void navigationShowsCounts();
    void welcomeIsSaidOnce();
    void staleClusterIsSaid();
    void everyControlHasAName();
    void aTopicsPageDoesWhatTheListDoes();
    void schemeChangesLive();
    void realPagesOpen();
};

void TestShell::pagesAreMadeOnlyWhenShown() {
    const auto backend = test::FakeBackend::sampleCluster();
    QVariantMap session;
    {
        MainWindow window(*backend, tracePages());
        window.go(to(PageKind::kTopics));
        window.go(to(PageKind::kTopic, QStringLiteral("orders")));
        window.close();
        QCOMPARE(livingPages, 3);
    }
    QCOMPARE(livingPages, 0);
    const MainWindow again(*backend, tracePages());
    QCOMPARE(again.workspace().tabCount(), 3);
    QCOMPARE(livingPages, 1);
    QCOMPARE(current(again)->title(), QStringLiteral("orders"));
}

void TestShell::oneTabPerSubject() {
    const auto backend = test::FakeBackend::sampleCluster();
    MainWindow window(*backend, tracePages());
    window.go(to(PageKind::kTopic, QStringLiteral("orders")));
    window.go(to(PageKind::kTopic, QStringLiteral("clicks")));
    window.go(to(PageKind::kTopic, QStringLiteral("orders"), QStringLiteral("config")));
    QCOMPARE(window.workspace().tabCount(), 3);
    QCOMPARE(current(window)->title(), QStringLiteral("orders"));
    QCOMPARE(current(window)->sections.last(), QStringLiteral("config"));
    QCOMPARE(window.windowTitle(), QStringLiteral("orders – Weir"));
    window.show();
    QTRY_VERIFY(window.findChild<QTabBar*>()->height() >= 30);
    window.go(to(PageKind::kPlot));
    QCOMPARE(window.workspace().tabCount(), 3);
}

void TestShell::closingTheLastTabShowsTheOverview() {
    const auto backend = test::FakeBackend::sampleCluster();
    MainWindow window(*backend, tracePages());
    window.go(to(PageKind::kTopics));
    window.workspace().closeCurrent();
    window.workspace().closeCurrent();
    QCOMPARE(window.workspace().tabCount(), 1);
    QCOMPARE(window.workspace().currentTarget()->kind, PageKind::kOverview);
}

void TestShell::closedTabsFreeTheirPages() {
    const auto backend = test::FakeBackend::sampleCluster();
    MainWindow window(*backend, tracePages());
    for (int i = 0; i < 50; ++i) {
        window.go(to(PageKind::kTopic, QString::number(i)));
        window.workspace().closeCurrent();
    }
    QTRY_COMPARE(livingPages, 1);
}

void TestShell::splitMovesAndRejoins() {
    const auto backend = test::FakeBackend::sampleCluster();
    MainWindow window(*backend, tracePages());
    window.workspace().splitCurrent();
    QCOMPARE(window.workspace().areaCount(), 1);
    window.go(to(PageKind::kTopic, QStringLiteral("orders")));
    current(window)->m_edit->setText(QStringLiteral("kept"));
    window.workspace().splitCurrent();
    QCOMPARE(window.workspace().areaCount(), 2);
    QCOMPARE(current(window)->m_edit->text(), QStringLiteral("kept"));
    window.workspace().splitCurrent();
    QCOMPARE(window.workspace().areaCount(), 1);
    QCOMPARE(window.workspace().tabCount(), 2);
    QCOMPARE(current(window)->m_edit->text(), QStringLiteral("kept"));
}

void TestShell::sessionComesBack() {
    const auto backend = test::FakeBackend::sampleCluster();
    {
        MainWindow window(*backend, tracePages());
        window.show();
        window.go(to(PageKind::kTopic, QStringLiteral("orders")));
        current(window)->m_edit->setText(QStringLiteral("price > 3"));
        window.go(to(PageKind::kTopic, QStringLiteral("clicks")));
        window.workspace().splitCurrent();
        window.close();
    }
    const MainWindow window(*backend, tracePages());
    QCOMPARE(window.workspace().areaCount(), 2);
    QCOMPARE(window.workspace().tabCount(), 3);
    QCOMPARE(current(window)->title(), QStringLiteral("orders"));
    QCOMPARE(current(window)->m_edit->text(), QStringLiteral("price > 3"));
}

void TestShell::corruptSessionsCostTabsNotTheStart_data() {
    QTest::addColumn<QVariant>("session");
    const QVariantMap good{{QStringLiteral("page"), QStringLiteral("topics")}};
    const auto wrap = [](const QVariantList& tabs, int version) {
        return QVariantMap{{QStringLiteral("version"), version},
                           {QStringLiteral("areas"),
                            QVariantList{QVariantMap{{QStringLiteral("tabs"), tabs}, {QStringLiteral("current"), 99}}}},
                           {QStringLiteral("sizes"), QVariantList{-5, QStringLiteral("x"), 7}}};
    };
    QTest::newRow("not a map") << QVariant(QStringLiteral("garbage"));
    QTest::newRow("newer version") << QVariant(wrap({good}, 99));
    QTest::newRow("unknown page") << QVariant(wrap({QVariantMap{{QStringLiteral("page"), QStringLiteral("nope")}}}, 1));
    QTest::newRow("tabs of the wrong type") << QVariant(wrap({1, QStringLiteral("a"), QVariant()}, 1));
    QTest::newRow("current beyond the end") << QVariant(wrap({good, good}, 1));
}

void TestShell::corruptSessionsCostTabsNotTheStart() {
    QFETCH(QVariant, session);
    const auto backend = test::FakeBackend::sampleCluster();
    backend->settings().setValue(QStringLiteral("shell/session"), session);
    backend->settings().setValue(QStringLiteral("shell/geometry"), QByteArray("not a geometry"));
    const MainWindow window(*backend, tracePages());
    QCOMPARE(window.workspace().tabCount(), 1);
    QVERIFY(window.workspace().currentPage() != nullptr);
    QVERIFY(window.width() >= 860);
}

// Everything that can be pressed is pressed, panels and menus included, on every page.
void TestShell::onAReadOnlyClusterNothingThatCanBePressedChangesIt() {
    const auto backend = test::FakeBackend::sampleCluster();
    const std::string why = "The connection to Somewhere is read-only.";
    backend->clusterFacts.isReadOnly = true;
    for (const Feature feature : {Feature::kEdit, Feature::kDeleteRecords, Feature::kGroupOffsets,
                                  Feature::kRemoveMember, Feature::kFeeds, Feature::kUndelete}) {
        backend->clusterFacts.capabilities.absent[feature] = why;
    }
    std::vector<NavigationTarget> targets;
    for (const PageInfo& page : allPages().listed()) {
        // Settings and connections are Weir's own; a replay may go to another cluster.
        if (page.kind != PageKind::kSettings && page.kind != PageKind::kConnections && page.kind != PageKind::kReplay) {
            targets.emplace_back().kind = page.kind;
        }
    }
    const SnapshotPtr snapshot = backend->live().current();
    const auto subject = [&targets](PageKind kind, const std::string& name, const char* section) {
        targets.push_back(to(kind, QString::fromStdString(name), QLatin1String(section)));
    };
    for (const char* const section : {"messages", "partitions", "config"}) {
        subject(PageKind::kTopic, snapshot->topics.at(0)->name, section);
    }
    for (const auto& group : snapshot->groups) {
        subject(PageKind::kGroup, group->id, "");
    }
    int pressed = 0;
    int reasons = 0;
    QStringList panels;
    for (const NavigationTarget& target : targets) {
        backend->settings().setValue(QStringLiteral("shell/session"), QVariant());
        MainWindow window(*backend, allPages());
        window.resize(1600, 1000);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        window.go(target);
        const QPointer<Page> page = window.workspace().currentPage();
        QVERIFY(page != nullptr);
        QCoreApplication::processEvents();
        const auto labels = page->findChildren<QLabel*>();
        reasons += std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisible() && label->text().contains(QString::fromStdString(why));
        });
        pressed += pressAll(page, panels);
    }
    QVERIFY2(pressed > 100, qPrintable(QString::number(pressed)));
    QVERIFY2(reasons >= 8, qPrintable(QString::number(reasons)));
    static const QRegularExpression kLooking("^(describeConfig|copy|dryRun|encode|checkSchema|export|preview) ");
    QStringList changes;
    for (const QString& asked : backend->asked.all()) {
        if (!kLooking.match(asked).hasMatch()) {
            changes.append(asked);
        }
    }
    QVERIFY2(changes.isEmpty(), qPrintable(changes.join('\n')));
    panels.removeDuplicates();
    QCOMPARE(panels, QStringList("weir::ui::ExportTopicsPanel"));
}

void TestShell::keysReachThePage() {
    const auto backend = test::FakeBackend::sampleCluster();
    MainWindow window(*backend, tracePages());
    window.show();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    QTest::keyClick(&window, Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(window.workspace().currentTarget()->kind, PageKind::kTopics);
    QTest::keyClick(&window, Qt::Key_F5);
    QCOMPARE(current(window)->refreshed, 1);
    QTest::keyClick(&window, Qt::Key_Slash);
    QCOMPARE(window.focusWidget(), current(window)->m_edit);
    QTest::keyClick(&window, Qt::Key_Comma, Qt::ControlModifier);
    QCOMPARE(window.workspace().currentTarget()->kind, PageKind::kSettings);
    QTest::keyClick(&window, Qt::Key_Tab, Qt::ControlModifier);
    QCOMPARE(window.workspace().currentTarget()->kind, PageKind::kOverview);
    QTest::keyClick(&window, Qt::Key_W, Qt::ControlModifier);
    QCOMPARE(window.workspace().tabCount(), 2);
    QTest::keyClick(&window, Qt::Key_F1);
    QVERIFY(window.findChild<ShortcutsOverlay*>() != nullptr);
}

void TestShell::typingASlashInAFieldIsNotAShortcut() {
    const auto backend = test::FakeBackend::sampleCluster();
    MainWindow window(*backend, tracePages());
    window.show();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    current(window)->m_edit->setFocus();
    QTest::keyClicks(current(window)->m_edit, QStringLiteral("a/b?"));
    QCOMPARE(current(window)->m_edit->text(), QStringLiteral("a/b?"));
}

void TestShell::paletteFindsTopicsAndRunsActions() {
    const auto backend = test::FakeBackend::sampleCluster();
    MainWindow window(*backend, tracePages());
    window.show();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
    CommandPalette& palette = window.commandPalette();
    QVERIFY(palette.isVisible());
    const QAbstractItemModelTester tester(&palette.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    auto* edit = palette.findChild<QLineEdit*>();
    QTest::keyClicks(edit, QStringLiteral("sttr"));
    QCOMPARE(palette.model().item(0).text, QStringLiteral("stocks.trades"));
    QTest::keyClick(edit, Qt::Key_Return);
    QVERIFY(!palette.isVisible());
    QCOMPARE(window.workspace().currentTarget()->subject, QStringLiteral("stocks.trades"));
    palette.open();
    QTest::keyClicks(edit, QStringLiteral("no such thing at all"));
    QCOMPARE(palette.model().rowCount(), 0);
    QTest::keyClick(edit, Qt::Key_Return);
    QVERIFY(palette.isVisible());
    QTest::keyClick(edit, Qt::Key_Escape);
    QVERIFY(!palette.isVisible());
}

void TestShell::fuzzyPrefersBeginnings() {
    QVERIFY(!fuzzyMatch(QStringLiteral("xz"), QStringLiteral("orders")));
    QVERIFY(fuzzyMatch(QString(), QStringLiteral("orders")));
    const auto score = [](const char* query, const char* text) {
        return fuzzyMatch(QString::fromLatin1(query), QString::fromLatin1(text))->score;
    };
    QVERIFY(score("ord", "orders") > score("ord", "my-orders"));
    QVERIFY(score("ord", "my-orders") > score("ord", "recorder"));
    QVERIFY(score("ot", "orders.trades") > score("ot", "robot-cat-store"));
    QCOMPARE(fuzzyMatch(QStringLiteral("ot"), QStringLiteral("orders.trades"))->places, (std::vector<int>{0, 7}));
}

void TestShell::statusCountsProblems() {
    const auto backend = test::FakeBackend::sampleCluster();
    MainWindow window(*backend, tracePages());
    const auto says = [&window](const QString& text) {
        for (const QToolButton* button : window.findChild<StatusStrip*>()->findChildren<QToolButton*>()) {
            if (button->text() == text) {
                return true;
            }
        }
        return false;
    };
    QVERIFY(says(QStringLiteral("No problems")));
    Snapshot snapshot = backend->live().copy();
    snapshot.problems = {{Problem::Severity::kError, Timestamp(1), "orders-3", "The disk is full."}};
    backend->live().set(snapshot);
    QVERIFY(says(QStringLiteral("1 problem")));
    QVERIFY(says(QStringLiteral("4 connections")));
}

void TestShell::navigationShowsCounts() {
    const auto backend = test::FakeBackend::sampleCluster();
    MainWindow window(*backend, tracePages());
    auto* bar = window.findChild<NavigationBar*>();
    QCOMPARE(bar->width(), 200);
    bar->setCollapsed(true);
    QCOMPARE(bar->width(), 56);
    QCOMPARE(backend->settings().value(QStringLiteral("shell/navigationCollapsed"), false).toBool(), true);
    QSignalSpy chosen(bar, &NavigationBar::chosen);
    for (auto* button : bar->findChildren<NavigationButton*>()) {
        if (button->text() == QStringLiteral("Topics")) {
            QTest::mouseClick(button, Qt::LeftButton);
        }
    }
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(window.workspace().currentTarget()->kind, PageKind::kTopics);
}

void TestShell::welcomeIsSaidOnce() {
    const auto backend = test::FakeBackend::sampleCluster();
    {
        MainWindow window(*backend, tracePages());
        auto* banner = window.centralWidget()->findChild<Banner*>();
        QVERIFY(banner->sentence().contains(QStringLiteral("broker is serving")));
        for (auto* button : banner->findChildren<QPushButton*>()) {
            button->click();
        }
        QVERIFY(banner->sentence().isEmpty());
    }
    const MainWindow window(*backend, tracePages());
    QVERIFY(window.centralWidget()->findChild<Banner*>()->sentence().isEmpty());
}

void TestShell::staleClusterIsSaid() {
    const auto backend = test::FakeBackend::sampleCluster();
    backend->settings().setValue(QStringLiteral("shell/welcomed"), true);
    const MainWindow window(*backend, tracePages());
    auto* banner = window.centralWidget()->findChild<Banner*>();
    backend->live().stale = QStringLiteral("The cluster has not answered for 12 s.");
    backend->live().set(backend->live().copy());
    QCOMPARE(banner->sentence(), backend->live().stale);
    backend->live().stale.clear();
    backend->live().set(backend->live().copy());
    QVERIFY(banner->sentence().isEmpty());
}

void TestShell::everyControlHasAName() {
    const auto backend = test::FakeBackend::sampleCluster();
    MainWindow window(*backend, allPages());
    for (const PageInfo& page : allPages().listed()) {
        window.go(to(page.kind));
    }
    for (const char* section : {"messages", "partitions", "config", "groups"}) {
        window.go(to(PageKind::kTopic, QStringLiteral("stocks.trades"), QString::fromLatin1(section)));
    }
    window.go(to(PageKind::kGroup, QStringLiteral("fraud-detector")));
    QStringList nameless;
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        const bool control = qobject_cast<const QAbstractButton*>(widget) != nullptr ||
                             qobject_cast<const QLineEdit*>(widget) != nullptr ||
                             qobject_cast<const QComboBox*>(widget) != nullptr ||
                             qobject_cast<const QAbstractSpinBox*>(widget) != nullptr ||
                             qobject_cast<const QAbstractSlider*>(widget) != nullptr ||
                             qobject_cast<const QPlainTextEdit*>(widget) != nullptr ||
                             qobject_cast<const RecordTable*>(widget) != nullptr ||
                             qobject_cast<const QAbstractItemView*>(widget) != nullptr;
        const QString kind = QString::fromLatin1(widget->metaObject()->className());
        // Parts that Qt makes inside its own widgets speak through their owner.
        const bool inner =
            kind.startsWith(QStringLiteral("QTab")) || widget->objectName().startsWith(QStringLiteral("qt_")) ||
            kind == QStringLiteral("CloseButton") || kind == QStringLiteral("QComboBoxListView") ||
            kind == QStringLiteral("QHeaderView") || kind == QStringLiteral("QTableCornerButton") ||
            kind == QStringLiteral("QLineEditIconButton") || kind.endsWith(QStringLiteral("ScrollBar")) ||
            (widget->parentWidget() != nullptr && widget->parentWidget()->inherits("QTabBar"));
        if (control && !inner && !widget->isHidden()) {
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            const bool named =
                !widget->accessibleName().isEmpty() || (button != nullptr && !button->text().isEmpty()) ||
                (widget->parentWidget() != nullptr && widget->parentWidget()->inherits("QAbstractSpinBox")) ||
                (widget->parentWidget() != nullptr && widget->parentWidget()->inherits("QComboBox"));
            const QString place = kind + QStringLiteral(" in ") +
                                  QString::fromLatin1(widget->parentWidget()->metaObject()->className()) +
                                  QStringLiteral(": ") + widget->accessibleName();
            if (!named) {
                nameless.append(place);
                continue;
            }
            const QWidget* proxy = widget->focusProxy() != nullptr ? widget->focusProxy() : widget;
            // These only tell, or are moved by the field above them: figures at the foot, the palette's matches, and
            // the titles of record columns, which the menu of columns chooses.
            const bool tells = widget->parentWidget()->inherits("weir::ui::StatusStrip") ||
                               widget->parentWidget()->inherits("weir::ui::CommandPalette") ||
                               kind == QStringLiteral("weir::ui::RecordColumns");
            if (!tells && (proxy->focusPolicy() & Qt::TabFocus) == 0) {
                nameless.append(QStringLiteral("no key reaches ") + place);
            }
        }
    }
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QLatin1Char('\n'))));
}

void TestShell::aTopicsPageDoesWhatTheListDoes() {
    const auto backend = test::FakeBackend::sampleCluster();
    MainWindow window(*backend, allPages());
    window.show();
    window.go(to(PageKind::kTopic, QStringLiteral("orders")));
    Page* page = window.workspace().currentPage();
    const auto find = [page](const QString& text) {
        for (QAction* action : page->actions()) {
            if (action->text() == text) {
                return action;
            }
        }
        return static_cast<QAction*>(nullptr);
    };
    for (const char* text : {"Edit settings", "Add partitions", "Clone", "Export", "Purge", "Delete"}) {
        QVERIFY2(find(QString::fromLatin1(text)) != nullptr, text);
        QVERIFY2(find(QString::fromLatin1(text))->isEnabled(), text);
    }
    // The palette runs them too.
    window.commandPalette().open();
    auto* edit = window.commandPalette().findChild<QLineEdit*>();
    QTest::keyClicks(edit, QStringLiteral("delete"));
    QTest::keyClick(edit, Qt::Key_Return);
    SidePanel* panel = nullptr;
    QTRY_VERIFY((panel = page->findChild<SidePanel*>()) != nullptr && panel->isVisible());
    const auto buttons = panel->findChildren<QPushButton*>();
    const auto danger = std::find_if(buttons.begin(), buttons.end(), [](const QPushButton* each) {
        return each->text().startsWith(QStringLiteral("Delete"));
    });
    QVERIFY(danger != buttons.end());
    (*danger)->click();
    QTRY_VERIFY(backend->asked.has(QStringLiteral("remove orders")));
    QTRY_VERIFY(!find(QStringLiteral("Delete"))->isEnabled());
    QPushButton* undo = nullptr;
    const auto offersUndo = [&] {
        for (auto* each : page->findChildren<QPushButton*>()) {
            undo = each->text() == QStringLiteral("Undo") && each->isVisible() ? each : undo;
        }
        return undo != nullptr;
    };
    QTRY_VERIFY(offersUndo());
    QTest::mouseClick(undo, Qt::LeftButton);
    QTRY_VERIFY(backend->live().current()->findTopic("orders") != nullptr);
    QTRY_VERIFY(find(QStringLiteral("Delete"))->isEnabled());
}

void TestShell::schemeChangesLive() {
    const auto backend = test::FakeBackend::sampleCluster();
    followLookSettings(Theme::of(), backend->settings());
    backend->settings().setValue(kSchemeKey, QStringLiteral("light"));
    QCOMPARE(Theme::of().scheme(), Scheme::kLight);
    backend->settings().setValue(kSchemeKey, QStringLiteral("dark"));
    QCOMPARE(Theme::of().scheme(), Scheme::kDark);
    backend->settings().setValue(kDensityKey, QStringLiteral("presenter"));
    QCOMPARE(Theme::of().density(), Density::kPresenter);
    backend->settings().setValue(kDensityKey, QStringLiteral("anything else"));
    QCOMPARE(Theme::of().density(), Density::kNormal);
    for (const SchemeChoice choice : {SchemeChoice::kSystem, SchemeChoice::kDark, SchemeChoice::kHighContrast}) {
        QCOMPARE(schemeChoiceOf(nameOf(choice)), choice);
    }
}

void TestShell::realPagesOpen() {
    for (const bool sample : {true, false}) {
        const auto backend = sample ? test::FakeBackend::sampleCluster() : std::make_unique<test::FakeBackend>();
        MainWindow window(*backend, allPages());
        window.show();
        for (const PageInfo& page : allPages().listed()) {
            window.go(to(page.kind));
            QVERIFY(window.workspace().currentPage() != nullptr);
            QCOMPARE(window.workspace().currentTarget()->kind, page.kind);
            QVERIFY(!window.grab().isNull());
        }
    }
}

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const Theme theme(app);
    TestShell test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_shell.moc"
