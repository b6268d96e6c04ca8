// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Style that draws lists, headers, menus, tabs and scroll bars.
#include <QAbstractItemView>
#include <QPainter>
#include <QStyleOption>

#include "ui/theme/style.h"
#include "ui/theme/theme.h"

namespace weir::ui {

void Style::drawItemBackground(const QStyleOption* option, QPainter* painter) const {
    const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
    if (item == nullptr) {
        return;
    }
    if (item->backgroundBrush.style() != Qt::NoBrush) {
        painter->fillRect(item->rect, item->backgroundBrush);
    }
    if ((item->state & State_Selected) != 0) {
        painter->fillRect(item->rect, m_theme.color(Tint::kSelected));
    } else if ((item->state & State_MouseOver) != 0 && (item->state & State_Enabled) != 0) {
        painter->fillRect(item->rect, m_theme.color(Tint::kHover));
    }
    if ((item->state & State_HasFocus) != 0 && (item->state & State_Selected) == 0) {
        painter->setPen(m_theme.color(Tint::kAccent));
        painter->drawRect(item->rect.adjusted(0, 0, -1, -1));
    }
}

void Style::drawMenuItem(const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
    if (item == nullptr) {
        return;
    }
    const QRect r = item->rect;
    if (item->menuItemType == QStyleOptionMenuItem::Separator) {
        painter->setPen(m_theme.color(Tint::kLine));
        painter->drawLine(r.left(), r.center().y(), r.right(), r.center().y());
        return;
    }
    const bool enabled = (item->state & State_Enabled) != 0;
    const bool selected = enabled && (item->state & State_Selected) != 0;
    if (selected) {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_theme.color(Tint::kSelected));
        painter->drawRoundedRect(r, 4, 4);
        painter->restore();
    }
    const int icon = m_theme.px(16);
    const QRect mark(r.left() + 8, r.center().y() - icon / 2 + 1, icon, icon);
    if (item->checkType != QStyleOptionMenuItem::NotCheckable) {
        if (item->checked) {
            drawIcon(painter, QStringLiteral("check"), mark, m_theme.color(Tint::kAccent));
        }
    } else if (!item->icon.isNull()) {
        item->icon.paint(painter, mark, Qt::AlignCenter,
                         !enabled   ? QIcon::Disabled
                         : selected ? QIcon::Active
                                    : QIcon::Normal);
    }
    const QStringList parts = item->text.split(QLatin1Char('\t'));
    const QRect text = r.adjusted(m_theme.px(32), 0, -m_theme.px(24), 0);
    painter->setFont(item->font);
    painter->setPen(m_theme.color(enabled ? Tint::kText : Tint::kTextDisabled));
    painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextShowMnemonic | Qt::TextHideMnemonic,
                      parts.value(0));
    if (parts.size() > 1) {
        painter->setPen(m_theme.color(enabled ? Tint::kTextSecondary : Tint::kTextDisabled));
        painter->setFont(m_theme.font(FontRole::kSecondary));
        painter->drawText(r.adjusted(0, 0, -10, 0), Qt::AlignVCenter | Qt::AlignRight, parts.value(1));
    }
    if (item->menuItemType == QStyleOptionMenuItem::SubMenu) {
        drawIcon(painter, QStringLiteral("chevron-right"), QRect(r.right() - 18, r.top(), 14, r.height()),
                 m_theme.color(Tint::kTextSecondary));
    }
    Q_UNUSED(widget);
}

void Style::drawTab(const QStyleOption* option, QPainter* painter) const {
    const QRect r = option->rect;
    const bool selected = (option->state & State_Selected) != 0;
    if (!selected && (option->state & State_MouseOver) != 0) {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_theme.color(Tint::kHover));
        painter->drawRoundedRect(r.adjusted(2, 4, -2, -4), Theme::kRadius, Theme::kRadius);
        painter->restore();
    }
    if (selected) {
        const bool focused = (option->state & State_HasFocus) != 0 && (option->state & State_KeyboardFocusChange) != 0;
        painter->fillRect(QRect(r.left() + 8, r.bottom() - (focused ? 2 : 1), r.width() - 16, focused ? 3 : 2),
                          m_theme.color(Tint::kAccent));
    }
}

void Style::drawHeader(const QStyleOption* option, QPainter* painter) const {
    const QRect r = option->rect;
    painter->fillRect(r, m_theme.color(Tint::kPanel));
    const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
    const bool horizontal =
        (option->state & State_Horizontal) != 0 || header == nullptr || header->orientation == Qt::Horizontal;
    if (header != nullptr && (option->state & State_MouseOver) != 0 && (option->state & State_Enabled) != 0) {
        painter->fillRect(r, m_theme.color(Tint::kHover));
        painter->fillRect(QRect(r.right(), r.top() + 6, 1, r.height() - 12), m_theme.color(Tint::kOutline));
    }
    if (horizontal) {
        painter->fillRect(QRect(r.left(), r.bottom(), r.width(), 1), m_theme.color(Tint::kLine));
    }
}

