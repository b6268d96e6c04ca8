// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/time_series.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "ui/theme/theme.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

double secondsOf(Timestamp at) {
    return static_cast<double>(at.value) / 1000.0;
}

}  // namespace

int TimeSeries::addSeries(const QString& name, Tint tint, bool fill) {
    return add({name, tint, -1, fill, nullptr});
}

int TimeSeries::addSeries(const QString& name, int seriesColour) {
    return add({name, Tint::kAccent, seriesColour, false, nullptr});
}

int TimeSeries::add(OneSeries series) {
    series.graph = plot().addGraph();
    series.graph->setAdaptiveSampling(true);
    style(series);
    m_series.push_back(std::move(series));
    return static_cast<int>(m_series.size()) - 1;
}

void TimeSeries::clearSeries() {
    plot().clearGraphs();
    m_series.clear();
    refresh();
}

QColor TimeSeries::colorOf(const OneSeries& series) {
    return series.colour >= 0 ? Theme::of().seriesColor(series.colour) : Theme::of().color(series.tint);
}

void TimeSeries::style(const OneSeries& series) const {
    const QColor color = colorOf(series);
    series.graph->setPen(QPen(color, 1.6, series.colour >= 0 ? Theme::seriesPen(series.colour) : Qt::SolidLine,
                              Qt::RoundCap, Qt::RoundJoin));
    QColor faint = color;
    faint.setAlphaF(0.10F);
    series.graph->setBrush(series.fill ? QBrush(faint) : QBrush(Qt::NoBrush));
}

void TimeSeries::restyle() {
    for (const OneSeries& series : m_series) {
        style(series);
    }
}

void TimeSeries::push(const OneSeries& series, const std::vector<TimePoint>& points) const {
    QVector<QCPGraphData> fresh;
    fresh.reserve(static_cast<qsizetype>(points.size()));
    const auto container = series.graph->data();
    double last = container->isEmpty() ? std::nan("") : (container->constEnd() - 1)->key;
    for (const TimePoint& point : points) {
        const double at = secondsOf(point.at);
        if (m_gapMs > 0 && at - last > static_cast<double>(m_gapMs) / 1000.0) {
            // A point without a value is where QCustomPlot lifts the pen.
            fresh.append(QCPGraphData((at + last) / 2, std::numeric_limits<double>::quiet_NaN()));
        }
        fresh.append(QCPGraphData(at, point.value));
        last = at;
    }
    container->add(fresh, true);
}

void TimeSeries::setPoints(int series, const std::vector<TimePoint>& points) {
    const OneSeries& one = m_series.at(static_cast<std::size_t>(series));
    one.graph->data()->clear();
    push(one, points);
    refresh();
}

void TimeSeries::appendPoints(int series, const std::vector<TimePoint>& points, qint64 keepMs) {
    if (points.empty()) {
        return;
    }
    const OneSeries& one = m_series.at(static_cast<std::size_t>(series));
    push(one, points);
    one.graph->data()->removeBefore(secondsOf(points.back().at) - static_cast<double>(keepMs) / 1000.0);
    refresh();
}

void TimeSeries::setSeriesVisible(int series, bool visible) {
    m_series.at(static_cast<std::size_t>(series)).graph->setVisible(visible);
    refresh();
}

bool TimeSeries::isEmpty() const {
    return std::all_of(m_series.begin(), m_series.end(),
                       [](const OneSeries& series) { return series.graph->data()->isEmpty(); });
}

void TimeSeries::rescale(double from, double to) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const OneSeries& series : m_series) {
        if (!series.graph->visible()) {
            continue;
        }
        const auto samples = series.graph->data();
        for (auto it = samples->findBegin(from, true); it != samples->findEnd(to, true); ++it) {
            if (std::isfinite(it->value)) {
                low = std::min(low, it->value);
                high = std::max(high, it->value);
            }
        }
    }
    if (low > high) {
        low = 0;
        high = 1;
    }
    if (m_zeroBased) {
        // With nothing to show the ticks are whole numbers, so that none of them reads like its neighbour.
        constexpr double kNothingUpTo = 4;
        plot().yAxis->setRange(std::min(0.0, low), high > 0 ? high * 1.12 : kNothingUpTo);
    } else {
        const double room = std::max((high - low) * 0.08, std::abs(high) * 1e-4 + 1e-9);
        plot().yAxis->setRange(low - room, high + room);
    }
}

std::optional<double> TimeSeries::valueNear(const OneSeries& series, double second) const {
    const auto samples = series.graph->data();
    auto right = samples->findBegin(second, false);
    if (right == samples->constEnd()) {
        if (samples->isEmpty()) {
            return std::nullopt;
        }
        --right;
    }
    auto best = right;
    if (right != samples->constBegin() && std::abs((right - 1)->key - second) < std::abs(right->key - second)) {
        best = right - 1;
    }
    const double limit = m_gapMs > 0 ? static_cast<double>(m_gapMs) / 1000.0 : std::numeric_limits<double>::infinity();
    if (!std::isfinite(best->value) || std::abs(best->key - second) > limit) {
        return std::nullopt;
    }
    return best->value;
}

double TimeSeries::snap(double second) const {
    double best = std::nan("");
    for (const OneSeries& series : m_series) {
        const auto samples = series.graph->data();
        for (auto it = samples->findBegin(second, true); it != samples->findEnd(second, true); ++it) {
            if (std::isfinite(it->value) && !(std::abs(it->key - second) >= std::abs(best - second))) {
                best = it->key;
            }
        }
    }
    return std::isnan(best) ? second : best;
}

std::vector<HoverValue> TimeSeries::valuesAt(double second) const {
    std::vector<HoverValue> values;
    for (const OneSeries& series : m_series) {
        if (series.graph->visible()) {
            const std::optional<double> value = valueNear(series, second);
            values.push_back({series.name, value ? format(*value) : kNone, colorOf(series), value});
        }
    }
    return values;
}

std::vector<HoverValue> TimeSeries::newest() const {
    std::vector<HoverValue> values;
    for (const OneSeries& series : m_series) {
        const auto samples = series.graph->data();
        const bool known = !samples->isEmpty() && std::isfinite((samples->constEnd() - 1)->value);
        values.push_back(
            {series.name, known ? format((samples->constEnd() - 1)->value) : QString(), colorOf(series), {}});
    }
    return values;
}

QString TimeSeries::numbers() const {
    std::map<double, std::vector<QString>> rows;
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        for (const QCPGraphData& point : *m_series[i].graph->data()) {
            if (std::isfinite(point.value)) {
                auto& row = rows[point.key];
                row.resize(m_series.size());
                row[i] = QString::number(point.value, 'g', 15);
            }
        }
    }
    QStringList lines;
    QStringList head{QStringLiteral("time")};
    for (const OneSeries& series : m_series) {
        head.append(series.name);
    }
    lines.append(head.join(QLatin1Char('\t')));
    for (const auto& [second, values] : rows) {
        QStringList cells{formatAbsolute(Timestamp(static_cast<std::int64_t>(std::llround(second * 1000))))};
        for (const QString& value : values) {
            cells.append(value);
        }
        lines.append(cells.join(QLatin1Char('\t')));
    }
    return lines.join(QLatin1Char('\n'));
}

}  // namespace weir::ui
