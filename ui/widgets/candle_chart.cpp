// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/candle_chart.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/theme/theme.h"
#include "ui/widgets/format.h"

namespace weir::ui {

CandleChart::CandleChart(QWidget* parent) : ChartBase(parent) {
    m_volume = new QCPBars(plot().xAxis, plot().yAxis2);
    m_financial = new QCPFinancial(plot().xAxis, plot().yAxis);
    m_financial->setChartStyle(QCPFinancial::csCandlestick);
    m_financial->setTwoColored(true);
    m_financial->setWidthType(QCPFinancial::wtPlotCoords);
    m_volume->setWidthType(QCPBars::wtPlotCoords);
    plot().yAxis2->setVisible(false);
    setValueFormat([](double value) { return QString::number(value, 'f', 2); });
    setCandleSpan(m_spanMs);
    setAccessibleName(tr("Candlestick chart"));
}

void CandleChart::setCandleSpan(qint64 milliseconds) {
    m_spanMs = std::max<qint64>(1, milliseconds);
    m_financial->setWidth(static_cast<double>(m_spanMs) / 1000.0 * 0.66);
    m_volume->setWidth(static_cast<double>(m_spanMs) / 1000.0 * 0.66);
    fill();
}

void CandleChart::setName(const QString& name) {
    m_name = name;
    refresh();
}

double CandleChart::middle(const Candle& candle) const {
    return static_cast<double>(candle.at.value + m_spanMs / 2) / 1000.0;
}

void CandleChart::setCandles(const std::vector<Candle>& candles) {
    m_candles = candles;
    fill();
}

void CandleChart::appendCandles(const std::vector<Candle>& candles) {
    for (const Candle& candle : candles) {
        if (!m_candles.empty() && m_candles.back().at == candle.at) {
            m_candles.back() = candle;
        } else {
            m_candles.push_back(candle);
        }
    }
    if (m_candles.size() > kKept) {
        m_candles.erase(m_candles.begin(), m_candles.end() - static_cast<std::ptrdiff_t>(kKept));
    }
    fill();
}

void CandleChart::fill() {
    QVector<QCPFinancialData> bodies;
    QVector<QCPBarsData> volumes;
    for (const Candle& candle : m_candles) {
        bodies.append(QCPFinancialData(middle(candle), candle.open, candle.high, candle.low, candle.close));
        volumes.append(QCPBarsData(middle(candle), candle.volume));
    }
    m_financial->data()->set(bodies, true);
    m_volume->data()->set(volumes, true);
    refresh();
}

void CandleChart::restyle() {
    const Theme& theme = Theme::of();
    m_financial->setPenPositive(QPen(theme.color(Tint::kOk), 1.2));
    m_financial->setBrushPositive(theme.color(Tint::kPanel));
    m_financial->setPenNegative(QPen(theme.color(Tint::kBad), 1.2));
    m_financial->setBrushNegative(theme.color(Tint::kBad));
    QColor faint = theme.color(Tint::kTextSecondary);
    faint.setAlphaF(0.22F);
    m_volume->setPen(Qt::NoPen);
    m_volume->setBrush(faint);
}

void CandleChart::rescale(double from, double to) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    double volume = 0;
    for (const Candle& candle : m_candles) {
        if (middle(candle) >= from && middle(candle) <= to) {
            low = std::min(low, candle.low);
            high = std::max(high, candle.high);
            volume = std::max(volume, candle.volume);
        }
    }
    if (low > high) {
        low = 0;
        high = 1;
    }
    const double room = std::max((high - low) * 0.08, std::abs(high) * 1e-5 + 1e-9);
    plot().yAxis->setRange(low - room, high + room);
    // Bars take the lowest fifth.
    plot().yAxis2->setRange(0, volume > 0 ? volume * 5 : 1);
}

const Candle* CandleChart::candleAt(double second) const {
    const auto ms = static_cast<std::int64_t>(second * 1000);
    const auto next = std::upper_bound(m_candles.begin(), m_candles.end(), ms,
                                       [](std::int64_t at, const Candle& candle) { return at < candle.at.value; });
    return next == m_candles.begin() ? (m_candles.empty() ? nullptr : &m_candles.front()) : &*std::prev(next);
}

double CandleChart::snap(double second) const {
    const Candle* candle = candleAt(second);
    return candle == nullptr ? second : middle(*candle);
}

std::vector<HoverValue> CandleChart::valuesAt(double second) const {
    const Candle* candle = candleAt(second);
    if (candle == nullptr) {
        return {};
    }
    const QColor color = Theme::of().color(candle->close >= candle->open ? Tint::kOk : Tint::kBad);
    return {{tr("Open"), format(candle->open), color, {}},
            {tr("High"), format(candle->high), color, {}},
            {tr("Low"), format(candle->low), color, {}},
            {tr("Close"), format(candle->close), color, candle->close},
            {tr("Volume"), formatShortCount(candle->volume), Theme::of().color(Tint::kTextSecondary), {}}};
}

std::vector<HoverValue> CandleChart::newest() const {
    if (m_candles.empty()) {
        return {};
    }
    const Candle& last = m_candles.back();
    const QColor color = Theme::of().color(last.close >= last.open ? Tint::kOk : Tint::kBad);
    return {{m_name, format(last.close), color, {}}};
}

QString CandleChart::numbers() const {
    QStringList lines{QStringLiteral("time\topen\thigh\tlow\tclose\tvolume")};
    for (const Candle& candle : m_candles) {
        QStringList cells{formatAbsolute(candle.at)};
        for (const double value : {candle.open, candle.high, candle.low, candle.close, candle.volume}) {
            cells.append(QString::number(value, 'g', 15));
        }
        lines.append(cells.join(QLatin1Char('\t')));
    }
    return lines.join(QLatin1Char('\n'));
}

}  // namespace weir::ui
