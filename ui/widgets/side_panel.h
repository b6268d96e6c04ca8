// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

#include "ui/widgets/buttons.h"

class QPropertyAnimation;
class QScrollArea;
class QVBoxLayout;

namespace weir::ui {

class Banner;

/// Where things are created and edited: slides in from the right and keeps the page visible. Escape and Cancel close
/// it; the primary button (or Ctrl+Enter) emits accepted(), and whoever made the panel does the work and then calls
/// close(), or showError() with what to do. Give it to Page::openPanel().
class SidePanel : public QWidget {
    Q_OBJECT

public:
    explicit SidePanel(const QString& title, QWidget* parent = nullptr);

    /// A column that scrolls when it must; 16 px margins are set.
    [[nodiscard]] QVBoxLayout* body() const { return m_body; }
    /// A label above a control, and a hint below it where `hint` is not empty.
    void addField(const QString& label, QWidget* control, const QString& hint = {});
    /// A semibold line above what follows.
    void addSection(const QString& title);

    /// "Create topic", "Delete 3 topics".
    void setPrimary(const QString& text, ButtonKind kind = ButtonKind::kPrimary);
    /// A disabled button says why in its tooltip.
    void setPrimaryEnabled(bool enabled, const QString& whyNot = {});
    /// While the answer is awaited: the button is disabled and says so.
    void setBusy(bool busy);
    void showError(const QString& sentence);
    void clearError();
    void setWide(bool wide);

    void openOver(QWidget* page);
    /// Slides out and deletes itself.
    void close();

Q_SIGNALS:
    void accepted();
    void closed();

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] QRect placed(bool open) const;
    void slide(bool open);

    QLabel* m_title;
    QVBoxLayout* m_body;
    QScrollArea* m_scroll;
    Banner* m_error;
    QPushButton* m_primary;
    QString m_primaryText;
    QString m_whyNot;
    bool m_enabled = true;
    bool m_busy = false;
    bool m_closing = false;
    int m_width = 440;
    QPointer<QWidget> m_page;
    QPointer<QWidget> m_focusBefore;
    QPropertyAnimation* m_animation;
};

}  // namespace weir::ui
