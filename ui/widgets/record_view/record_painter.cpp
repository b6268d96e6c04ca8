// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/record_view/record_painter.h"

#include <QCoreApplication>
#include <QDateTime>
#include <algorithm>

#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

bool isAscii(QStringView text) {
    return std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 128; });
}

/// The end of the JSON token that begins at `at`, for colouring only: a cut or broken text is coloured as far as it
/// goes.
qsizetype tokenEnd(QStringView text, qsizetype at) {
    const QChar first = text.at(at);
    if (first == QLatin1Char('"')) {
        for (qsizetype i = at + 1; i < text.size(); ++i) {
            if (text.at(i) == QLatin1Char('\\')) {
                ++i;
            } else if (text.at(i) == QLatin1Char('"')) {
                return i + 1;
            }
        }
        return text.size();
    }
    const auto isWord = [](QChar c) {
        return c.isLetterOrNumber() || c == QLatin1Char('-') || c == QLatin1Char('+') || c == QLatin1Char('.');
    };
    qsizetype i = at;
    const bool word = isWord(first);
    while (i < text.size() && text.at(i) != QLatin1Char('"') && isWord(text.at(i)) == word) {
        ++i;
    }
    return i;
}

}  // namespace

RecordPainter::RecordPainter(QPainter& painter, Timestamp now)
    : m_painter(painter),
      m_theme(Theme::of()),
      m_mono(m_theme.font(FontRole::kMono)),
      m_small(m_theme.font(FontRole::kSecondary)) {
    const QFontMetricsF metrics(m_mono);
    m_charWidth = metrics.horizontalAdvance(QLatin1Char('0'));
    m_ascent = static_cast<int>(metrics.ascent() + 0.5);
    m_height = static_cast<int>(metrics.height() + 0.5);
    m_midnight = QDateTime(QDateTime::fromMSecsSinceEpoch(now.value).date(), QTime(0, 0)).toMSecsSinceEpoch();
}

QString RecordPainter::timeText(Timestamp at) const {
    if (at.value < 0) {
        return kNone;
    }
    const bool today = at.value >= m_midnight && at.value < m_midnight + 86'400'000;
    return today ? formatClock(at)
                 : QDateTime::fromMSecsSinceEpoch(at.value).toString(QStringLiteral("MM-dd HH:mm:ss"));
}

void RecordPainter::drawText(const QRect& box, const QString& text, const QColor& color, bool right) {
    const auto fits = static_cast<qsizetype>(box.width() / m_charWidth);
    m_painter.setPen(color);
    const int baseline = box.top() + (box.height() - m_height) / 2 + m_ascent;
    if (text.size() <= fits) {
        const double left = right ? box.right() + 1 - m_charWidth * static_cast<double>(text.size()) : box.left();
        m_painter.drawText(QPointF(left, baseline), text);
    } else if (fits > 1) {
        m_painter.drawText(QPointF(box.left(), baseline), text.left(fits - 1) + QChar(0x2026));
    }
}

void RecordPainter::drawValue(const QRect& box, const QString& text) {
    const bool looksLikeJson = text.startsWith(QLatin1Char('{')) || text.startsWith(QLatin1Char('['));
    const auto fits = static_cast<qsizetype>(box.width() / m_charWidth);
    const QStringView seen = QStringView(text).left(std::max<qsizetype>(0, fits));
    if (!looksLikeJson || fits < 4 || !isAscii(seen)) {
        drawText(box, text, m_theme.color(Tint::kText), false);
        return;
    }
    const bool cut = text.size() > fits;
    const qsizetype end = cut ? fits - 1 : text.size();
    const int baseline = box.top() + (box.height() - m_height) / 2 + m_ascent;
    const auto run = [&](qsizetype from, qsizetype to, Tint tint) {
        m_painter.setPen(m_theme.color(tint));
        m_painter.drawText(QPointF(box.left() + m_charWidth * static_cast<double>(from), baseline),
                           text.mid(from, std::min(to, end) - from));
    };
    for (qsizetype at = 0; at < end;) {
        const qsizetype next = tokenEnd(text, at);
        const QChar first = text.at(at);
        Tint tint = Tint::kJsonPunctuation;
        if (first == QLatin1Char('"')) {
            tint = next < text.size() && text.at(next) == QLatin1Char(':') ? Tint::kJsonKey : Tint::kJsonString;
        } else if (first.isDigit() || first == QLatin1Char('-')) {
            tint = Tint::kJsonNumber;
        } else if (first.isLetter()) {
            tint = Tint::kJsonLiteral;
        }
        run(at, next, tint);
        at = next;
    }
    if (cut) {
        m_painter.setPen(m_theme.color(Tint::kTextSecondary));
        m_painter.drawText(QPointF(box.left() + m_charWidth * static_cast<double>(end), baseline), QChar(0x2026));
    }
}

