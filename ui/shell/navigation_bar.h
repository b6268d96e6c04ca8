// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QHash>
#include <QWidget>

#include "ui/shell/page_factory.h"

class QVBoxLayout;

namespace weir::ui {

/// One entry: icon, words, a small count at the right.
class NavigationButton : public QAbstractButton {
    Q_OBJECT

public:
    NavigationButton(const QString& icon, const QString& text, QWidget* parent);
    void setCount(const QString& count);
    void setCollapsed(bool collapsed);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QString m_icon;
    QString m_count;
    bool m_collapsed = false;
    bool m_byKeyboard = false;
};

/// The left edge: the cluster with its state, then the pages, then what is rarely needed. 200 px wide, 56 when only the
/// icons are wanted.
class NavigationBar : public QWidget {
    Q_OBJECT

public:
    NavigationBar(Backend& backend, const PageFactory& factory, QWidget* parent = nullptr);
    void setCurrent(PageKind kind);
    void setCollapsed(bool collapsed);
    [[nodiscard]] bool isCollapsed() const { return m_collapsed; }

Q_SIGNALS:
    void chosen(weir::ui::PageKind kind);
    void collapsedChanged(bool collapsed);
    void searchRequested();
    /// The cluster's name was clicked.
    void clustersRequested(const QPoint& at);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    void update4Hz();
    void addEntry(const PageInfo& page, QVBoxLayout* column);

    Backend& m_backend;
    QHash<int, NavigationButton*> m_buttons;
    NavigationButton* m_search;
    NavigationButton* m_fold;
    bool m_collapsed = false;
    bool m_stale = false;
    bool m_isOpen = false;
    QString m_clusterName;
    QString m_clusterLine;
};

}  // namespace weir::ui
