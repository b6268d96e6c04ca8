// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetricsF>
#include <QPainter>

#include "ui/backend/records.h"
#include "ui/theme/theme.h"
#include "ui/widgets/record_view/record_columns.h"

namespace weir::ui {

/// Draws the cells of one record. Made once per frame, so that fonts and metrics are asked for once. Texts come ready
/// from the backend (one line, control characters made visible) and are drawn as plain text, never as markup. Data is
/// monospaced, so what fits is counted in characters and nothing is measured.
class RecordPainter {
public:
    RecordPainter(QPainter& painter, Timestamp now);
    void drawCell(const QRect& cell, const RecordRow& row, const ColumnSpec& column, int field);
    /// Where a row is not there yet.
    void drawWaiting(const QRect& cell, const ColumnSpec& column);

private:
    void drawText(const QRect& box, const QString& text, const QColor& color, bool right);
    void drawValue(const QRect& box, const QString& text);
    /// Answers where it ends.
    int drawMark(const QRect& box, const QString& word);
    void drawUnsettled(const QRect& box, const RecordRow& row);
    void drawPartition(const QRect& box, PartitionId partition);
    [[nodiscard]] QString timeText(Timestamp at) const;

    QPainter& m_painter;
    const Theme& m_theme;
    QFont m_mono;
    QFont m_small;
    double m_charWidth;
    int m_ascent;
    int m_height;
    qint64 m_midnight;
};

}  // namespace weir::ui
