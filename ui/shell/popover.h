// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QVBoxLayout;

namespace weir::ui {

/// A small raised box that hangs on a control and closes when one clicks elsewhere or presses Escape. Deletes itself.
class Popover : public QFrame {
    Q_OBJECT

public:
    Popover(const QString& title, QWidget* owner);
    [[nodiscard]] QVBoxLayout* body() const { return m_body; }
    /// Above `anchor`, kept on the screen.
    void openAbove(QWidget* anchor);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVBoxLayout* m_body;
};

}  // namespace weir::ui
