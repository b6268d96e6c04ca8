// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include <QCloseEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QVBoxLayout>

#include "ui/shell/folder_opener.h"
#include "ui/shell/navigation_bar.h"
#include "ui/shell/shortcuts_overlay.h"
#include "ui/shell/status_strip.h"
#include "ui/shell/unlock_dialog.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/look_settings.h"

namespace weir::ui {
namespace {

const QString kSessionKey = QStringLiteral("shell/session");
const QString kGeometryKey = QStringLiteral("shell/geometry");
const QString kCollapsedKey = QStringLiteral("shell/navigationCollapsed");
const QString kWelcomedKey = QStringLiteral("shell/welcomed");

}  // namespace

MainWindow::MainWindow(Backend& backend, PageFactory factory, QWidget* parent)
    : QMainWindow(parent), m_backend(backend), m_factory(std::move(factory)), m_actions(new ActionRegistry(this)) {
    setWindowTitle(QStringLiteral("Weir"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/weir.svg")));
    setMinimumSize(860, 560);
    setContextMenuPolicy(Qt::NoContextMenu);
    auto* middle = new QWidget(this);
    m_middle = middle;
    auto* row = new QHBoxLayout(middle);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_navigation = new NavigationBar(backend, m_factory, middle);
    row->addWidget(m_navigation);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    auto* bannerRow = new QHBoxLayout;
    bannerRow->setContentsMargins(12, 0, 12, 0);
    m_banner = new Banner(middle);
    m_banner->setOuterMargins(QMargins(0, 8, 0, 4));
    bannerRow->addWidget(m_banner);
    column->addLayout(bannerRow);
    m_workspace = new Workspace(backend, m_factory, middle);
    column->addWidget(m_workspace, 1);
    row->addLayout(column, 1);
    auto* whole = new QWidget(this);
    auto* rows = new QVBoxLayout(whole);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(middle, 1);
    m_status = new StatusStrip(backend, whole);
    rows->addWidget(m_status);
    setCentralWidget(whole);
    m_palette = new CommandPalette([this] { return paletteItems(); }, whole);

    const auto goTo = [this](PageKind kind) {
        NavigationTarget target;
        target.kind = kind;
        go(target);
    };
    connect(m_navigation, &NavigationBar::chosen, this, goTo);
    connect(m_navigation, &NavigationBar::searchRequested, m_palette, &CommandPalette::open);
    connect(m_navigation, &NavigationBar::clustersRequested, this, &MainWindow::showClusters);
    connect(m_navigation, &NavigationBar::collapsedChanged, this,
            [this](bool collapsed) { m_backend.settings().setValue(kCollapsedKey, collapsed); });
    connect(m_status, &StatusStrip::clientsRequested, this, [goTo] { goTo(PageKind::kClients); });
    connect(m_workspace, &Workspace::currentChanged, this, &MainWindow::onCurrentChanged);
    connect(m_workspace, &Workspace::emptied, this, [goTo] { goTo(PageKind::kOverview); });
    connect(&backend.live(), &LiveFeed::changed, this, &MainWindow::onProblem);
    addPageActions();
    addActions();
    addLookActions();
    followLock();
    restoreSession();
    welcome();
}

void MainWindow::go(const NavigationTarget& target) {
    m_workspace->go(target);
}

void MainWindow::addPageActions() {
    const QString group = tr("Go to");
    m_actions->add(group, tr("Jump to anything"), QStringLiteral("search"), {Qt::CTRL | Qt::Key_K},
                   [this] { m_palette->open(); });
    int digit = 1;
    for (const PageInfo& page : m_factory.listed()) {
        QList<QKeySequence> keys;
        if (page.kind == PageKind::kSettings) {
            keys = {QKeySequence(Qt::CTRL | Qt::Key_Comma)};
        } else if (digit <= 9) {
            keys = {QKeySequence(static_cast<int>(Qt::CTRL) | (Qt::Key_0 + digit++))};
        }
        m_actions->add(group, page.title, page.icon, keys, [this, kind = page.kind] {
            NavigationTarget target;
            target.kind = kind;
            go(target);
        });
    }
}

void MainWindow::addActions() {
    const QString page = tr("This page");
    m_actions->add(page, tr("Search on this page"), QStringLiteral("filter"),
                   {QKeySequence(Qt::Key_Slash), QKeySequence(Qt::CTRL | Qt::Key_F)}, [this] {
                       if (Page* current = m_workspace->currentPage()) {
                           current->focusSearch();
                       }
                   });
    m_actions->add(page, tr("Refresh"), QStringLiteral("refresh"), {QKeySequence(Qt::Key_F5)}, [this] {
        if (Page* current = m_workspace->currentPage()) {
            current->refresh();
        }
    });
    const QString window = tr("Window");
    m_actions->add(window, tr("Switch cluster"), QStringLiteral("swap"),
                   {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_K)},
                   [this] { showClusters(m_navigation->mapToGlobal(QPoint(8, 56))); });
    if (Connections* const connections = m_backend.connections()) {
        auto* const folders = new FolderOpener(*connections, this, [this](const QString& why) {
            announce(Mood::kWarning, why, tr("Close"), [this] { retract(); });
        });
        m_actions->add(window, tr("Open a log folder…"), QStringLiteral("folder"),
                       {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)}, [folders] { folders->choose(); });
    }
    m_actions->add(window, tr("Close tab"), QStringLiteral("close"), {QKeySequence(Qt::CTRL | Qt::Key_W)},
                   [this] { m_workspace->closeCurrent(); });
    m_actions->add(window, tr("Next tab"), QStringLiteral("chevron-right"),
                   {QKeySequence(Qt::CTRL | Qt::Key_Tab), QKeySequence(Qt::CTRL | Qt::Key_PageDown)},
                   [this] { m_workspace->nextTab(1); });
    m_actions->add(window, tr("Previous tab"), QStringLiteral("chevron-left"),
                   {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Tab), QKeySequence(Qt::CTRL | Qt::Key_PageUp)},
                   [this] { m_workspace->nextTab(-1); });
    m_actions->add(window, tr("Move tab to the other side"), QStringLiteral("split"),
                   {QKeySequence(Qt::CTRL | Qt::Key_Backslash)}, [this] { m_workspace->splitCurrent(); });
    m_actions->add(window, tr("Collapse or expand the navigation"), QStringLiteral("sidebar"),
                   {QKeySequence(Qt::CTRL | Qt::Key_B)},
                   [this] { m_navigation->setCollapsed(!m_navigation->isCollapsed()); });
    m_actions->add(window, tr("Show problems"), QStringLiteral("warning"), {}, [this] { m_status->showProblems(); });
    m_actions->add(window, tr("Keyboard shortcuts"), QStringLiteral("help"),
                   {QKeySequence(Qt::Key_F1), QKeySequence(Qt::Key_Question)},
                   [this] { new ShortcutsOverlay(*m_actions, centralWidget()); });
    const QString lists = tr("In lists");
    m_actions->note(lists, tr("Open"), tr("Enter"));
    m_actions->note(lists, tr("Preview"), tr("Space"));
    m_actions->note(lists, tr("Select all"), tr("Ctrl+A"));
    m_actions->note(lists, tr("Copy as text"), tr("Ctrl+C"));
    m_actions->note(lists, tr("Copy as JSON"), tr("Ctrl+Shift+C"));
    m_actions->note(lists, tr("Find a row"), tr("type its name"));
}

