// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/chart_base.h"

#include <qcustomplot.h>

#include <QClipboard>
#include <QMenu>
#include <QTimer>
#include <algorithm>

#include "ui/theme/theme.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

constexpr int kLegendHeight = 24;
constexpr int kTop = kLegendHeight + 8;

/// Value axes worded as the rest of the window words numbers.
class WordedTicker : public QCPAxisTicker {
public:
    explicit WordedTicker(const std::function<QString(double)>& format) : m_format(format) {}

protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override { return m_format(tick); }

private:
    const std::function<QString(double)>& m_format;
};

}  // namespace

/// Lies over the plot and lets the mouse through, so that a moving crosshair repaints no curve.
class ChartOverlay : public QWidget {
public:
    explicit ChartOverlay(ChartBase* chart) : QWidget(chart), m_chart(*chart) {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setAttribute(Qt::WA_NoSystemBackground);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        m_chart.paintOverlay(painter);
    }

private:
    ChartBase& m_chart;
};

ChartBase::ChartBase(QWidget* parent)
    : QWidget(parent),
      m_plot(new QCustomPlot(this)),
      m_overlay(new ChartOverlay(this)),
      m_format([](double value) { return formatShortCount(value); }),
      m_emptyText(tr("Nothing here yet")),
      m_now(nowTimestamp()) {
    setAccessibleName(tr("Chart"));
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    m_plot->setNoAntialiasingOnDrag(false);
    m_plot->setPlottingHint(QCP::phFastPolylines, true);
    m_plot->setPlottingHint(QCP::phCacheLabels, true);
    m_plot->axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
    m_plot->axisRect()->setMargins(QMargins(0, kTop, 8, 0));
    m_plot->axisRect()->setMinimumMargins(QMargins(48, kTop, 8, 22));
    auto ticker = QSharedPointer<QCPAxisTickerDateTime>::create();
    ticker->setDateTimeFormat(QStringLiteral("HH:mm:ss"));
    ticker->setTickCount(5);
    m_plot->xAxis->setTicker(ticker);
    m_plot->yAxis->setTicker(QSharedPointer<WordedTicker>::create(m_format));
    m_plot->yAxis->ticker()->setTickCount(4);
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setSubTicks(false);
        axis->setTickLength(0);
        axis->setTickLabelPadding(6);
    }
    m_plot->xAxis->grid()->setVisible(false);
    applyTheme();
    connect(&Theme::of(), &Theme::changed, this, &ChartBase::applyTheme);
}

void ChartBase::applyTheme() {
    const Theme& theme = Theme::of();
    m_plot->setBackground(theme.color(Tint::kPanel));
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setBasePen(Qt::NoPen);
        axis->setTickPen(Qt::NoPen);
        axis->setTickLabelFont(theme.font(FontRole::kSecondary));
        axis->setTickLabelColor(theme.color(Tint::kTextSecondary));
        axis->grid()->setPen(QPen(theme.color(Tint::kLine), 1));
        axis->grid()->setZeroLinePen(QPen(theme.color(Tint::kLine), 1));
    }
    // A virtual call while the constructor runs would reach nobody; children style themselves as they add series.
    QTimer::singleShot(0, this, [this] {
        restyle();
        refresh();
    });
}

void ChartBase::setVisibleSpan(qint64 milliseconds) {
    m_spanMs = milliseconds;
    refresh();
}

void ChartBase::setNow(Timestamp now) {
    m_now = now;
    refresh();
}

void ChartBase::setRange(const std::optional<TimeRange>& range) {
    m_range = range;
    refresh();
}

void ChartBase::setValueFormat(std::function<QString(double)> format) {
    m_format = std::move(format);
    refresh();
}

void ChartBase::setEmptyText(const QString& text) {
    if (text == m_emptyText) {
        return;
    }
    m_emptyText = text;
    m_overlay->update();
}

