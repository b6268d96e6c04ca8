// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>
#include <vector>

#include "ui/shell/page_factory.h"

class QStackedWidget;
class QTabBar;

namespace weir::ui {

/// A row of tabs and the page of the one in front. A page is made when its tab is first shown, and deleted with it.
class TabArea : public QWidget {
    Q_OBJECT

public:
    struct Tab {
        NavigationTarget target;
        QString title;
        QVariantMap state;
        QPointer<Page> page;
    };

    TabArea(Backend& backend, const PageFactory& factory, QWidget* parent = nullptr);

    /// -1: not here.
    [[nodiscard]] int find(PageKind kind, const QString& subject) const;
    /// Adds a tab without showing it. Its page comes with the tab when it was made before.
    int add(Tab tab);
    /// Brings a tab to the front, makes its page when it has none, and tells it where to go.
    void bring(int index, const NavigationTarget* target);
    void close(int index);
    /// Takes a tab out with its page, for another area.
    Tab take(int index);
    [[nodiscard]] int current() const;
    [[nodiscard]] int count() const { return static_cast<int>(m_tabs.size()); }
    [[nodiscard]] const Tab& tab(int index) const { return m_tabs.at(static_cast<std::size_t>(index)); }
    [[nodiscard]] Page* currentPage() const;
    /// Tabs with what their pages want to keep.
    [[nodiscard]] QVariantMap save() const;
    void restore(const QVariantMap& saved);

Q_SIGNALS:
    void currentChanged();
    void navigationRequested(const weir::ui::NavigationTarget& target);
    /// The last tab was closed or taken.
    void emptied();
    void splitRequested(int index);
    void activated();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void ensurePage(int index);
    void showMenu(const QPoint& position);
    void onMoved(int from, int to);

    Backend& m_backend;
    const PageFactory& m_factory;
    QTabBar* m_bar;
    QStackedWidget* m_stack;
    std::vector<Tab> m_tabs;
    bool m_quiet = false;
};

}  // namespace weir::ui