void MainWindow::addLookActions() {
    const QString group = tr("Look");
    const auto remember = [this](const QString& key, const QString& value) {
        return [this, key, value] { m_backend.settings().setValue(key, value); };
    };
    m_actions->add(group, tr("Dark"), QStringLiteral("moon"), {}, remember(kSchemeKey, nameOf(SchemeChoice::kDark)));
    m_actions->add(group, tr("Light"), QStringLiteral("sun"), {}, remember(kSchemeKey, nameOf(SchemeChoice::kLight)));
    m_actions->add(group, tr("High contrast"), QStringLiteral("contrast"), {},
                   remember(kSchemeKey, nameOf(SchemeChoice::kHighContrast)));
    m_actions->add(group, tr("Look as the system does"), QStringLiteral("settings"), {},
                   remember(kSchemeKey, nameOf(SchemeChoice::kSystem)));
    m_actions->add(group, tr("Switch between dark and light"), QStringLiteral("sun"),
                   {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L)}, [this] {
                       m_backend.settings().setValue(
                           kSchemeKey, nameOf(Theme::of().isDark() ? SchemeChoice::kLight : SchemeChoice::kDark));
                   });
    m_actions->add(group, tr("Presenter mode"), QStringLiteral("expand"),
                   {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P)}, [this] {
                       const bool on = Theme::of().density() == Density::kPresenter;
                       m_backend.settings().setValue(kDensityKey, nameOf(on ? Density::kNormal : Density::kPresenter));
                   });
    m_actions->add(group, tr("Compact rows"), QStringLiteral("topics"), {}, [this] {
        const bool on = Theme::of().density() == Density::kCompact;
        m_backend.settings().setValue(kDensityKey, nameOf(on ? Density::kNormal : Density::kCompact));
    });
}

