// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/buttons.h"

#include <QMenu>
#include <QPainter>

namespace weir::ui {
namespace {

const char* nameOf(ButtonKind kind) {
    switch (kind) {
        case ButtonKind::kPrimary:
            return "primary";
        case ButtonKind::kDanger:
            return "danger";
        case ButtonKind::kQuiet:
            return "quiet";
        case ButtonKind::kOrdinary:
            break;
    }
    return "";
}

Tint iconTint(ButtonKind kind) {
    return kind == ButtonKind::kPrimary || kind == ButtonKind::kDanger ? Tint::kOnAccent : Tint::kTextSecondary;
}

}  // namespace

QPushButton* makeButton(const QString& text, ButtonKind kind, const QString& icon, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setProperty("weirKind", QByteArray(nameOf(kind)));
    button->setAccessibleName(QString(text).remove(QLatin1Char('&')));
    button->setAutoDefault(false);
    if (!icon.isEmpty()) {
        button->setIcon(Theme::of().icon(icon, iconTint(kind)));
    }
    return button;
}

QPushButton* makeButton(QAction* action, ButtonKind kind, QWidget* parent) {
    auto* button = makeButton(action->text(), kind, QString(), parent);
    const auto follow = [button, action] {
        button->setText(action->text());
        button->setAccessibleName(QString(action->text()).remove(QLatin1Char('&')));
        QString tip =
            action->toolTip() == QString(action->text()).remove(QLatin1Char('&')) ? QString() : action->toolTip();
        if (!action->shortcut().isEmpty()) {
            tip += (tip.isEmpty() ? action->text().remove(QLatin1Char('&')) : tip) + QStringLiteral("  ") +
                   action->shortcut().toString(QKeySequence::NativeText);
        }
        button->setToolTip(tip);
        button->setEnabled(action->isEnabled());
        button->setVisible(action->isVisible());
        button->setCheckable(action->isCheckable());
        button->setChecked(action->isChecked());
        button->setIcon(action->icon());
        if (action->menu() != nullptr && button->menu() == nullptr) {
            button->setMenu(action->menu());
        }
    };
    follow();
    QObject::connect(action, &QAction::changed, button, follow);
    if (action->menu() == nullptr) {
        QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    }
    return button;
}

QToolButton* makeIconButton(const QString& icon, const QString& tooltip, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setAutoRaise(true);
    button->setIcon(Theme::of().icon(icon));
    button->setToolTip(tooltip);
    button->setAccessibleName(tooltip);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

void setTint(QWidget* widget, Tint tint) {
    QPalette palette = widget->palette();
    palette.setColor(QPalette::WindowText, Theme::of().color(tint));
    widget->setPalette(palette);
}

QLabel* makeLabel(const QString& text, FontRole role, Tint tint, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    const auto apply = [label, role, tint] {
        label->setFont(Theme::of().font(role));
        setTint(label, tint);
    };
    apply();
    QObject::connect(&Theme::of(), &Theme::changed, label, apply);
    return label;
}

QFrame* makeHairline(Qt::Orientation orientation, QWidget* parent) {
    auto* line = new QFrame(parent);
    line->setFrameShape(orientation == Qt::Horizontal ? QFrame::HLine : QFrame::VLine);
    line->setFrameShadow(QFrame::Plain);
    if (orientation == Qt::Horizontal) {
        line->setFixedHeight(1);
    } else {
        line->setFixedWidth(1);
    }
    return line;
}

ElidedLabel::ElidedLabel(QWidget* parent, Qt::TextElideMode mode) : QWidget(parent), m_mode(mode) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(&Theme::of(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void ElidedLabel::setText(const QString& text) {
    if (text == m_text) {
        return;
    }
    m_text = text;
    setAccessibleName(text);
    updateTooltip();
    updateGeometry();
    update();
}

void ElidedLabel::setLook(FontRole role, Tint tint) {
    m_role = role;
    m_tint = tint;
    updateGeometry();
    update();
}

QSize ElidedLabel::sizeHint() const {
    const QFontMetrics metrics(Theme::of().font(m_role));
    return {metrics.horizontalAdvance(m_text) + 2, metrics.height() + 2};
}

QSize ElidedLabel::minimumSizeHint() const {
    return {16, sizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(Theme::of().font(m_role));
    painter.setPen(Theme::of().color(isEnabled() ? m_tint : Tint::kTextDisabled));
    painter.drawText(rect(), Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(m_text, m_mode, width()));
}

void ElidedLabel::resizeEvent(QResizeEvent*) {
    updateTooltip();
}

void ElidedLabel::updateTooltip() {
    const bool cut = QFontMetrics(Theme::of().font(m_role)).horizontalAdvance(m_text) > width();
    setToolTip(cut ? m_text.toHtmlEscaped() : QString());
}

}  // namespace weir::ui
