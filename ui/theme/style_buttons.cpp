// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Style that draws what one presses and types into.
#include <QAbstractButton>
#include <QPainter>
#include <QStyleOption>
#include <QToolButton>

#include "ui/theme/style.h"
#include "ui/theme/theme.h"

namespace weir::ui {
namespace {

enum class Kind { kOrdinary, kPrimary, kDanger, kQuiet };

Kind kindOf(const QWidget* widget) {
    const QByteArray name = widget != nullptr ? widget->property("weirKind").toByteArray() : QByteArray();
    if (name == "primary") {
        return Kind::kPrimary;
    }
    if (name == "danger") {
        return Kind::kDanger;
    }
    return name == "quiet" ? Kind::kQuiet : Kind::kOrdinary;
}

bool focusShown(const QStyleOption* option) {
    return (option->state & QStyle::State_HasFocus) != 0 && (option->state & QStyle::State_KeyboardFocusChange) != 0;
}

void roundedBox(QPainter* painter, const QRect& rect, const QColor& fill, const QColor& edge, double radius) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(fill.alpha() == 0 ? QBrush(Qt::NoBrush) : QBrush(fill));
    painter->setPen(edge.alpha() == 0 ? QPen(Qt::NoPen) : QPen(edge, 1));
    const double inset = edge.alpha() == 0 ? 0.0 : 0.5;
    painter->drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius);
    painter->restore();
}

void focusRing(QPainter* painter, const QRect& rect, const QColor& color, double radius) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(color, 2));
    painter->drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), radius, radius);
    painter->restore();
}

}  // namespace

void Style::drawIcon(QPainter* painter, const QString& name, const QRect& rect, const QColor& color) const {
    const int side = std::min(rect.width(), rect.height());
    const QRect box(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2, side, side);
    painter->drawPixmap(box.topLeft(), tintedIcon(name, box.size(), color, painter->device()->devicePixelRatio()));
}

void Style::drawButton(const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const bool enabled = (option->state & State_Enabled) != 0;
    const bool down = (option->state & (State_Sunken | State_On)) != 0;
    const bool hover = enabled && (option->state & State_MouseOver) != 0;
    const Kind kind = kindOf(widget);
    const QColor text = m_theme.color(Tint::kText);
    QColor fill = m_theme.color(Tint::kControl);
    QColor edge = m_theme.color(Tint::kOutline);
    if (kind == Kind::kQuiet) {
        fill = hover || down ? m_theme.color(Tint::kHover) : QColor(0, 0, 0, 0);
        edge = QColor(0, 0, 0, 0);
    } else if (enabled && (kind == Kind::kPrimary || kind == Kind::kDanger)) {
        fill = m_theme.color(kind == Kind::kPrimary ? Tint::kAccentFill : Tint::kBadFill);
        fill = down ? blend(fill, Qt::black, 0.18) : hover ? blend(fill, Qt::black, 0.08) : fill;
        edge = fill;
    } else if (enabled) {
        fill = down ? blend(fill, text, 0.10) : hover ? blend(fill, text, 0.05) : fill;
    } else {
        fill = m_theme.color(Tint::kWindow);
        edge = m_theme.color(Tint::kLine);
    }
    roundedBox(painter, option->rect, fill, edge, Theme::kRadius);
    if (focusShown(option)) {
        const bool filled = kind == Kind::kPrimary || kind == Kind::kDanger;
        focusRing(painter, filled ? option->rect.adjusted(1, 1, -1, -1) : option->rect,
                  m_theme.color(filled ? Tint::kOnAccent : Tint::kAccent), Theme::kRadius - 1);
    }
}