std::vector<PaletteItem> MainWindow::paletteItems() {
    std::vector<PaletteItem> items;
    // What the page in front can do comes first.
    if (const Page* page = m_workspace->currentPage()) {
        for (QAction* action : page->actions()) {
            if (action->isEnabled() && action->isVisible() && !action->text().isEmpty()) {
                items.push_back(
                    {QStringLiteral("command"), action->text(), page->title(), [action] { action->trigger(); }});
            }
        }
    }
    const auto open = [this](PageKind kind, const QString& subject) {
        return [this, kind, subject] {
            NavigationTarget target;
            target.kind = kind;
            target.subject = subject;
            go(target);
        };
    };
    for (const ActionRegistry::Entry& entry : m_actions->entries()) {
        const QString keys = entry.action->shortcut().toString(QKeySequence::NativeText);
        if (entry.action->text() != tr("Jump to anything")) {
            const PageInfo* page = nullptr;
            for (const PageInfo& each : m_factory.listed()) {
                page = each.title == entry.action->text() ? m_factory.info(each.kind) : page;
            }
            items.push_back({page != nullptr ? page->icon : QStringLiteral("command"), entry.action->text(),
                             keys.isEmpty() ? entry.group : keys, [action = entry.action] { action->trigger(); }});
        }
    }
    const SnapshotPtr snapshot = m_backend.live().current();
    if (m_factory.info(PageKind::kTopic) != nullptr) {
        for (const auto& topic : snapshot->topics) {
            const QString name = QString::fromStdString(topic->name);
            items.push_back({QStringLiteral("topics"), name, tr("Topic"), open(PageKind::kTopic, name)});
        }
    }
    if (m_factory.info(PageKind::kGroup) != nullptr) {
        for (const auto& group : snapshot->groups) {
            const QString id = QString::fromStdString(group->id);
            items.push_back({QStringLiteral("groups"), id, tr("Group"), open(PageKind::kGroup, id)});
        }
    }
    if (m_factory.info(PageKind::kClients) != nullptr) {
        for (const ConnectionSnapshot& client : snapshot->connections) {
            const QString name =
                QString::fromStdString(client.clientId.empty() ? client.remoteAddress : client.clientId);
            items.push_back({QStringLiteral("clients"), name, tr("Client"),
                             open(PageKind::kClients, QString::fromStdString(client.clientId))});
        }
    }
    return items;
}

void MainWindow::onCurrentChanged() {
    if (const NavigationTarget* target = m_workspace->currentTarget()) {
        m_navigation->setCurrent(target->kind);
        const Page* page = m_workspace->currentPage();
        const ClusterFacts facts = m_backend.facts();
        const QString whole = facts.isEmbedded ? QStringLiteral("Weir") : facts.name + QStringLiteral(" – Weir");
        setWindowTitle(page == nullptr || page->title().isEmpty() ? whole
                                                                  : page->title() + QStringLiteral(" – ") + whole);
    }
}

