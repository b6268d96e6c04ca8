// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topic/segments_view.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "ui/theme/theme.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

/// Wide enough to be seen and pointed at, however small the file is.
constexpr double kLeastWidth = 3;
constexpr double kGapWidth = 2;

}  // namespace

RetentionNow retentionNow(const std::vector<SegmentInfo>& segments, std::int64_t retentionMs,
                          std::int64_t retentionBytes, Timestamp now) {
    RetentionNow gone;
    std::int64_t left = 0;
    for (const SegmentInfo& segment : segments) {
        left += segment.sizeBytes;
    }
    for (const SegmentInfo& segment : segments) {
        const bool old =
            retentionMs >= 0 && segment.maxTimestamp.value >= 0 && now - segment.maxTimestamp > retentionMs;
        const bool tooMuch = retentionBytes >= 0 && left - segment.sizeBytes >= retentionBytes;
        if (segment.isActive || (!old && !tooMuch)) {
            break;
        }
        left -= segment.sizeBytes;
        gone.bytes += segment.sizeBytes;
        ++gone.segments;
    }
    return gone;
}

SegmentsView::SegmentsView(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Segments"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setMouseTracking(true);
}

void SegmentsView::setSegments(std::vector<SegmentInfo> segments, int colour, int doomed) {
    m_segments = std::move(segments);
    m_colour = colour;
    m_doomed = doomed;
    QStringList words;
    for (std::size_t i = 0; i < m_segments.size() && i < 20; ++i) {
        words.append(describe(i));
    }
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    update();
}

QSize SegmentsView::sizeHint() const {
    return {Theme::of().px(480), Theme::of().px(64)};
}
QSize SegmentsView::minimumSizeHint() const {
    return {Theme::of().px(160), Theme::of().px(64)};
}

QString SegmentsView::describe(std::size_t index) const {
    const SegmentInfo& segment = m_segments[index];
    QString text = tr("Offsets %1 to %2 · %3 · newest record %4")
                       .arg(formatCount(segment.base.value), formatCount(segment.next.value - 1),
                            formatBytes(segment.sizeBytes), formatAbsolute(segment.maxTimestamp));
    if (segment.isActive) {
        text += tr(" · active: new records go here");
    } else if (static_cast<int>(index) < m_doomed) {
        text += tr(" · retention would delete it now");
    }
    return text;
}

std::vector<QRectF> SegmentsView::boxes() const {
    std::vector<QRectF> boxes;
    double total = 0;
    for (const SegmentInfo& segment : m_segments) {
        total += static_cast<double>(segment.sizeBytes);
    }
    const auto count = static_cast<double>(m_segments.size());
    const double room = std::max(0.0, width() - count * (kGapWidth + kLeastWidth));
    double x = 0;
    for (const SegmentInfo& segment : m_segments) {
        const double share = total > 0 ? static_cast<double>(segment.sizeBytes) / total : 1.0 / std::max(1.0, count);
        const double wide = kLeastWidth + room * share;
        boxes.emplace_back(x, 0.5, wide, Theme::of().px(40));
        x += wide + kGapWidth;
    }
    return boxes;
}

int SegmentsView::segmentAt(int x) const {
    const std::vector<QRectF> all = boxes();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (x >= all[i].left() && x <= all[i].right() + kGapWidth) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

void SegmentsView::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor colour = theme.seriesColor(m_colour);
    const std::vector<QRectF> all = boxes();
    double labelledTo = -1;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const SegmentInfo& segment = m_segments[i];
        const bool doomed = static_cast<int>(i) < m_doomed;
        const QColor fill = blend(theme.color(Tint::kPanel), doomed ? theme.color(Tint::kTextSecondary) : colour,
                                  segment.isActive ? 0.85 : 0.4);
        painter.setPen(segment.isActive ? QPen(theme.color(Tint::kAccent), 1.6) : QPen(Qt::NoPen));
        painter.setBrush(doomed ? QBrush(fill, Qt::BDiagPattern) : QBrush(fill));
        painter.drawRoundedRect(all[i], 3, 3);
        painter.setFont(theme.font(FontRole::kSecondary));
        const QString size = formatBytes(segment.sizeBytes);
        if (painter.fontMetrics().horizontalAdvance(size) + 12 < all[i].width()) {
            painter.setPen(theme.color(Tint::kText));
            painter.drawText(all[i], Qt::AlignCenter, size);
        }
        const QString base = formatCount(segment.base.value);
        const double labelWidth = painter.fontMetrics().horizontalAdvance(base);
        if (all[i].left() > labelledTo && all[i].left() + labelWidth <= width()) {
            painter.setPen(theme.color(Tint::kTextSecondary));
            painter.drawText(QRectF(all[i].left(), all[i].bottom() + 2, labelWidth + 2, theme.px(20)),
                             Qt::AlignLeft | Qt::AlignVCenter, base);
            labelledTo = all[i].left() + labelWidth + 12;
        }
    }
}

bool SegmentsView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int index = segmentAt(help->pos().x());
        QToolTip::showText(help->globalPos(), index < 0 ? QString() : describe(static_cast<std::size_t>(index)), this);
        return true;
    }
    return QWidget::event(event);
}

}  // namespace weir::ui
