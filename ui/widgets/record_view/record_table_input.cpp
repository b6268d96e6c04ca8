// SPDX-License-Identifier: GPL-3.0-or-later
// The hands of RecordTable: mouse, keys, wheel, selection and copying.
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QJsonDocument>
#include <QJsonObject>
#include <QKeyEvent>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>

#include "ui/theme/theme.h"
#include "ui/widgets/format.h"
#include "ui/widgets/record_view/record_table.h"

namespace weir::ui {

void RecordTable::setCurrentRow(qint64 row) {
    if (row < 0 || row >= count()) {
        return;
    }
    moveTo(row, Select::kOnly);
}

void RecordTable::moveTo(qint64 row, Select how) {
    row = std::clamp<qint64>(row, 0, std::max<qint64>(0, count() - 1));
    if (count() == 0) {
        return;
    }
    const bool changed = row != m_current;
    m_current = row;
    select(row, how);
    ensureVisible(row);
    viewport()->update();
    if (changed) {
        announce();
        Q_EMIT currentChanged(row);
    }
}

void RecordTable::select(qint64 row, Select how) {
    switch (how) {
        case Select::kOnly:
            m_selection.clear();
            m_selection.add({row, row});
            m_anchor = row;
            break;
        case Select::kExtend:
            m_anchor = m_anchor < 0 ? row : m_anchor;
            m_selection.clear();
            m_selection.add({std::min(m_anchor, row), std::max(m_anchor, row)});
            break;
        case Select::kToggle:
            if (m_selection.contains(row)) {
                m_selection.remove(row);
            } else {
                m_selection.add({row, row});
            }
            m_anchor = row;
            break;
        case Select::kNothing:
            return;
    }
    Q_EMIT selectionChanged();
}

void RecordTable::wheelEvent(QWheelEvent* event) {
    if ((event->modifiers() & Qt::ShiftModifier) != 0 || event->angleDelta().y() == 0) {
        const int dx = event->angleDelta().x() != 0 ? event->angleDelta().x() : event->angleDelta().y();
        horizontalScrollBar()->setValue(horizontalScrollBar()->value() - dx / 2);
        event->accept();
        return;
    }
    const int height = Theme::of().rowHeight();
    // A touchpad gives pixels; a wheel gives eighths of a degree, 120 of them to three rows.
    m_wheelRest +=
        event->pixelDelta().y() != 0 ? -event->pixelDelta().y() : -event->angleDelta().y() * 3 * height / 120;
    const int pixels = m_topPixel + std::exchange(m_wheelRest, 0);
    qint64 rows = pixels / height;
    int rest = pixels % height;
    if (rest < 0) {
        rest += height;
        --rows;
    }
    setTop(m_top + rows, rest);
    if (!m_follow && rows > 0 && m_top >= lastTop() && count() > 0) {
        m_follow = true;
        Q_EMIT followChanged(true);
    }
    event->accept();
}

bool RecordTable::moveByKey(QKeyEvent* event, Select how) {
    const qint64 from = std::max<qint64>(0, m_current);
    switch (event->key()) {
        case Qt::Key_Up:
            moveTo(from - 1, how);
            return true;
        case Qt::Key_Down:
            moveTo(m_current < 0 ? 0 : from + 1, how);
            return true;
        case Qt::Key_PageUp:
            setTop(m_top - visibleRows() + 1, 0);
            moveTo(from - visibleRows() + 1, how);
            return true;
        case Qt::Key_PageDown:
            setTop(m_top + visibleRows() - 1, 0);
            moveTo(from + visibleRows() - 1, how);
            return true;
        case Qt::Key_Home:
            moveTo(0, how);
            return true;
        case Qt::Key_End:
            moveTo(count() - 1, how);
            return true;
        default:
            return false;
    }
}

void RecordTable::keyPressEvent(QKeyEvent* event) {
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    if (event->matches(QKeySequence::Copy)) {
        copySelection(false);
    } else if (event->key() == Qt::Key_C && modifiers == (Qt::ControlModifier | Qt::ShiftModifier)) {
        copySelection(true);
    } else if (event->matches(QKeySequence::SelectAll) && count() > 0) {
        m_selection.clear();
        m_selection.add({0, count() - 1});
        viewport()->update();
        Q_EMIT selectionChanged();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_current >= 0) {
        Q_EMIT rowOpened(m_current);
    } else if (event->key() == Qt::Key_Space && m_current >= 0) {
        if ((modifiers & Qt::ControlModifier) != 0) {
            moveTo(m_current, Select::kToggle);
        } else {
            Q_EMIT rowPreviewed(m_current);
        }
    } else {
        const Select how = (modifiers & Qt::ShiftModifier) != 0     ? Select::kExtend
                           : (modifiers & Qt::ControlModifier) != 0 ? Select::kNothing
                                                                    : Select::kOnly;
        if (!moveByKey(event, how)) {
            event->ignore();
        }
    }
}

void RecordTable::mousePressEvent(QMouseEvent* event) {
    const qint64 row = rowAt(static_cast<int>(event->position().y()));
    if (row < 0 || event->button() == Qt::MiddleButton) {
        return;
    }
    if (event->button() == Qt::RightButton) {
        moveTo(row, m_selection.contains(row) ? Select::kNothing : Select::kOnly);
        return;
    }
    moveTo(row, (event->modifiers() & Qt::ShiftModifier) != 0     ? Select::kExtend
                : (event->modifiers() & Qt::ControlModifier) != 0 ? Select::kToggle
                                                                  : Select::kOnly);
}

void RecordTable::mouseMoveEvent(QMouseEvent* event) {
    const qint64 row = rowAt(static_cast<int>(event->position().y()));
    if ((event->buttons() & Qt::LeftButton) != 0) {
        const int y = static_cast<int>(event->position().y());
        const qint64 target = row >= 0 ? row : y < 0 ? m_top - 1 : count() - 1;
        if (target != m_current) {
            moveTo(target, Select::kExtend);
        }
        return;
    }
    if (row != m_hover) {
        m_hover = row;
        viewport()->update();
    }
}

void RecordTable::mouseDoubleClickEvent(QMouseEvent* event) {
    const qint64 row = rowAt(static_cast<int>(event->position().y()));
    if (row >= 0 && event->button() == Qt::LeftButton) {
        Q_EMIT rowOpened(row);
    }
}

void RecordTable::contextMenuEvent(QContextMenuEvent* event) {
    QPoint at = event->pos() - QPoint(0, viewport()->y());
    if (event->reason() == QContextMenuEvent::Keyboard) {
        at = QPoint(120, static_cast<int>(m_current - m_top) * Theme::of().rowHeight() + Theme::of().rowHeight() / 2);
    }
    const qint64 row = event->reason() == QContextMenuEvent::Keyboard ? m_current : rowAt(event->pos().y());
    if (row >= 0) {
        const int column = columnAt(at.x());
        Q_EMIT menuRequested(
            row, column < 0 ? QString() : m_columns->specs().at(static_cast<std::size_t>(column)).id,
            event->reason() == QContextMenuEvent::Keyboard ? viewport()->mapToGlobal(at) : event->globalPos());
    }
}

QString RecordTable::tooltipAt(QPoint point) const {
    const qint64 number = rowAt(point.y());
    const int column = columnAt(point.x());
    const RecordRow* row = m_source != nullptr && number >= 0 ? m_source->row(number) : nullptr;
    if (row == nullptr || column < 0) {
        return {};
    }
    switch (m_columns->specs().at(static_cast<std::size_t>(column)).kind) {
        case RecordColumn::kTimestamp:
            return formatAbsolute(row->timestamp) + QStringLiteral(" · ") +
                   formatRelative(row->timestamp, nowTimestamp());
        case RecordColumn::kSize:
            return formatBytesExact(row->sizeBytes);
        case RecordColumn::kKey:
            return row->keyIsNull       ? tr("The key is null.")
                   : row->key.isEmpty() ? tr("The key is an empty text.")
                                        : QString();
        case RecordColumn::kValue:
            return row->valueIsNull       ? tr("The value is null: on a compacted topic it deletes the key.")
                   : row->value.isEmpty() ? tr("The value is an empty text.")
                                          : QString();
        default:
            return {};
    }
}

bool RecordTable::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), tooltipAt(help->pos()).toHtmlEscaped(), viewport());
        return true;
    }
    if (event->type() == QEvent::Leave && m_hover >= 0) {
        m_hover = -1;
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

// Empty when one of them is not there yet.
std::vector<const RecordRow*> RecordTable::selectedRows() const {
    std::vector<const RecordRow*> rows;
    for (const RowRange& range : m_selection.ranges()) {
        for (qint64 number = range.first; number <= range.last; ++number) {
            const RecordRow* row = m_source->row(number);
            if (row == nullptr) {
                return {};
            }
            rows.push_back(row);
        }
    }
    return rows;
}

QString RecordTable::copyText(const std::vector<const RecordRow*>& rows, bool asJson) {
    QStringList lines;
    for (const RecordRow* row : rows) {
        if (asJson) {
            QJsonObject object{{QStringLiteral("topic"), QString::fromStdString(row->partition.topic)},
                               {QStringLiteral("partition"), row->partition.partition.value},
                               {QStringLiteral("offset"), static_cast<qint64>(row->offset.value)},
                               {QStringLiteral("timestamp"), static_cast<qint64>(row->timestamp.value)}};
            const QJsonDocument parsed = QJsonDocument::fromJson(row->value.toUtf8());
            object.insert(QStringLiteral("key"), row->keyIsNull ? QJsonValue() : QJsonValue(row->key));
            object.insert(QStringLiteral("value"), row->valueIsNull    ? QJsonValue()
                                                   : parsed.isObject() ? QJsonValue(parsed.object())
                                                                       : QJsonValue(row->value));
            lines.append(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
        } else {
            lines.append(QStringList{QString::number(row->partition.partition.value),
                                     QString::number(row->offset.value), formatAbsolute(row->timestamp),
                                     row->keyIsNull ? QStringLiteral("null") : row->key,
                                     row->valueIsNull ? QStringLiteral("null") : row->value}
                             .join(QLatin1Char('\t')));
        }
    }
    return lines.join(QLatin1Char('\n'));
}

void RecordTable::copySelection(bool asJson) {
    const qint64 rows = m_selection.count();
    if (rows == 0 || m_source == nullptr) {
        return;
    }
    const qint64 span = m_selection.ranges().back().last - m_selection.ranges().front().first + 1;
    if (span > kMaxCopiedRows) {
        Q_EMIT said(tr("%1 records are too many to copy. Export them to a file instead.").arg(formatCount(rows)));
        return;
    }
    m_copyJson = asJson;
    m_copyPending = true;
    finishCopy();
}

void RecordTable::finishCopy() {
    const std::vector<const RecordRow*> rows = selectedRows();
    if (rows.empty()) {
        const qint64 first = m_selection.ranges().front().first;
        m_source->want(first, static_cast<int>(m_selection.ranges().back().last - first + 1));
        return;
    }
    m_copyPending = false;
    if (m_copyHandler) {
        std::vector<RowAddress> addresses;
        for (const RecordRow* row : rows) {
            addresses.push_back({row->partition, row->offset});
        }
        m_copyHandler(addresses, m_copyJson);
        return;
    }
    QGuiApplication::clipboard()->setText(copyText(rows, m_copyJson));
    Q_EMIT said(tr("Copied %1.").arg(plural(m_selection.count(), tr("record"), tr("records"))));
}

}  // namespace weir::ui