int RecordPainter::drawMark(const QRect& box, const QString& word) {
    m_painter.setFont(m_small);
    const int width = m_painter.fontMetrics().horizontalAdvance(word) + 12;
    const QRectF chip(box.left(), box.center().y() - 8.5, std::min(width, box.width()), 18);
    m_painter.setRenderHint(QPainter::Antialiasing, true);
    m_painter.setPen(QPen(m_theme.color(Tint::kOutline), 1, Qt::DashLine));
    m_painter.setBrush(Qt::NoBrush);
    m_painter.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    m_painter.setRenderHint(QPainter::Antialiasing, false);
    m_painter.setPen(m_theme.color(Tint::kTextSecondary));
    m_painter.drawText(chip, Qt::AlignCenter, word);
    m_painter.setFont(m_mono);
    return static_cast<int>(chip.right()) + 1;
}

// A record that not everybody sees: the word says why, and what was aborted is struck through.
void RecordPainter::drawUnsettled(const QRect& box, const RecordRow& row) {
    const bool isAborted = row.outcome == TransactionOutcome::kAborted;
    QRect rest = box;
    rest.setLeft(drawMark(box, isAborted ? QCoreApplication::translate("RecordTable", "aborted")
                                         : QCoreApplication::translate("RecordTable", "open")) +
                 8);
    QFont font = m_mono;
    font.setStrikeOut(isAborted);
    m_painter.setFont(font);
    drawText(rest, row.valueIsNull ? QStringLiteral("null") : row.value, m_theme.color(Tint::kTextSecondary), false);
    m_painter.setFont(m_mono);
}

void RecordPainter::drawPartition(const QRect& box, PartitionId partition) {
    m_painter.setRenderHint(QPainter::Antialiasing, true);
    m_painter.setPen(Qt::NoPen);
    const QRectF chip(box.left(), box.center().y() - 3.5, 8, 8);
    if (partition.value < kSeriesColours) {
        m_painter.setBrush(m_theme.seriesColor(partition.value));
        m_painter.drawRoundedRect(chip, 2, 2);
    } else {
        // The colours repeat after ten; a hollow chip says which round it is.
        m_painter.setBrush(Qt::NoBrush);
        m_painter.setPen(QPen(m_theme.seriesColor(partition.value), 2));
        m_painter.drawRoundedRect(chip.adjusted(1, 1, -1, -1), 2, 2);
    }
    m_painter.setRenderHint(QPainter::Antialiasing, false);
    drawText(box.adjusted(16, 0, 0, 0), QString::number(partition.value), m_theme.color(Tint::kText), false);
}

void RecordPainter::drawCell(const QRect& cell, const RecordRow& row, const ColumnSpec& column, int field) {
    const QRect box = cell.adjusted(8, 0, -8, 0);
    if (box.width() < 4) {
        return;
    }
    m_painter.setFont(m_mono);
    const QColor text = m_theme.color(Tint::kText);
    const QColor secondary = m_theme.color(Tint::kTextSecondary);
    const bool isUnsettled = row.outcome == TransactionOutcome::kAborted || row.outcome == TransactionOutcome::kOpen;
    switch (column.kind) {
        case RecordColumn::kPartition:
            return drawPartition(box, row.partition.partition);
        case RecordColumn::kOffset:
            return drawText(box, QString::number(row.offset.value), secondary, true);
        case RecordColumn::kTimestamp:
            return drawText(box, timeText(row.timestamp), secondary, false);
        case RecordColumn::kKey:
            if (row.isMissing || row.isControl) {
                return;
            }
            if (row.keyIsNull) {
                drawMark(box, QStringLiteral("null"));
            } else if (row.key.isEmpty()) {
                drawMark(box, QStringLiteral("empty"));
            } else {
                drawText(box, row.key, isUnsettled ? secondary : text, false);
            }
            return;
        case RecordColumn::kValue:
            if (row.isMissing) {
                return drawText(box, row.value, secondary, false);
            }
            if (row.isControl) {
                drawMark(box, row.value);
            } else if (isUnsettled) {
                drawUnsettled(box, row);
            } else if (row.valueIsNull) {
                drawMark(box, QStringLiteral("null"));
            } else if (row.value.isEmpty()) {
                drawMark(box, QStringLiteral("empty"));
            } else {
                drawValue(box, row.value);
            }
            return;
        case RecordColumn::kHeaders:
            return drawText(box, row.headers, secondary, false);
        case RecordColumn::kSize:
            return drawText(box, formatCount(row.sizeBytes), secondary, true);
        case RecordColumn::kField:
            return drawText(box, row.columns.value(field), isUnsettled ? secondary : text, false);
    }
}

void RecordPainter::drawWaiting(const QRect& cell, const ColumnSpec& column) {
    if (column.kind == RecordColumn::kValue || column.kind == RecordColumn::kKey) {
        const int width = std::min(cell.width() - 16, column.kind == RecordColumn::kKey ? 56 : 240);
        m_painter.fillRect(QRect(cell.left() + 8, cell.center().y() - 3, std::max(0, width), 7),
                           m_theme.color(Tint::kHover));
    }
}

}  // namespace weir::ui
