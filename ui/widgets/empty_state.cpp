// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/empty_state.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

#include "ui/widgets/buttons.h"

namespace weir::ui {

EmptyState::EmptyState(const QString& icon, const QString& sentence, QWidget* parent) : QWidget(parent), m_icon(icon) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(8);
    layout->addStretch(2);
    layout->addSpacing(64);
    m_sentence = makeLabel(sentence, FontRole::kSection, Tint::kText, this);
    m_detail = makeLabel(QString(), FontRole::kBody, Tint::kTextSecondary, this);
    for (QLabel* label : {m_sentence, m_detail}) {
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
        // Lines longer than this are hard to read; narrower places wrap sooner.
        label->setMaximumWidth(Theme::of().px(560));
        auto* row = new QHBoxLayout;
        row->addStretch(1);
        row->addWidget(label, 1000);
        row->addStretch(1);
        layout->addLayout(row);
    }
    m_detail->hide();
    layout->addSpacing(8);
    m_steps = new QVBoxLayout;
    m_steps->setSpacing(8);
    layout->addLayout(m_steps);
    layout->addStretch(3);
    setAccessibleName(sentence);
}

void EmptyState::setSentence(const QString& sentence) {
    m_sentence->setText(sentence);
    setAccessibleName(sentence);
}

void EmptyState::setDetail(const QString& detail) {
    m_detail->setText(detail);
    m_detail->setVisible(!detail.isEmpty());
}

void EmptyState::addStep(QAction* action) {
    auto* button = makeButton(action, m_hasPrimary ? ButtonKind::kOrdinary : ButtonKind::kPrimary, this);
    m_hasPrimary = true;
    m_steps->addWidget(button, 0, Qt::AlignHCenter);
}

void EmptyState::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    const int size = 28;
    const int disc = 56;
    const QPointF centre(width() / 2.0, m_sentence->y() - 16 - disc / 2.0);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(Tint::kHover));
    painter.drawEllipse(centre, disc / 2.0, disc / 2.0);
    painter.drawPixmap(QPointF(centre.x() - size / 2.0, centre.y() - size / 2.0),
                       theme.pixmap(m_icon, size, Tint::kTextSecondary, devicePixelRatioF()));
}

}  // namespace weir::ui
