// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

namespace weir::ui {

class ActionRegistry;

/// F1 or "?": every key there is, by group, over the window. Any key or click closes it. Deletes itself.
class ShortcutsOverlay : public QFrame {
    Q_OBJECT

public:
    ShortcutsOverlay(const ActionRegistry& actions, QWidget* window);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();
};

}  // namespace weir::ui
