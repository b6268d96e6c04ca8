// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/mini_list.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "ui/widgets/tiles.h"

namespace weir::ui {

MiniList::MiniList(const QString& name, const QString& whenEmpty, QWidget* parent)
    : QWidget(parent), m_name(name), m_whenEmpty(whenEmpty) {
    setFocusPolicy(Qt::TabFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    describe();
    connect(&Theme::of(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void MiniList::setRows(std::vector<MiniRow> rows) {
    if (rows == m_rows) {
        return;
    }
    const bool resized = rows.size() != m_rows.size();
    m_rows = std::move(rows);
    m_current = std::clamp(m_current, 0, std::max(0, static_cast<int>(m_rows.size()) - 1));
    if (resized) {
        updateGeometry();
    }
    describe();
    update();
}

void MiniList::describe() {
    QStringList words;
    for (const MiniRow& row : m_rows) {
        words.append(QStringList{row.name, row.detail, row.value}.join(QLatin1Char(' ')).simplified());
    }
    setAccessibleName(m_name);
    setAccessibleDescription(words.isEmpty() ? m_whenEmpty : words.join(QStringLiteral(", ")));
    setCursor(m_rows.empty() ? Qt::ArrowCursor : Qt::PointingHandCursor);
}

QSize MiniList::sizeHint() const {
    return {Theme::of().px(240), Theme::of().px(28) * std::max(1, static_cast<int>(m_rows.size())) + 4};
}

QRect MiniList::rowRect(int row) const {
    const int height = Theme::of().px(28);
    return {0, row * height, width(), height};
}

int MiniList::rowAt(QPoint point) const {
    const int row = point.y() / Theme::of().px(28);
    return rect().contains(point) && row < static_cast<int>(m_rows.size()) ? row : -1;
}

void MiniList::paintRow(QPainter& painter, const MiniRow& row, const QRect& box) const {
    const Theme& theme = Theme::of();
    const QRect inner = box.adjusted(12, 0, -12, 0);
    painter.setFont(theme.font(FontRole::kBody));
    const int valueWidth = std::max(theme.px(72), painter.fontMetrics().horizontalAdvance(row.value));
    const QRect value(inner.right() - valueWidth + 1, inner.top(), valueWidth, inner.height());
    painter.setPen(theme.color(row.tint));
    painter.drawText(value, Qt::AlignRight | Qt::AlignVCenter, row.value);
    int right = value.left() - 12;
    if (!row.spark.empty()) {
        const int sparkWidth = std::min(theme.px(96), inner.width() / 4);
        paintSparkline(painter, QRectF(right - sparkWidth, inner.top() + 5, sparkWidth, inner.height() - 10), row.spark,
                       theme.color(row.sparkTint));
        right -= sparkWidth + 12;
    }
    painter.setFont(theme.font(FontRole::kMono));
    const int room = right - inner.left();
    const QString name = painter.fontMetrics().elidedText(row.name, Qt::ElideMiddle, room);
    painter.setPen(theme.color(Tint::kText));
    painter.drawText(QRect(inner.left(), inner.top(), room, inner.height()), Qt::AlignLeft | Qt::AlignVCenter, name);
    const int taken = painter.fontMetrics().horizontalAdvance(name) + 10;
    painter.setFont(theme.font(FontRole::kSecondary));
    if (room - taken > theme.px(32)) {
        painter.setPen(theme.color(Tint::kTextSecondary));
        painter.drawText(QRect(inner.left() + taken, inner.top(), room - taken, inner.height()),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(row.detail, Qt::ElideRight, room - taken));
    }
}

void MiniList::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(this);
    if (m_rows.empty()) {
        painter.setFont(theme.font(FontRole::kBody));
        painter.setPen(theme.color(Tint::kTextSecondary));
        painter.drawText(rowRect(0).adjusted(12, 0, -12, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_whenEmpty, Qt::ElideRight, width() - 24));
        return;
    }
    for (int i = 0; i < static_cast<int>(m_rows.size()); ++i) {
        const QRect box = rowRect(i);
        if (i == m_hover) {
            painter.fillRect(box.adjusted(1, 0, -1, 0), theme.color(Tint::kHover));
        }
        if (hasFocus() && i == m_current) {
            painter.fillRect(box.adjusted(1, 0, -1, 0), theme.color(Tint::kSelected));
            painter.fillRect(QRect(box.left() + 1, box.top(), 2, box.height()), theme.color(Tint::kAccent));
        }
        paintRow(painter, m_rows[static_cast<std::size_t>(i)], box);
    }
}

void MiniList::mouseMoveEvent(QMouseEvent* event) {
    const int row = rowAt(event->position().toPoint());
    if (row != m_hover) {
        m_hover = row;
        update();
    }
}

void MiniList::mouseReleaseEvent(QMouseEvent* event) {
    const int row = rowAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && row >= 0) {
        Q_EMIT opened(m_rows[static_cast<std::size_t>(row)].id);
    }
}

void MiniList::leaveEvent(QEvent*) {
    m_hover = -1;
    update();
}

void MiniList::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(m_rows.size()) - 1;
    if (event->key() == Qt::Key_Down && m_current < last) {
        ++m_current;
        update();
    } else if (event->key() == Qt::Key_Up && m_current > 0) {
        --m_current;
        update();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_current <= last) {
        Q_EMIT opened(m_rows[static_cast<std::size_t>(m_current)].id);
    } else {
        QWidget::keyPressEvent(event);
    }
}

bool MiniList::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int row = rowAt(help->pos());
        QToolTip::showText(help->globalPos(),
                           row < 0 ? QString() : m_rows[static_cast<std::size_t>(row)].tooltip.toHtmlEscaped(), this);
        return true;
    }
    return QWidget::event(event);
}

}  // namespace weir::ui
