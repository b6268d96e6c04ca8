// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <QPointer>

#include "ui/shell/action_registry.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/page_factory.h"
#include "ui/widgets/banner.h"

namespace weir::ui {

class EmptyState;
class NavigationBar;
class StatusStrip;
class UnlockDialog;
class Workspace;

/// The window: navigation, workspace, status strip and what one reaches from everywhere. Wires, and does nothing else.
/// `backend` outlives it. The look is set before it is made (followLookSettings).
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    MainWindow(Backend& backend, PageFactory factory, QWidget* parent = nullptr);

    void go(const NavigationTarget& target);
    [[nodiscard]] Workspace& workspace() const { return *m_workspace; }
    [[nodiscard]] ActionRegistry& actions() const { return *m_actions; }
    [[nodiscard]] CommandPalette& commandPalette() const { return *m_palette; }
    /// One sentence across the top with a button, before anything else that stands there, until answered or retracted.
    void announce(Mood mood, const QString& sentence, const QString& action, std::function<void()> run);
    void retract();
    /// Nothing can be shown: `instead` fills the window, says why and offers what makes sense. The pages come back with
    /// nullptr.
    void standAside(EmptyState* instead);
    /// Everything the palette offers now.
    [[nodiscard]] std::vector<PaletteItem> paletteItems();

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void addActions();
    void addPageActions();
    void addLookActions();
    void restoreSession();
    void saveSession();
    void welcome();
    void onCurrentChanged();
    void onProblem();
    void showClusters(const QPoint& at);
    void followLock();
    void toggleLock();

    Backend& m_backend;
    PageFactory m_factory;
    ActionRegistry* m_actions;
    NavigationBar* m_navigation;
    Workspace* m_workspace;
    StatusStrip* m_status;
    Banner* m_banner;
    QWidget* m_middle;
    QPointer<EmptyState> m_instead;
    QPointer<UnlockDialog> m_unlock;
    CommandPalette* m_palette;
    bool m_welcoming = false;
};

}  // namespace weir::ui