void ChartBase::refresh() {
    if (m_queued) {
        return;
    }
    m_queued = true;
    QTimer::singleShot(0, this, [this] {
        m_queued = false;
        const double to = static_cast<double>(m_range ? m_range->to.value : m_now.value) / 1000.0;
        const double from =
            m_range ? static_cast<double>(m_range->from.value) / 1000.0 : to - static_cast<double>(m_spanMs) / 1000.0;
        m_plot->xAxis->setRange(from, to);
        auto* ticker = static_cast<QCPAxisTickerDateTime*>(m_plot->xAxis->ticker().data());
        ticker->setDateTimeFormat(to - from > 2 * 86400.0  ? QStringLiteral("MM-dd HH:mm")
                                  : to - from > 3600.0 * 2 ? QStringLiteral("HH:mm")
                                                           : QStringLiteral("HH:mm:ss"));
        rescale(from, to);
        // Without values the axes would only claim some.
        m_plot->yAxis->setTickLabels(!isEmpty());
        m_plot->yAxis->grid()->setVisible(!isEmpty());
        m_plot->xAxis->setTickLabels(!isEmpty());
        m_plot->replot(QCustomPlot::rpRefreshHint);
        m_overlay->update();
    });
}

void ChartBase::resizeEvent(QResizeEvent*) {
    m_plot->setGeometry(rect());
    m_overlay->setGeometry(rect());
    m_overlay->raise();
}

double ChartBase::secondAt(int x) const {
    return m_plot->xAxis->pixelToCoord(x);
}

bool ChartBase::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_plot) {
        return QWidget::eventFilter(watched, event);
    }
    switch (event->type()) {
        case QEvent::MouseMove:
            m_hoverX = static_cast<int>(static_cast<QMouseEvent*>(event)->position().x());
            m_overlay->update();
            return true;
        case QEvent::Leave:
            m_hoverX = -1;
            m_overlay->update();
            break;
        case QEvent::MouseButtonPress: {
            auto* mouse = static_cast<QMouseEvent*>(event);
            if (mouse->button() == Qt::LeftButton) {
                m_dragFrom = static_cast<int>(mouse->position().x());
            } else if (mouse->button() == Qt::RightButton) {
                showMenu(mouse->globalPosition().toPoint());
            }
            return true;
        }
        case QEvent::MouseButtonRelease: {
            const int from = std::exchange(m_dragFrom, -1);
            const int to = static_cast<int>(static_cast<QMouseEvent*>(event)->position().x());
            if (from >= 0 && std::abs(to - from) > 4) {
                const auto at = [this](int x) { return Timestamp(static_cast<std::int64_t>(secondAt(x) * 1000)); };
                setRange(TimeRange{at(std::min(from, to)), at(std::max(from, to))});
                Q_EMIT rangeSelected(*m_range);
            }
            m_overlay->update();
            return true;
        }
        case QEvent::MouseButtonDblClick:
            m_dragFrom = -1;
            setRange(std::nullopt);
            Q_EMIT rangeReset();
            return true;
        default:
            break;
    }
    return QWidget::eventFilter(watched, event);
}

void ChartBase::showMenu(QPoint globalPosition) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(Theme::of().icon(QStringLiteral("copy")), tr("Copy picture")), &QAction::triggered, this,
            &ChartBase::copyPicture);
    connect(menu->addAction(Theme::of().icon(QStringLiteral("columns")), tr("Copy numbers")), &QAction::triggered, this,
            &ChartBase::copyNumbers);
    menu->addSeparator();
    QAction* reset = menu->addAction(tr("Follow now"));
    reset->setEnabled(m_range.has_value());
    connect(reset, &QAction::triggered, this, [this] {
        setRange(std::nullopt);
        Q_EMIT rangeReset();
    });
    menu->popup(globalPosition);
}

void ChartBase::copyPicture() const {
    QGuiApplication::clipboard()->setPixmap(const_cast<ChartBase*>(this)->grab());
}

void ChartBase::copyNumbers() const {
    QGuiApplication::clipboard()->setText(numbers());
}

void ChartBase::paintOverlay(QPainter& painter) const {
    const Theme& theme = Theme::of();
    if (isEmpty()) {
        painter.setFont(theme.font(FontRole::kBody));
        painter.setPen(theme.color(Tint::kTextSecondary));
        painter.drawText(rect(), Qt::AlignCenter, m_emptyText);
        return;
    }
    const QRect area = m_plot->axisRect()->rect();
    if (m_dragFrom >= 0 && m_hoverX >= 0 && std::abs(m_hoverX - m_dragFrom) > 4) {
        QColor band = theme.color(Tint::kAccent);
        band.setAlphaF(0.16F);
        painter.fillRect(QRect(std::min(m_dragFrom, m_hoverX), 0, std::abs(m_hoverX - m_dragFrom), area.bottom() + 1),
                         band);
    }
    paintLegend(painter);
    if (m_hoverX >= area.left() && m_hoverX <= area.right()) {
        paintHover(painter);
    }
}

