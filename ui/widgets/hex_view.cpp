// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/hex_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "ui/theme/theme.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

constexpr int kPerRow = 16;
constexpr int kMargin = 12;
// In characters: eight of offset, two of room, three per byte with one more in the middle, two of room, the text.
constexpr int kHexColumn = 10;
constexpr int kTextColumn = kHexColumn + kPerRow * 3 + 2;

int hexColumnOf(int byte) {
    return kHexColumn + byte * 3 + (byte >= kPerRow / 2 ? 1 : 0);
}

}  // namespace

HexView::HexView(QWidget* parent) : QAbstractScrollArea(parent) {
    setFrameShape(NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Bytes"));
    const auto measure = [this] {
        const QFontMetricsF metrics(Theme::of().font(FontRole::kMono));
        m_charWidth = metrics.horizontalAdvance(QLatin1Char('0'));
        m_lineHeight = static_cast<int>(metrics.height() + 4);
        updateBars();
        viewport()->update();
    };
    connect(&Theme::of(), &Theme::changed, this, measure);
    measure();
}

void HexView::setBytes(const QByteArray& bytes) {
    m_data = bytes;
    m_anchor = m_end = -1;
    setAccessibleDescription(formatBytesExact(bytes.size()));
    verticalScrollBar()->setValue(0);
    updateBars();
    viewport()->update();
}

void HexView::updateBars() {
    const qsizetype rows = (m_data.size() + kPerRow - 1) / kPerRow;
    const int page = std::max(1, viewport()->height() / m_lineHeight);
    verticalScrollBar()->setRange(0, static_cast<int>(std::max<qsizetype>(0, rows - page)));
    verticalScrollBar()->setPageStep(page);
    const int wide = static_cast<int>((kTextColumn + kPerRow) * m_charWidth) + 2 * kMargin;
    horizontalScrollBar()->setRange(0, std::max(0, wide - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
}

void HexView::resizeEvent(QResizeEvent*) {
    updateBars();
}
void HexView::scrollContentsBy(int, int) {
    viewport()->update();
}

void HexView::paintRow(QPainter& painter, qsizetype row, int y) {
    const Theme& theme = Theme::of();
    const double left = kMargin - horizontalScrollBar()->value();
    const double baseline = y + 2 + QFontMetricsF(painter.font()).ascent();
    const auto at = [&](int column) { return left + column * m_charWidth; };
    painter.setPen(theme.color(Tint::kTextSecondary));
    painter.drawText(QPointF(at(0), baseline),
                     QStringLiteral("%1").arg(row * kPerRow, 8, 16, QLatin1Char('0')).toUpper());
    const qsizetype low = std::min(m_anchor, m_end);
    const qsizetype high = std::max(m_anchor, m_end);
    for (int i = 0; i < kPerRow && row * kPerRow + i < m_data.size(); ++i) {
        const qsizetype index = row * kPerRow + i;
        const auto byte = static_cast<unsigned char>(m_data.at(index));
        if (m_anchor >= 0 && index >= low && index <= high) {
            const QColor selected = theme.color(Tint::kSelected);
            painter.fillRect(QRectF(at(hexColumnOf(i)) - m_charWidth / 2, y, m_charWidth * 3, m_lineHeight), selected);
            painter.fillRect(QRectF(at(kTextColumn + i), y, m_charWidth, m_lineHeight), selected);
        }
        const bool printable = byte >= 0x20 && byte < 0x7F;
        painter.setPen(theme.color(byte == 0 ? Tint::kTextDisabled : printable ? Tint::kText : Tint::kJsonNumber));
        painter.drawText(QPointF(at(hexColumnOf(i)), baseline),
                         QStringLiteral("%1").arg(byte, 2, 16, QLatin1Char('0')).toUpper());
        painter.setPen(theme.color(printable ? Tint::kJsonString : Tint::kTextDisabled));
        painter.drawText(QPointF(at(kTextColumn + i), baseline),
                         printable ? QString(QLatin1Char(static_cast<char>(byte))) : QStringLiteral("·"));
    }
}

void HexView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), Theme::of().color(Tint::kPanel));
    painter.setFont(Theme::of().font(FontRole::kMono));
    const qsizetype rows = (m_data.size() + kPerRow - 1) / kPerRow;
    int y = 4;
    for (qsizetype row = verticalScrollBar()->value(); row < rows && y < viewport()->height(); ++row) {
        paintRow(painter, row, y);
        y += m_lineHeight;
    }
}

qsizetype HexView::byteAt(QPoint point) const {
    const qsizetype row = verticalScrollBar()->value() + std::max(0, point.y() - 4) / m_lineHeight;
    const int column = static_cast<int>((point.x() - kMargin + horizontalScrollBar()->value()) / m_charWidth);
    int byte = column >= kTextColumn ? column - kTextColumn
                                     : (column - kHexColumn - (column >= hexColumnOf(kPerRow / 2) ? 1 : 0)) / 3;
    byte = std::clamp(byte, 0, kPerRow - 1);
    return std::clamp<qsizetype>(row * kPerRow + byte, 0, std::max<qsizetype>(0, m_data.size() - 1));
}

void HexView::mousePressEvent(QMouseEvent* event) {
    if (!m_data.isEmpty() && event->button() == Qt::LeftButton) {
        m_anchor = m_end = byteAt(event->position().toPoint());
        viewport()->update();
    }
}

void HexView::mouseMoveEvent(QMouseEvent* event) {
    if ((event->buttons() & Qt::LeftButton) != 0 && m_anchor >= 0) {
        m_end = byteAt(event->position().toPoint());
        viewport()->update();
    }
}

QString HexView::selectedHex() const {
    if (m_anchor < 0) {
        return {};
    }
    const qsizetype low = std::min(m_anchor, m_end);
    return QString::fromLatin1(m_data.mid(low, std::max(m_anchor, m_end) - low + 1).toHex(' '));
}

void HexView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        if (m_anchor >= 0) {
            QGuiApplication::clipboard()->setText(selectedHex());
        }
    } else if (event->matches(QKeySequence::SelectAll) && !m_data.isEmpty()) {
        m_anchor = 0;
        m_end = m_data.size() - 1;
        viewport()->update();
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

}  // namespace weir::ui
