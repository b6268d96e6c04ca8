// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/card.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

#include "ui/widgets/buttons.h"

namespace weir::ui {

Card::Card(const QString& title, QWidget* parent) : QWidget(parent) {
    setAccessibleName(title);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    m_head = new QHBoxLayout;
    m_head->setContentsMargins(12, 8, 12, 8);
    m_head->setSpacing(Theme::kGap);
    if (!title.isEmpty()) {
        auto* label = makeLabel(title, FontRole::kSection, Tint::kText, this);
        label->setMinimumHeight(Theme::of().controlHeight());
        m_head->addWidget(label);
        m_head->addStretch(1);
        column->addLayout(m_head);
    }
    m_body = new QVBoxLayout;
    m_body->setContentsMargins(12, title.isEmpty() ? 12 : 0, 12, 12);
    m_body->setSpacing(Theme::kGap);
    column->addLayout(m_body, 1);
    if (title.isEmpty()) {
        m_head->setParent(nullptr);
        m_body->insertLayout(0, m_head);
        m_head->setContentsMargins(0, 0, 0, 0);
    }
}

void Card::setFlush() {
    m_body->setContentsMargins(0, 0, 0, 4);
}

void Card::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Theme::of().color(Tint::kLine));
    painter.setBrush(Theme::of().color(Tint::kPanel));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
}

}  // namespace weir::ui