void ChartBase::paintLegend(QPainter& painter) const {
    const Theme& theme = Theme::of();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.font(FontRole::kSecondary));
    const QFontMetrics metrics = painter.fontMetrics();
    int x = 12;
    for (const HoverValue& entry : newest()) {
        const QString text = entry.value.isEmpty() ? entry.name : entry.name + QStringLiteral("  ") + entry.value;
        const int wide = metrics.horizontalAdvance(text);
        if (x + 12 + wide > width() - 8) {
            painter.setPen(theme.color(Tint::kTextSecondary));
            painter.drawText(QRect(x, 2, 40, kLegendHeight - 4), Qt::AlignVCenter, QStringLiteral("…"));
            return;
        }
        painter.setPen(Qt::NoPen);
        painter.setBrush(entry.color);
        painter.drawRoundedRect(QRectF(x, kLegendHeight / 2.0 - 4, 8, 8), 2, 2);
        painter.setPen(theme.color(Tint::kTextSecondary));
        painter.drawText(QRect(x + 14, 2, wide + 4, kLegendHeight - 4), Qt::AlignVCenter, text);
        x += 14 + wide + 18;
    }
}

void ChartBase::paintHover(QPainter& painter) const {
    const Theme& theme = Theme::of();
    const double second = snap(secondAt(m_hoverX));
    const double x = m_plot->xAxis->coordToPixel(second);
    const QRect area = m_plot->axisRect()->rect();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.color(Tint::kTextSecondary), 1, Qt::DotLine));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    const std::vector<HoverValue> values = valuesAt(second);
    for (const HoverValue& value : values) {
        if (value.y) {
            painter.setPen(QPen(theme.color(Tint::kPanel), 2));
            painter.setBrush(value.color);
            painter.drawEllipse(QPointF(x, m_plot->yAxis->coordToPixel(*value.y)), 4, 4);
        }
    }
    painter.setFont(theme.font(FontRole::kSecondary));
    const QFontMetrics metrics = painter.fontMetrics();
    const QString time = formatAbsolute(Timestamp(static_cast<std::int64_t>(second * 1000))).mid(11, 12);
    int names = 0;
    int figures = 0;
    for (const HoverValue& value : values) {
        names = std::max(names, metrics.horizontalAdvance(value.name));
        figures = std::max(figures, metrics.horizontalAdvance(value.value));
    }
    const int line = metrics.height() + 3;
    const int wide = std::max(metrics.horizontalAdvance(time), 14 + names + 16 + figures) + 20;
    const int high = line * (static_cast<int>(values.size()) + 1) + 14;
    const double left = x + 12 + wide > width() ? x - 12 - wide : x + 12;
    const QRectF box(left, std::clamp(area.top() + 4, 0, std::max(0, height() - high)), wide, high);
    painter.setPen(QPen(theme.color(Tint::kOutline), 1));
    painter.setBrush(theme.color(Tint::kRaised));
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
    QRectF row(box.left() + 10, box.top() + 7, wide - 20, line);
    painter.setPen(theme.color(Tint::kTextSecondary));
    painter.drawText(row, Qt::AlignVCenter | Qt::AlignLeft, time);
    for (const HoverValue& value : values) {
        row.translate(0, line);
        painter.setPen(Qt::NoPen);
        painter.setBrush(value.color);
        painter.drawRoundedRect(QRectF(row.left(), row.center().y() - 4, 8, 8), 2, 2);
        painter.setPen(theme.color(Tint::kTextSecondary));
        painter.drawText(row.adjusted(14, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, value.name);
        painter.setPen(theme.color(Tint::kText));
        painter.drawText(row, Qt::AlignVCenter | Qt::AlignRight, value.value);
    }
}

}  // namespace weir::ui
