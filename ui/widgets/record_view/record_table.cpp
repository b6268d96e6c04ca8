// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/record_view/record_table.h"

#include <QAccessible>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "ui/theme/theme.h"
#include "ui/widgets/format.h"
#include "ui/widgets/record_view/record_painter.h"

namespace weir::ui {
namespace {
constexpr int kFadeMs = 600;
}

RecordTable::RecordTable(Settings& settings, const QString& name, QWidget* parent)
    : QAbstractScrollArea(parent), m_columns(new RecordColumns(settings, name + QStringLiteral("/columns"), this)) {
    setFrameShape(NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Records"));
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    m_fade.setInterval(40);
    connect(&m_fade, &QTimer::timeout, this, [this] {
        if (m_freshSince.elapsed() > kFadeMs) {
            m_fade.stop();
        }
        viewport()->update();
    });
    connect(m_columns, &RecordColumns::layoutChanged, this, [this] {
        updateBars();
        viewport()->update();
    });
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this, [this](int action) {
        // Above a billion rows one step of the bar is many rows; these actions mean exact ones.
        qint64 by = 0;
        switch (action) {
            case QAbstractSlider::SliderSingleStepAdd:
                by = 3;
                break;
            case QAbstractSlider::SliderSingleStepSub:
                by = -3;
                break;
            case QAbstractSlider::SliderPageStepAdd:
                by = visibleRows() - 1;
                break;
            case QAbstractSlider::SliderPageStepSub:
                by = -(visibleRows() - 1);
                break;
            default:
                return;
        }
        setTop(m_top + by, 0);
        verticalScrollBar()->setSliderPosition(verticalScrollBar()->value());
    });
    const auto layout = [this] {
        const int height = Theme::of().rowHeight() + 2;
        setViewportMargins(0, height, 0, 0);
        updateBars();
        viewport()->update();
    };
    connect(&Theme::of(), &Theme::changed, this, layout);
    layout();
}

void RecordTable::setSource(RowSource* source) {
    if (m_source != nullptr) {
        m_source->disconnect(this);
    }
    m_source = source;
    if (source != nullptr) {
        connect(source, &RowSource::rowCountChanged, this, &RecordTable::rowsArrived);
        connect(source, &RowSource::reset, this, &RecordTable::onReset);
        connect(source, &RowSource::rowsChanged, this, [this](qint64 first, qint64 rows) {
            if (m_copyPending) {
                finishCopy();
            }
            if (first <= m_top + visibleRows() + 1 && first + rows > m_top) {
                viewport()->update();
            }
            if (m_current >= first && m_current < first + rows) {
                announce();
            }
        });
    }
    onReset();
}

void RecordTable::onReset() {
    m_selection.clear();
    m_current = m_anchor = m_hover = -1;
    m_top = 0;
    m_topPixel = 0;
    m_knownCount = count();
    m_copyPending = false;
    m_fade.stop();
    updateBars();
    viewport()->update();
    Q_EMIT selectionChanged();
}

void RecordTable::rowsArrived(qint64 newCount) {
    if (newCount < m_knownCount) {
        m_selection.clear();
        m_current = std::min(m_current, newCount - 1);
        m_anchor = m_current;
    } else if (m_follow && newCount > m_knownCount && m_knownCount > 0) {
        m_freshFrom = m_fade.isActive() ? std::min(m_freshFrom, m_knownCount) : m_knownCount;
        m_freshFrom = std::max(m_freshFrom, newCount - 2LL * visibleRows());
        if (!Theme::of().reduceMotion()) {
            m_freshSince.start();
            m_fade.start();
        }
    }
    m_knownCount = newCount;
    if (m_follow) {
        m_top = lastTop();
        m_topPixel = 0;
    }
    setTop(m_top, m_topPixel);
    updateBars();
    viewport()->update();
}

double RecordTable::freshness(qint64 row) const {
    if (!m_fade.isActive() || row < m_freshFrom) {
        return 0;
    }
    return std::clamp(1.0 - static_cast<double>(m_freshSince.elapsed()) / kFadeMs, 0.0, 1.0);
}

int RecordTable::visibleRows() const {
    return std::max(1, viewport()->height() / Theme::of().rowHeight());
}

qint64 RecordTable::lastTop() const {
    return std::max<qint64>(0, count() - visibleRows());
}

void RecordTable::setTop(qint64 top, int pixel) {
    const qint64 last = lastTop();
    if (top < 0) {
        top = 0;
        pixel = 0;
    }
    if (top >= last) {
        // The last row stands whole at the lower edge, whatever the height.
        const int rest =
            static_cast<int>(std::min<qint64>(count(), visibleRows())) * Theme::of().rowHeight() - viewport()->height();
        pixel = count() > visibleRows() ? std::max(0, rest) : 0;
        top = last;
    }
    if (top != m_top || pixel != m_topPixel) {
        m_top = top;
        m_topPixel = pixel;
        viewport()->update();
    }
    m_movingBar = true;
    verticalScrollBar()->setValue(ScrollMap(last).barValue(m_top));
    m_movingBar = false;
    const bool atEnd = m_top >= last;
    if (m_follow && !atEnd) {
        m_follow = false;
        Q_EMIT followChanged(false);
    }
}

void RecordTable::setFollow(bool follow) {
    if (follow) {
        setTop(lastTop(), 0);
    }
    if (follow != m_follow) {
        m_follow = follow;
        Q_EMIT followChanged(follow);
    }
}

void RecordTable::scrollToTop(qint64 row) {
    setTop(row, 0);
}

void RecordTable::ensureVisible(qint64 row) {
    if (row < 0) {
        return;
    }
    if (row < m_top || (row == m_top && m_topPixel > 0)) {
        setTop(row, 0);
    } else if (row >= m_top + visibleRows()) {
        setTop(row - visibleRows() + 1, 0);
    }
}

void RecordTable::updateBars() {
    const ScrollMap map(lastTop());
    m_movingBar = true;
    verticalScrollBar()->setRange(0, map.barMaximum());
    verticalScrollBar()->setPageStep(visibleRows());
    verticalScrollBar()->setSingleStep(1);
    verticalScrollBar()->setValue(map.barValue(m_top));
    m_columns->fit(viewport()->width());
    const int wide = m_columns->length() - viewport()->width();
    horizontalScrollBar()->setRange(0, std::max(0, wide));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(24);
    m_movingBar = false;
    m_columns->setGeometry(0, 0, viewport()->width(), viewportMargins().top());
    m_columns->setOffset(horizontalScrollBar()->value());
}

void RecordTable::resizeEvent(QResizeEvent*) {
    if (m_follow) {
        m_top = lastTop();
    }
    setTop(m_top, m_topPixel);
    updateBars();
}

void RecordTable::scrollContentsBy(int dx, int dy) {
    if (m_movingBar) {
        return;
    }
    if (dx != 0) {
        m_columns->setOffset(horizontalScrollBar()->value());
        viewport()->update();
    }
    if (dy != 0) {
        setTop(ScrollMap(lastTop()).top(verticalScrollBar()->value()), 0);
    }
}

void RecordTable::paintRow(QPainter& painter, RecordPainter& cells, qint64 row, int y) {
    const Theme& theme = Theme::of();
    const int height = theme.rowHeight();
    const QRect band(0, y, viewport()->width(), height);
    // The whole ground was painted once; only what differs is painted again.
    if (m_selection.contains(row)) {
        painter.fillRect(band, theme.color(Tint::kSelected));
    } else if (row == m_hover) {
        painter.fillRect(band, theme.color(Tint::kHover));
    } else if (const double fresh = freshness(row); fresh > 0) {
        painter.fillRect(band, blend(theme.color(Tint::kPanel), theme.color(Tint::kAccent), 0.12 * fresh));
    }
    const RecordRow* record = m_source->row(row);
    const auto& specs = m_columns->specs();
    int field = -1;
    for (int logical = 0; logical < static_cast<int>(specs.size()); ++logical) {
        const ColumnSpec& spec = specs[static_cast<std::size_t>(logical)];
        if (spec.kind == RecordColumn::kField) {
            ++field;
        }
        if (m_columns->isSectionHidden(logical)) {
            continue;
        }
        QRect cell(m_columns->sectionViewportPosition(logical), y, m_columns->sectionSize(logical), height);
        // The outer columns stand on the margins of the page.
        const int inset = Theme::kPageMargin - 8;
        cell.adjust(logical == m_columns->firstShown() ? inset : 0, 0, logical == m_columns->lastShown() ? -inset : 0,
                    0);
        if (cell.right() < 0 || cell.left() > viewport()->width()) {
            continue;
        }
        if (record != nullptr) {
            cells.drawCell(cell, *record, spec, field);
        } else {
            cells.drawWaiting(cell, spec);
        }
    }
    if (row == m_current && hasFocus()) {
        painter.fillRect(QRect(0, y, 3, height), theme.color(Tint::kAccent));
    }
}

void RecordTable::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), Theme::of().color(Tint::kPanel));
    if (m_source == nullptr || count() == 0) {
        return;
    }
    const int height = Theme::of().rowHeight();
    const int shown = viewport()->height() / height + 2;
    m_source->want(m_top, static_cast<int>(std::min<qint64>(shown, count() - m_top)));
    RecordPainter cells(painter, nowTimestamp());
    int y = -m_topPixel;
    for (qint64 row = m_top; row < count() && y < viewport()->height(); ++row, y += height) {
        paintRow(painter, cells, row, y);
    }
}

qint64 RecordTable::rowAt(int y) const {
    if (y < 0) {
        return -1;
    }
    const qint64 row = m_top + (y + m_topPixel) / Theme::of().rowHeight();
    return row < count() ? row : -1;
}

int RecordTable::columnAt(int x) const {
    return m_columns->logicalIndexAt(x);
}

void RecordTable::announce() {
    const RecordRow* row = m_source != nullptr && m_current >= 0 ? m_source->row(m_current) : nullptr;
    setAccessibleDescription(row == nullptr ? QString()
                                            : tr("Row %1 of %2: partition %3, offset %4, key %5, value %6")
                                                  .arg(formatCount(m_current + 1), formatCount(count()))
                                                  .arg(row->partition.partition.value)
                                                  .arg(row->offset.value)
                                                  .arg(row->keyIsNull ? tr("null") : row->key,
                                                       row->valueIsNull ? tr("null") : row->value.left(120)));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void RecordTable::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    if (m_current < 0 && count() > 0) {
        m_current = m_anchor = m_top;
    }
    viewport()->update();
}

void RecordTable::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

}  // namespace weir::ui