void Style::drawButtonLabel(const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
    if (button == nullptr) {
        return;
    }
    const bool enabled = (option->state & State_Enabled) != 0;
    const Kind kind = kindOf(widget);
    const bool filled = enabled && (kind == Kind::kPrimary || kind == Kind::kDanger);
    const QColor color = m_theme.color(!enabled ? Tint::kTextDisabled : filled ? Tint::kOnAccent : Tint::kText);
    const bool hasMenu = (button->features & QStyleOptionButton::HasMenu) != 0;
    QRect area = button->rect;
    if (hasMenu && !button->text.isEmpty()) {
        drawIcon(painter, QStringLiteral("chevron-down"), QRect(area.right() - 22, area.top(), 14, area.height()),
                 color);
        area.adjust(0, 0, -14, 0);
    }
    const int textWidth =
        button->text.isEmpty() ? 0 : button->fontMetrics.size(Qt::TextShowMnemonic, button->text).width();
    if (!button->icon.isNull()) {
        const QSize size = button->iconSize;
        const int gap = textWidth > 0 ? 6 : 0;
        const int left = area.left() + std::max(0, (area.width() - textWidth - gap - size.width()) / 2);
        const QRect box(left, area.center().y() - size.height() / 2 + (size.height() % 2 == 0 ? 1 : 0), size.width(),
                        size.height());
        const QIcon::Mode mode = !enabled                                 ? QIcon::Disabled
                                 : (option->state & State_MouseOver) != 0 ? QIcon::Active
                                                                          : QIcon::Normal;
        button->icon.paint(painter, box, Qt::AlignCenter, mode,
                           (option->state & State_On) != 0 ? QIcon::On : QIcon::Off);
        area.setLeft(box.right() + 1 + gap);
        area.setWidth(textWidth);
    }
    painter->setPen(color);
    painter->drawText(area, Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextHideMnemonic, button->text);
}

void Style::drawInput(const QStyleOption* option, QPainter* painter, bool focused) const {
    const bool enabled = (option->state & State_Enabled) != 0;
    const QColor fill = enabled ? option->palette.color(QPalette::Base) : m_theme.color(Tint::kWindow);
    roundedBox(painter, option->rect, fill, m_theme.color(enabled ? Tint::kOutline : Tint::kLine), Theme::kRadius);
    if (focused && enabled) {
        focusRing(painter, option->rect, m_theme.color(Tint::kAccent), Theme::kRadius - 1);
    }
}

void Style::drawIndicator(const QStyleOption* option, QPainter* painter, bool round) const {
    const bool enabled = (option->state & State_Enabled) != 0;
    const bool on = (option->state & State_On) != 0;
    const bool partial = (option->state & State_NoChange) != 0;
    const int side = std::min({option->rect.width(), option->rect.height(), m_theme.px(16)});
    const QRect space = option->rect;
    const QRect box(space.x() + (space.width() - side) / 2, space.y() + (space.height() - side) / 2, side, side);
    const bool filled = on || partial;
    const QColor accent = m_theme.color(enabled ? Tint::kAccentFill : Tint::kTextDisabled);
    const QColor edge = (option->state & State_MouseOver) != 0 && enabled ? m_theme.color(Tint::kAccent)
                                                                          : m_theme.color(Tint::kTextDisabled);
    roundedBox(painter, box, filled ? accent : m_theme.color(Tint::kPanel), filled ? accent : edge,
               round ? side / 2.0 : 4);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF b(box);
    if (round && on) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_theme.color(Tint::kOnAccent));
        painter->drawEllipse(b.center(), side * 0.19, side * 0.19);
    } else if (filled) {
        painter->setPen(QPen(m_theme.color(Tint::kOnAccent), side / 9.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        if (partial) {
            painter->drawLine(QPointF(b.left() + side * 0.28, b.center().y()),
                              QPointF(b.right() - side * 0.28, b.center().y()));
        } else {
            painter->drawPolyline(QPolygonF({{b.left() + side * 0.25, b.top() + side * 0.53},
                                             {b.left() + side * 0.43, b.top() + side * 0.70},
                                             {b.left() + side * 0.76, b.top() + side * 0.32}}));
        }
    }
    painter->restore();
    if (focusShown(option)) {
        focusRing(painter, box.adjusted(-3, -3, 3, 3), m_theme.color(Tint::kAccent), round ? side / 2.0 + 2 : 6);
    }
}

void Style::drawCombo(const QStyleOptionComplex* option, QPainter* painter) const {
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    if (combo == nullptr) {
        return;
    }
    const bool enabled = (option->state & State_Enabled) != 0;
    if (combo->editable) {
        drawInput(option, painter, (option->state & State_HasFocus) != 0);
    } else {
        const bool hover = enabled && (option->state & State_MouseOver) != 0;
        QColor fill = m_theme.color(enabled ? Tint::kControl : Tint::kWindow);
        if ((option->state & (State_Sunken | State_On)) != 0 || hover) {
            fill = blend(fill, m_theme.color(Tint::kText), 0.05);
        }
        roundedBox(painter, option->rect, fill, m_theme.color(enabled ? Tint::kOutline : Tint::kLine), Theme::kRadius);
        if (focusShown(option)) {
            focusRing(painter, option->rect, m_theme.color(Tint::kAccent), Theme::kRadius - 1);
        }
    }
    const QRect r = option->rect;
    drawIcon(painter, QStringLiteral("chevron-down"), QRect(r.right() - 21, r.top(), 14, r.height()),
             m_theme.color(enabled ? Tint::kTextSecondary : Tint::kTextDisabled));
}

void Style::drawSpin(const QStyleOptionComplex* option, QPainter* painter) const {
    const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option);
    if (spin == nullptr) {
        return;
    }
    if (spin->frame) {
        drawInput(option, painter, (option->state & State_HasFocus) != 0);
    }
    if (spin->buttonSymbols == QAbstractSpinBox::NoButtons) {
        return;
    }
    const auto part = [&](SubControl sub, const QString& icon, QAbstractSpinBox::StepEnabledFlag step) {
        const bool active = (spin->stepEnabled & step) != 0 && (option->state & State_Enabled) != 0;
        const bool hover = active && (option->activeSubControls & sub) != 0 && (option->state & State_MouseOver) != 0;
        const QRect r = subControlRect(CC_SpinBox, option, sub, nullptr);
        const QRect box(r.center().x() - 5, r.center().y() - 5 + (sub == SC_SpinBoxUp ? 1 : -1), 12, 12);
        drawIcon(painter, icon, box,
                 m_theme.color(!active ? Tint::kTextDisabled
                               : hover ? Tint::kText
                                       : Tint::kTextSecondary));
    };
    part(SC_SpinBoxUp, QStringLiteral("chevron-up"), QAbstractSpinBox::StepUpEnabled);
    part(SC_SpinBoxDown, QStringLiteral("chevron-down"), QAbstractSpinBox::StepDownEnabled);
}

