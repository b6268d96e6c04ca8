// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/popover.h"

#include <QPainter>
#include <QScreen>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/buttons.h"

namespace weir::ui {

Popover::Popover(const QString& title, QWidget* owner) : QFrame(owner, Qt::Popup) {
    setAttribute(Qt::WA_DeleteOnClose);
    setFrameShape(NoFrame);
    setAccessibleName(title);
    m_body = new QVBoxLayout(this);
    m_body->setContentsMargins(16, 12, 16, 16);
    m_body->setSpacing(8);
    m_body->addWidget(makeLabel(title, FontRole::kSection, Tint::kText, this));
}

void Popover::openAbove(QWidget* anchor) {
    setMinimumWidth(Theme::of().px(320));
    setMaximumWidth(Theme::of().px(520));
    adjustSize();
    const QPoint corner = anchor->mapToGlobal(QPoint(anchor->width() - width(), -height() - 6));
    const QRect room = anchor->screen()->availableGeometry();
    move(std::clamp(corner.x(), room.left(), std::max(room.left(), room.right() - width())),
         std::max(room.top(), corner.y()));
    show();
}

void Popover::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), Theme::of().color(Tint::kRaised));
    painter.setPen(Theme::of().color(Tint::kOutline));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace weir::ui