void Style::drawHeaderLabel(const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
    if (header == nullptr) {
        return;
    }
    QRect r = option->rect;
    const bool sorted = header->sortIndicator != QStyleOptionHeader::None;
    const QFont font = m_theme.font(FontRole::kSecondary);
    const QFontMetrics metrics(font);
    const bool right = (header->textAlignment & Qt::AlignRight) != 0;
    // The outer columns stand on the margins of the page; Qt has taken 8 px already.
    constexpr int kMore = Theme::kPageMargin - 8;
    const bool only = header->position == QStyleOptionHeader::OnlyOneSection;
    r.adjust(only || header->position == QStyleOptionHeader::Beginning ? kMore : 0, 0,
             only || header->position == QStyleOptionHeader::End ? -kMore : 0, 0);
    if (!header->icon.isNull()) {
        header->icon.paint(painter, QRect(r.left(), r.center().y() - 7, 16, 16));
        r.adjust(20, 0, 0, 0);
    }
    painter->save();
    painter->setFont(font);
    painter->setPen(m_theme.color(sorted ? Tint::kText : Tint::kTextSecondary));
    constexpr int kArrow = 12;
    const int room = sorted ? r.width() - kArrow : r.width();
    const QString text = metrics.elidedText(header->text, Qt::ElideRight, room);
    const bool centred = (header->textAlignment & Qt::AlignHCenter) != 0;
    const int wide = metrics.horizontalAdvance(text);
    const int left = right ? r.right() + 1 - wide : centred ? r.center().x() - wide / 2 : r.left();
    painter->drawText(QRect(left, r.top(), wide + 2, r.height()), Qt::AlignVCenter | Qt::AlignLeft, text);
    if (sorted) {
        // On the inner side of the words, so that they stay above what they name.
        const double x = right ? left - kArrow + 4.0 : left + wide + 8.0;
        const double y = r.center().y() + 1;
        const double tip = header->sortIndicator == QStyleOptionHeader::SortUp ? 2.0 : -2.0;
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(m_theme.color(Tint::kAccent), 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->drawPolyline(QPolygonF({{x - 3.5, y - tip}, {x, y + tip}, {x + 3.5, y - tip}}));
    }
    painter->restore();
    Q_UNUSED(widget);
}

QRect Style::scrollBarPart(const QStyleOptionComplex* option, SubControl sub) const {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (bar == nullptr) {
        return {};
    }
    const QRect r = bar->rect;
    const bool horizontal = bar->orientation == Qt::Horizontal;
    const int length = horizontal ? r.width() : r.height();
    const qint64 range = static_cast<qint64>(bar->maximum) - bar->minimum;
    int slider = length;
    if (range > 0) {
        slider = static_cast<int>(static_cast<qint64>(bar->pageStep) * length / (range + bar->pageStep));
        slider = std::min(std::max(slider, pixelMetric(PM_ScrollBarSliderMin, option, nullptr)), length);
    }
    const int start =
        sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - slider, bar->upsideDown);
    const auto span = [&](int from, int size) {
        return horizontal ? QRect(r.left() + from, r.top(), size, r.height())
                          : QRect(r.left(), r.top() + from, r.width(), size);
    };
    switch (sub) {
        case SC_ScrollBarGroove:
            return r;
        case SC_ScrollBarSlider:
            return span(start, slider);
        case SC_ScrollBarSubPage:
            return span(0, start);
        case SC_ScrollBarAddPage:
            return span(start + slider, length - start - slider);
        default:
            return {};
    }
}

void Style::drawScrollBar(const QStyleOptionComplex* option, QPainter* painter) const {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (bar == nullptr || bar->maximum <= bar->minimum) {
        return;
    }
    const QRect slider = scrollBarPart(option, SC_ScrollBarSlider);
    const bool active = (option->state & (State_MouseOver | State_Sunken)) != 0;
    const QColor text = m_theme.color(Tint::kTextSecondary);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(blend(m_theme.color(Tint::kPanel), text, active ? 0.7 : 0.4));
    const double inset = active ? 2.5 : 3.5;
    const QRectF box = bar->orientation == Qt::Horizontal ? QRectF(slider).adjusted(2, inset, -2, -inset)
                                                          : QRectF(slider).adjusted(inset, 2, -inset, -2);
    const double radius = std::min(box.width(), box.height()) / 2;
    painter->drawRoundedRect(box, radius, radius);
    painter->restore();
}

}  // namespace weir::ui
