// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/shell/tab_area.h"

class QSplitter;

namespace weir::ui {

/// The middle of the window: one area of tabs, or two side by side. One tab exists per kind and subject, wherever it
/// stands; the area that was used last takes new ones.
class Workspace : public QWidget {
    Q_OBJECT

public:
    Workspace(Backend& backend, const PageFactory& factory, QWidget* parent = nullptr);

    void go(const NavigationTarget& target);
    [[nodiscard]] Page* currentPage() const;
    [[nodiscard]] const NavigationTarget* currentTarget() const;
    void closeCurrent();
    /// The tab in front goes to the other side, which is made when there is none.
    void splitCurrent();
    void nextTab(int by);
    [[nodiscard]] int areaCount() const;
    [[nodiscard]] int tabCount() const;

    /// Plain values only; restore() takes anything and uses what it understands.
    [[nodiscard]] QVariantMap save() const;
    void restore(const QVariantMap& saved);

Q_SIGNALS:
    void currentChanged();
    /// The last tab of the window was closed.
    void emptied();

private:
    TabArea* addArea();
    void onEmptied(TabArea* area);
    void split(TabArea* from, int index);
    void setActive(TabArea* area);
    [[nodiscard]] std::vector<TabArea*> areas() const;

    static constexpr int kVersion = 1;

    Backend& m_backend;
    const PageFactory& m_factory;
    QSplitter* m_splitter;
    QPointer<TabArea> m_active;
};

}  // namespace weir::ui
