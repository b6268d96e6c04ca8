// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/messages/timeline_bar.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/theme/theme.h"
#include "ui/widgets/format.h"

namespace weir::ui {

TimelineBar::TimelineBar(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFixedHeight(Theme::of().px(44));

    setCursor(Qt::PointingHandCursor);
    setAccessibleName(tr("Records over time; click to jump there"));
}

void TimelineBar::setBuckets(std::vector<TimelineBucket> buckets) {
    m_buckets = std::move(buckets);
    m_most = 0;
    for (const TimelineBucket& bucket : m_buckets) {
        m_most = std::max(m_most, bucket.records);
    }
    update();
}

void TimelineBar::setMark(Timestamp at) {
    if (m_mark != at) {
        m_mark = at;
        update();
    }
}

QRectF TimelineBar::bar(int bucket) const {
    const double step = static_cast<double>(width()) / static_cast<double>(m_buckets.size());
    const double room = height() - 16;
    const qint64 records = m_buckets[static_cast<std::size_t>(bucket)].records;
    // The square root keeps a quiet minute visible beside a busy one; the exact figure is in the tooltip.
    const double share = m_most > 0 ? std::sqrt(static_cast<double>(records) / static_cast<double>(m_most)) : 0;
    const double tall = records > 0 ? std::max(2.0, share * room) : 0;
    return {bucket * step, room - tall, std::max(1.0, step - 1), tall};
}

int TimelineBar::bucketAt(int x) const {
    return m_buckets.empty() ? -1
                             : std::clamp(static_cast<int>(static_cast<std::size_t>(std::max(0, x)) * m_buckets.size() /
                                                           static_cast<std::size_t>(std::max(1, width()))),
                                          0, static_cast<int>(m_buckets.size()) - 1);
}

void TimelineBar::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(this);
    painter.fillRect(QRectF(0, height() - 16, width(), 1), theme.color(Tint::kLine));
    if (m_buckets.empty()) {
        return;
    }
    for (int i = 0; i < static_cast<int>(m_buckets.size()); ++i) {
        const bool chosen =
            m_from >= 0 && m_hover >= 0 && i >= std::min(m_from, m_hover) && i <= std::max(m_from, m_hover);
        const Tint tint = chosen || i == m_hover ? Tint::kAccent : Tint::kIn;
        QColor color = theme.color(tint);
        color.setAlphaF(chosen || i == m_hover ? 1.0F : 0.7F);
        painter.fillRect(bar(i), color);
    }
    const Timestamp first = m_buckets.front().from;
    const Timestamp last = m_buckets.back().to;
    if (m_mark >= first && m_mark <= last && last > first) {
        const double x = static_cast<double>(m_mark - first) / static_cast<double>(last - first) * width();
        painter.fillRect(QRectF(x, 0, 1, height() - 16), theme.color(Tint::kText));
    }
    painter.setFont(theme.font(FontRole::kSecondary));
    painter.setPen(theme.color(Tint::kTextSecondary));
    const QRect words(0, height() - 14, width(), 14);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignBottom, formatClock(first).left(8));
    painter.drawText(words, Qt::AlignRight | Qt::AlignBottom, formatClock(last).left(8));
}

void TimelineBar::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        m_from = bucketAt(static_cast<int>(event->position().x()));
        update();
    }
}

void TimelineBar::mouseMoveEvent(QMouseEvent* event) {
    m_hover = bucketAt(static_cast<int>(event->position().x()));
    update();
}

void TimelineBar::mouseReleaseEvent(QMouseEvent* event) {
    const int to = bucketAt(static_cast<int>(event->position().x()));
    if (m_from < 0 || to < 0) {
        return;
    }
    const int first = std::min(m_from, to);
    const int last = std::max(m_from, to);
    m_from = -1;
    update();
    if (first == last) {
        Q_EMIT timeChosen(m_buckets[static_cast<std::size_t>(first)].from);
    } else {
        Q_EMIT rangeChosen(m_buckets[static_cast<std::size_t>(first)].from,
                           m_buckets[static_cast<std::size_t>(last)].to);
    }
}

void TimelineBar::leaveEvent(QEvent*) {
    m_hover = -1;
    update();
}

bool TimelineBar::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int i = bucketAt(help->pos().x());
        if (i >= 0) {
            const TimelineBucket& bucket = m_buckets[static_cast<std::size_t>(i)];
            QToolTip::showText(help->globalPos(),
                               tr("%1 to %2\n%3")
                                   .arg(formatAbsolute(bucket.from), formatClock(bucket.to),
                                        plural(bucket.records, tr("record"), tr("records"))),
                               this);
        }
        return true;
    }
    return QWidget::event(event);
}

}  // namespace weir::ui
