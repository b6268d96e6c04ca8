// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style.h"

#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStyleFactory>
#include <QStyleOption>
#include <QToolButton>

#include "ui/theme/theme.h"

namespace weir::ui {

Style::Style(const Theme& theme) : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))), m_theme(theme) {}

void Style::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton*>(widget) != nullptr || qobject_cast<QComboBox*>(widget) != nullptr ||
        qobject_cast<QAbstractSpinBox*>(widget) != nullptr || qobject_cast<QScrollBar*>(widget) != nullptr ||
        qobject_cast<QHeaderView*>(widget) != nullptr || qobject_cast<QTabBar*>(widget) != nullptr) {
        widget->setAttribute(Qt::WA_Hover);
    }
    // Hairlines between things, no boxes around them: what scrolls has no frame of its own.
    if (qobject_cast<QAbstractItemView*>(widget) != nullptr || qobject_cast<QScrollArea*>(widget) != nullptr) {
        static_cast<QFrame*>(widget)->setFrameShape(QFrame::NoFrame);
    }
    // The strip beside a scroll bar belongs to what scrolls, not to the window behind it.
    if (auto* area = qobject_cast<QAbstractScrollArea*>(widget);
        area != nullptr && qobject_cast<QScrollArea*>(widget) == nullptr && area->viewport()->autoFillBackground() &&
        area->frameShape() == QFrame::NoFrame) {
        area->setBackgroundRole(QPalette::Base);
        area->setAutoFillBackground(true);
    }
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
    switch (element) {
        case PE_PanelButtonCommand:
            return drawButton(option, painter, widget);
        case PE_PanelLineEdit:
            if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
                frame != nullptr && frame->lineWidth > 0) {
                return drawInput(option, painter, option->state & State_HasFocus);
            }
            return;
        case PE_FrameLineEdit:
        case PE_FrameStatusBarItem:
        case PE_FrameTabBarBase:
        case PE_IndicatorToolBarSeparator:
        case PE_FrameMenu:
            return;
        case PE_Frame:
            return drawInput(option, painter, option->state & State_HasFocus);
        case PE_FrameFocusRect:
            if (qobject_cast<const QAbstractItemView*>(widget) == nullptr) {
                painter->save();
                painter->setRenderHint(QPainter::Antialiasing);
                painter->setPen(QPen(m_theme.color(Tint::kAccent), 1.5));
                painter->drawRoundedRect(QRectF(option->rect).adjusted(0.75, 0.75, -0.75, -0.75), 4, 4);
                painter->restore();
            }
            return;
        case PE_IndicatorCheckBox:
        case PE_IndicatorItemViewItemCheck:
            return drawIndicator(option, painter, false);
        case PE_IndicatorRadioButton:
            return drawIndicator(option, painter, true);
        case PE_PanelItemViewRow:
            return;
        case PE_PanelItemViewItem:
            return drawItemBackground(option, painter);
        case PE_PanelMenu:
        case PE_PanelTipLabel:
            painter->fillRect(option->rect, m_theme.color(Tint::kRaised));
            painter->setPen(m_theme.color(element == PE_PanelMenu ? Tint::kOutline : Tint::kLine));
            painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
            return;
        case PE_IndicatorTabClose: {
            const bool hover = option->state & State_MouseOver;
            if (hover) {
                painter->save();
                painter->setRenderHint(QPainter::Antialiasing);
                painter->setPen(Qt::NoPen);
                painter->setBrush(m_theme.color(Tint::kLine));
                painter->drawRoundedRect(option->rect, 4, 4);
                painter->restore();
            }
            return drawIcon(painter, QStringLiteral("close"), option->rect.adjusted(2, 2, -2, -2),
                            m_theme.color(hover ? Tint::kText : Tint::kTextSecondary));
        }
        case PE_IndicatorBranch: {
            if ((option->state & State_Children) != 0) {
                const QRect box(option->rect.right() - 16, option->rect.center().y() - 7, 14, 14);
                drawIcon(painter,
                         (option->state & State_Open) != 0 ? QStringLiteral("chevron-down")
                                                           : QStringLiteral("chevron-right"),
                         box, m_theme.color(Tint::kTextSecondary));
            }
            return;
        }
        case PE_IndicatorTabTearLeft:
        case PE_IndicatorTabTearRight:
            // The buttons at the right say that there are more.
            return;
        case PE_IndicatorHeaderArrow:
            // Beside the words, where drawHeaderLabel() puts it.
            return;
        default:
            QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                        const QWidget* widget) const {
    switch (element) {
        case CE_PushButtonLabel:
            return drawButtonLabel(option, painter, widget);
        case CE_MenuItem:
            return drawMenuItem(option, painter, widget);
        case CE_MenuEmptyArea:
        case CE_ShapedFrame:
            if (element == CE_ShapedFrame) {
                const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
                if (frame != nullptr && (frame->frameShape == QFrame::HLine || frame->frameShape == QFrame::VLine)) {
                    const QRect r = option->rect;
                    painter->setPen(m_theme.color(Tint::kLine));
                    if (frame->frameShape == QFrame::HLine) {
                        painter->drawLine(r.left(), r.center().y(), r.right(), r.center().y());
                    } else {
                        painter->drawLine(r.center().x(), r.top(), r.center().x(), r.bottom());
                    }
                    return;
                }
                QProxyStyle::drawControl(element, option, painter, widget);
            }
            return;
        case CE_TabBarTabShape:
            return drawTab(option, painter);
        case CE_TabBarTabLabel:
            if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option); tab != nullptr) {
                QStyleOptionTab copy(*tab);
                copy.palette.setColor(
                    QPalette::WindowText,
                    m_theme.color((tab->state & State_Selected) != 0 ? Tint::kText : Tint::kTextSecondary));
                copy.state &= ~State_HasFocus;
                QProxyStyle::drawControl(element, &copy, painter, widget);
            }
            return;
        case CE_HeaderSection:
            return drawHeader(option, painter);
        case CE_HeaderLabel:
            return drawHeaderLabel(option, painter, widget);
        case CE_HeaderEmptyArea:
            return drawHeader(option, painter);
        case CE_Splitter:
            painter->fillRect(option->rect, m_theme.color(Tint::kLine));
            return;
        case CE_ProgressBarGroove:
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(m_theme.color(Tint::kLine));
            painter->drawRoundedRect(QRectF(option->rect.x(), option->rect.center().y() - 1.5, option->rect.width(), 4),
                                     2, 2);
            painter->restore();
            return;
        case CE_ProgressBarContents:
            if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option);
                bar != nullptr && bar->maximum > bar->minimum) {
                const double share = static_cast<double>(bar->progress - bar->minimum) / (bar->maximum - bar->minimum);
                painter->save();
                painter->setRenderHint(QPainter::Antialiasing);
                painter->setPen(Qt::NoPen);
                painter->setBrush(m_theme.color(Tint::kAccent));
                painter->drawRoundedRect(
                    QRectF(bar->rect.x(), bar->rect.center().y() - 1.5, bar->rect.width() * share, 4), 2, 2);
                painter->restore();
                return;
            }
            break;
        default:
            break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                               const QWidget* widget) const {
    switch (control) {
        case CC_ScrollBar:
            return drawScrollBar(option, painter);
        case CC_ComboBox:
            return drawCombo(option, painter);
        case CC_SpinBox:
            return drawSpin(option, painter);
        case CC_Slider:
            return drawSlider(option, painter, widget);
        case CC_ToolButton:
            return drawToolButton(option, painter, widget);
        default:
            QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl sub,
                            const QWidget* widget) const {
    const QRect r = option->rect;
    if (control == CC_ScrollBar) {
        return scrollBarPart(option, sub);
    }
    if (control == CC_SpinBox) {
        const int buttons = m_theme.px(20);
        const int half = r.height() / 2;
        switch (sub) {
            case SC_SpinBoxUp:
                return {r.right() - buttons, r.top() + 1, buttons, half - 1};
            case SC_SpinBoxDown:
                return {r.right() - buttons, r.top() + half, buttons, r.height() - half - 1};
            case SC_SpinBoxEditField:
                return r.adjusted(6, 1, -buttons - 1, -1);
            default:
                return r;
        }
    }
    if (control == CC_ComboBox && sub == SC_ComboBoxEditField) {
        return r.adjusted(6, 1, -m_theme.px(24), -1);
    }
    if (control == CC_ComboBox && sub == SC_ComboBoxArrow) {
        return {r.right() - m_theme.px(24), r.top(), m_theme.px(24), r.height()};
    }
    return QProxyStyle::subControlRect(control, option, sub, widget);
}

QRect Style::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const {
    if (element == SE_LineEditContents) {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        if (frame != nullptr && frame->lineWidth > 0) {
            return option->rect.adjusted(6, 1, -6, -1);
        }
        return option->rect;
    }
    return QProxyStyle::subElementRect(element, option, widget);
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                              const QWidget* widget) const {
    const int control = m_theme.controlHeight();
    switch (type) {
        case CT_PushButton: {
            const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
            if (button == nullptr || button->text.isEmpty()) {
                return {control, control};
            }
            const int icon = button->icon.isNull() ? 0 : button->iconSize.width() + 6;
            const int arrow = (button->features & QStyleOptionButton::HasMenu) != 0 ? 18 : 0;
            const int text = button->fontMetrics.size(Qt::TextShowMnemonic, button->text).width();
            return {text + icon + arrow + m_theme.px(24), control};
        }
        case CT_LineEdit:
        case CT_SpinBox:
            return {QProxyStyle::sizeFromContents(type, option, size, widget).width(), control};
        case CT_ComboBox:
            return {size.width() + m_theme.px(36), control};
        case CT_ToolButton: {
            const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            const bool withText =
                button != nullptr && button->toolButtonStyle != Qt::ToolButtonIconOnly && !button->text.isEmpty();
            const int arrow = button != nullptr && (button->features & QStyleOptionToolButton::HasMenu) != 0 &&
                                      (button->features & QStyleOptionToolButton::MenuButtonPopup) != 0
                                  ? 14
                                  : 0;
            return {std::max(withText ? size.width() + m_theme.px(12) : control, control) + arrow, control};
        }
        case CT_MenuItem: {
            const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
            if (item != nullptr && item->menuItemType == QStyleOptionMenuItem::Separator) {
                return {10, 9};
            }
            // `size` holds the text and, through the tab in it, the shortcut's own column.
            const int tab = item != nullptr && item->text.contains(QLatin1Char('\t')) ? 24 : 0;
            return {size.width() + m_theme.px(60) + tab, m_theme.px(28)};
        }
        case CT_TabBarTab:
            return {std::max(size.width(), m_theme.px(72)), m_theme.px(34)};
        case CT_HeaderSection:
            return {QProxyStyle::sizeFromContents(type, option, size, widget).width() + 8, m_theme.rowHeight() + 2};
        case CT_ItemViewItem:
            return {size.width(), std::max(size.height(), m_theme.rowHeight())};
        default:
            return QProxyStyle::sizeFromContents(type, option, size, widget);
    }
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
        case PM_ScrollBarExtent:
            return 12;
        case PM_ScrollBarSliderMin:
            return 28;
        case PM_SplitterWidth:
            return 1;
        case PM_DefaultFrameWidth:
            // What scrolls inside a frame must not paint over its round corners.
            return qobject_cast<const QMenu*>(widget) != nullptr                 ? 5
                   : qobject_cast<const QAbstractScrollArea*>(widget) != nullptr ? 2
                                                                                 : 1;
        case PM_ComboBoxFrameWidth:
        case PM_SpinBoxFrameWidth:
            return 1;
        case PM_IndicatorWidth:
        case PM_IndicatorHeight:
        case PM_ExclusiveIndicatorWidth:
        case PM_ExclusiveIndicatorHeight:
            return m_theme.px(16);
        case PM_CheckBoxLabelSpacing:
        case PM_RadioButtonLabelSpacing:
            return 8;
        case PM_LayoutLeftMargin:
        case PM_LayoutRightMargin:
        case PM_LayoutTopMargin:
        case PM_LayoutBottomMargin:
            return 12;
        case PM_LayoutHorizontalSpacing:
        case PM_LayoutVerticalSpacing:
            return 8;
        case PM_SmallIconSize:
        case PM_ButtonIconSize:
        case PM_ListViewIconSize:
        case PM_TabBarIconSize:
            return m_theme.px(16);
        case PM_ToolBarIconSize:
            return m_theme.px(18);
        case PM_TabBarTabHSpace:
            return 24;
        case PM_TabBarTabOverlap:
        case PM_TabBarBaseOverlap:
        case PM_TabBarTabShiftVertical:
        case PM_TabBarTabShiftHorizontal:
        case PM_ButtonShiftHorizontal:
        case PM_ButtonShiftVertical:
            return 0;
        case PM_TabCloseIndicatorWidth:
        case PM_TabCloseIndicatorHeight:
            return m_theme.px(18);
        case PM_HeaderMargin:
            return 8;
        case PM_HeaderMarkSize:
            return 14;
        case PM_MenuPanelWidth:
            return 1;
        case PM_MenuVMargin:
        case PM_MenuHMargin:
            return 4;
        case PM_ToolTipLabelFrameWidth:
            return 7;
        case PM_FocusFrameVMargin:
        case PM_FocusFrameHMargin:
            return 2;
        default:
            return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                     QStyleHintReturn* returned) const {
    switch (hint) {
        case SH_DialogButtonBox_ButtonsHaveIcons:
        case SH_EtchDisabledText:
        case SH_DitherDisabledText:
        case SH_ItemView_ActivateItemOnSingleClick:
        case SH_ComboBox_Popup:
        case SH_TabBar_PreferNoArrows:
        case SH_UnderlineShortcut:
        case SH_ScrollBar_Transient:
            return 0;
        case SH_ItemView_ShowDecorationSelected:
        case SH_ScrollBar_LeftClickAbsolutePosition:
        case SH_Slider_AbsoluteSetButtons:
        case SH_Menu_SloppySubMenus:
            return hint == SH_Slider_AbsoluteSetButtons ? static_cast<int>(Qt::LeftButton) : 1;
        case SH_ToolTip_WakeUpDelay:
            return 450;
        case SH_ToolTipLabel_Opacity:
            return 255;
        case SH_Widget_Animation_Duration:
            return m_theme.reduceMotion() ? 0 : 150;
        default:
            return QProxyStyle::styleHint(hint, option, widget, returned);
    }
}

}  // namespace weir::ui