void Style::drawSlider(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
    const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (slider == nullptr || slider->orientation != Qt::Horizontal) {
        QProxyStyle::drawComplexControl(CC_Slider, option, painter, widget);
        return;
    }
    const QRect handle = QProxyStyle::subControlRect(CC_Slider, option, SC_SliderHandle, widget);
    const QRectF r(option->rect);
    const bool enabled = (option->state & State_Enabled) != 0;
    const QColor accent = m_theme.color(enabled ? Tint::kAccent : Tint::kTextDisabled);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(m_theme.color(Tint::kOutline));
    painter->drawRoundedRect(QRectF(r.left(), r.center().y() - 2, r.width(), 4), 2, 2);
    painter->setBrush(accent);
    painter->drawRoundedRect(QRectF(r.left(), r.center().y() - 2, handle.center().x() - r.left(), 4), 2, 2);
    painter->setBrush(m_theme.color(Tint::kPanel));
    painter->setPen(QPen(accent, focusShown(option) ? 3 : 2));
    painter->drawEllipse(QPointF(handle.center().x() + 0.5, r.center().y()), 6.5, 6.5);
    painter->restore();
}

void Style::drawToolButton(const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
    if (button == nullptr) {
        return;
    }
    const bool enabled = (option->state & State_Enabled) != 0;
    const bool hover = enabled && (option->state & State_MouseOver) != 0;
    const bool down = (option->state & (State_Sunken | State_On)) != 0;
    if (hover || down) {
        roundedBox(painter, option->rect, m_theme.color(down ? Tint::kLine : Tint::kHover), QColor(0, 0, 0, 0),
                   Theme::kRadius);
    }
    if (focusShown(option)) {
        focusRing(painter, option->rect, m_theme.color(Tint::kAccent), Theme::kRadius - 1);
    }
    QStyleOptionToolButton label(*button);
    label.palette.setColor(QPalette::ButtonText, m_theme.color(!enabled        ? Tint::kTextDisabled
                                                               : hover || down ? Tint::kText
                                                                               : Tint::kTextSecondary));
    if ((button->features & QStyleOptionToolButton::MenuButtonPopup) != 0) {
        label.rect.adjust(0, 0, -12, 0);
        drawIcon(painter, QStringLiteral("chevron-down"),
                 QRect(option->rect.right() - 15, option->rect.top(), 12, option->rect.height()),
                 m_theme.color(Tint::kTextSecondary));
    }
    label.features &= ~QStyleOptionToolButton::HasMenu;
    QProxyStyle::drawControl(CE_ToolButtonLabel, &label, painter, widget);
}

}  // namespace weir::ui
