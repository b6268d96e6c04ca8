// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/side_panel.h"

#include <QApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QPropertyAnimation>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/widgets/banner.h"

namespace weir::ui {

SidePanel::SidePanel(const QString& title, QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(title);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(Theme::kPageMargin, 12, 8, 12);
    m_title = makeLabel(title, FontRole::kTitle, Tint::kText, this);
    head->addWidget(m_title, 1);
    auto* closeButton = makeIconButton(QStringLiteral("close"), tr("Close (Esc)"), this);
    head->addWidget(closeButton);
    column->addLayout(head);
    m_scroll = new QScrollArea(this);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* inner = new QWidget(m_scroll);
    m_body = new QVBoxLayout(inner);
    m_body->setContentsMargins(Theme::kPageMargin, 4, Theme::kPageMargin, Theme::kPageMargin);
    m_body->setSpacing(Theme::kSmallGap);
    m_body->setAlignment(Qt::AlignTop);
    m_scroll->setWidget(inner);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    // The panel paints the ground; the scrolled part must not cover it with the window's own colour.
    m_scroll->viewport()->setAutoFillBackground(false);
    inner->setAutoFillBackground(false);
    column->addWidget(m_scroll, 1);
    column->addWidget(makeHairline(Qt::Horizontal, this));
    auto* foot = new QVBoxLayout;
    foot->setContentsMargins(Theme::kPageMargin, 12, Theme::kPageMargin, 12);
    foot->setSpacing(Theme::kGap);
    m_error = new Banner(this);
    foot->addWidget(m_error);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    auto* cancel = makeButton(tr("Cancel"), ButtonKind::kOrdinary, QString(), this);
    buttons->addWidget(cancel);
    m_primary = makeButton(tr("Save"), ButtonKind::kPrimary, QString(), this);
    m_primaryText = m_primary->text();
    buttons->addWidget(m_primary);
    foot->addLayout(buttons);
    column->addLayout(foot);
    connect(closeButton, &QToolButton::clicked, this, &SidePanel::close);
    connect(cancel, &QPushButton::clicked, this, &SidePanel::close);
    connect(m_primary, &QPushButton::clicked, this, &SidePanel::accepted);
    m_animation = new QPropertyAnimation(this, "pos", this);
    m_animation->setEasingCurve(QEasingCurve::OutCubic);
    connect(m_animation, &QPropertyAnimation::finished, this, [this] {
        if (m_closing) {
            hide();
            deleteLater();
        }
    });
}

void SidePanel::addField(const QString& label, QWidget* control, const QString& hint) {
    if (m_body->count() > 0) {
        m_body->addSpacing(12);
    }
    auto* text = makeLabel(label, FontRole::kBodyMedium, Tint::kText, this);
    text->setBuddy(control);
    m_body->addWidget(text);
    m_body->addWidget(control);
    if (control->accessibleName().isEmpty()) {
        control->setAccessibleName(label);
    }
    if (!hint.isEmpty()) {
        auto* below = makeLabel(hint, FontRole::kSecondary, Tint::kTextSecondary, this);
        below->setWordWrap(true);
        m_body->addWidget(below);
        control->setAccessibleDescription(hint);
    }
}

void SidePanel::addSection(const QString& title) {
    m_body->addSpacing(m_body->count() > 0 ? 24 : 0);
    m_body->addWidget(makeLabel(title, FontRole::kSection, Tint::kText, this));
}

void SidePanel::setPrimary(const QString& text, ButtonKind kind) {
    m_primaryText = text;
    m_primary->setText(text);
    m_primary->setAccessibleName(text);
    m_primary->setProperty("weirKind", kind == ButtonKind::kDanger ? QByteArray("danger") : QByteArray("primary"));
    m_primary->update();
}

void SidePanel::setPrimaryEnabled(bool enabled, const QString& whyNot) {
    m_enabled = enabled;
    m_whyNot = enabled ? QString() : whyNot;
    m_primary->setEnabled(enabled && !m_busy);
    m_primary->setToolTip(m_whyNot);
}

void SidePanel::setBusy(bool busy) {
    m_busy = busy;
    m_primary->setEnabled(m_enabled && !busy);
    m_primary->setText(busy ? tr("Working…") : m_primaryText);
}

void SidePanel::showError(const QString& sentence) {
    setBusy(false);
    m_error->show(Mood::kError, sentence);
}

void SidePanel::clearError() {
    m_error->clear();
}

void SidePanel::setWide(bool wide) {
    m_width = wide ? 640 : 440;
}

QRect SidePanel::placed(bool open) const {
    const int width = std::min(Theme::of().px(m_width), m_page->width());
    return {open ? m_page->width() - width : m_page->width(), 0, width, m_page->height()};
}

void SidePanel::openOver(QWidget* page) {
    m_focusBefore = QApplication::focusWidget();
    if (m_page != page) {
        m_page = page;
        setParent(page);
        page->installEventFilter(this);
    }
    m_closing = false;
    show();
    raise();
    slide(true);
    QWidget* first = m_scroll->widget()->nextInFocusChain();
    while (first != nullptr && first != m_scroll->widget() &&
           (!m_scroll->widget()->isAncestorOf(first) || (first->focusPolicy() & Qt::TabFocus) == 0)) {
        first = first->nextInFocusChain();
    }
    (first != nullptr && first != m_scroll->widget() ? first : this)->setFocus(Qt::OtherFocusReason);
}

void SidePanel::close() {
    if (m_closing || m_page == nullptr) {
        return;
    }
    m_closing = true;
    Q_EMIT closed();
    if (m_focusBefore != nullptr) {
        m_focusBefore->setFocus(Qt::OtherFocusReason);
    }
    slide(false);
}

void SidePanel::slide(bool open) {
    m_animation->stop();
    const QRect to = placed(open);
    resize(to.size());
    if (Theme::of().reduceMotion()) {
        move(to.topLeft());
        if (!open) {
            hide();
            deleteLater();
        }
        return;
    }
    m_animation->setDuration(160);
    m_animation->setStartValue(open ? placed(false).topLeft() : pos());
    m_animation->setEndValue(to.topLeft());
    m_animation->start();
}

bool SidePanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_page && event->type() == QEvent::Resize && !m_closing) {
        m_animation->stop();
        setGeometry(placed(true));
    }
    return QWidget::eventFilter(watched, event);
}

void SidePanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        close();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
               (event->modifiers() & Qt::ControlModifier) != 0 && m_primary->isEnabled()) {
        Q_EMIT accepted();
    } else {
        QWidget::keyPressEvent(event);
    }
}

void SidePanel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), Theme::of().color(Tint::kPanel));
    painter.fillRect(0, 0, 1, height(), Theme::of().color(Tint::kOutline));
}

}  // namespace weir::ui