// Every open cluster has a window; this goes from one to the other.
void MainWindow::showClusters(const QPoint& at) {
    Connections* const connections = m_backend.connections();
    if (connections == nullptr) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const OpenCluster& cluster : connections->openClusters()) {
        QAction* const action = menu->addAction(cluster.name);
        action->setCheckable(true);
        action->setChecked(cluster.name == m_backend.facts().name);
        connect(action, &QAction::triggered, connections, [connections, id = cluster.id] { connections->show(id); });
    }
    menu->addSeparator();
    if (ChangeLock* const lock = m_backend.changeLock()) {
        connect(menu->addAction(lock->isLocked() ? tr("Allow changes in %1…").arg(lock->word())
                                                 : tr("Lock %1 again").arg(lock->word())),
                &QAction::triggered, this, &MainWindow::toggleLock);
    }
    connect(menu->addAction(tr("Connect to a cluster…")), &QAction::triggered, this, [this] {
        NavigationTarget target;
        target.kind = PageKind::kConnections;
        go(target);
    });
    menu->popup(at);
}

void MainWindow::followLock() {
    ChangeLock* const lock = m_backend.changeLock();
    if (lock == nullptr) {
        return;
    }
    m_actions->add(tr("Window"), tr("Allow changes, or lock again"), QStringLiteral("key"),
                   {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_U)}, [this] { toggleLock(); });
    // Whoever tried to change something is asked at once, and tries again.
    connect(lock, &ChangeLock::refused, this, [this, lock] {
        if (lock->isLocked() && m_unlock == nullptr) {
            toggleLock();
        }
    });
}

void MainWindow::toggleLock() {
    ChangeLock* const lock = m_backend.changeLock();
    if (!lock->isLocked()) {
        lock->lock();
        return;
    }
    m_unlock = new UnlockDialog(*lock, this);
    m_unlock->open();
}

void MainWindow::onProblem() {
    if (m_welcoming) {
        return;
    }
    const QString stale = m_backend.live().staleReason();
    if (stale != m_banner->sentence()) {
        if (stale.isEmpty()) {
            m_banner->clear();
        } else {
            m_banner->show(Mood::kWarning, stale);
        }
    }
}

void MainWindow::welcome() {
    if (!m_backend.facts().isEmbedded || m_backend.settings().value(kWelcomedKey, false).toBool()) {
        return;
    }
    m_welcoming = true;
    m_banner->show(
        Mood::kInfo,
        tr("A Kafka broker is serving; any client connects unchanged. %1 jumps to anything, F1 lists every key.")
            .arg(QKeySequence(Qt::CTRL | Qt::Key_K).toString(QKeySequence::NativeText)));
    m_banner->setAction(tr("Got it"), [this] {
        m_welcoming = false;
        m_banner->clear();
        m_backend.settings().setValue(kWelcomedKey, true);
    });
}

void MainWindow::announce(Mood mood, const QString& sentence, const QString& action, std::function<void()> run) {
    m_welcoming = true;
    m_banner->show(mood, sentence);
    m_banner->setAction(action, std::move(run));
}

void MainWindow::retract() {
    m_welcoming = false;
    m_banner->setAction({}, {});
    m_banner->clear();
    onProblem();
}

void MainWindow::standAside(EmptyState* instead) {
    delete m_instead;
    m_instead = instead;
    for (QWidget* usual : {m_middle, static_cast<QWidget*>(m_status)}) {
        usual->setVisible(instead == nullptr);
    }
    for (const ActionRegistry::Entry& entry : m_actions->entries()) {
        entry.action->setEnabled(instead == nullptr);
    }
    if (instead != nullptr) {
        m_palette->hide();
        static_cast<QVBoxLayout*>(centralWidget()->layout())->insertWidget(0, instead, 1);
    }
}

void MainWindow::restoreSession() {
    Settings& settings = m_backend.settings();
    if (!restoreGeometry(settings.value(kGeometryKey).toByteArray())) {
        resize(1280, 800);
    }
    m_navigation->setCollapsed(settings.value(kCollapsedKey, false).toBool());
    m_workspace->restore(settings.value(kSessionKey).toMap());
    if (m_workspace->tabCount() == 0) {
        go(NavigationTarget{});
    }
}

void MainWindow::saveSession() {
    m_backend.settings().setValue(kGeometryKey, saveGeometry());
    m_backend.settings().setValue(kSessionKey, m_workspace->save());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    saveSession();
    QMainWindow::closeEvent(event);
}

}  // namespace weir::ui
