// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/history_chart.h"

#include <QVBoxLayout>
#include <array>

#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/time_series.h"

namespace weir::ui {
namespace {

constexpr std::array<qint64, 4> kSpansMs = {60'000, 600'000, 3'600'000, 86'400'000};
constexpr std::array<qint64, 4> kReloadMs = {900, 2'000, 10'000, 60'000};

}  // namespace

HistoryChart::HistoryChart(LiveFeed& live, QWidget* parent) : QWidget(parent), m_live(live) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_chart = new TimeSeries(this);
    column->addWidget(m_chart);
    m_spans = new SegmentedControl({tr("1 min"), tr("10 min"), tr("1 h"), tr("24 h")}, this);
    m_spans->setAccessibleName(tr("How far back"));
    m_spans->setCurrent(1);
    m_chart->setVisibleSpan(kSpansMs[1]);
    m_chart->setNow(nowTimestamp());
    connect(m_spans, &SegmentedControl::chosen, this, [this](int index) {
        setSpan(index);
        Q_EMIT spanChosen(index);
    });
    connect(&live, &LiveFeed::changed, this, &HistoryChart::tick);
}

void HistoryChart::addSeries(const QString& name, Series series, const QString& subject, Tint tint) {
    m_lines.push_back({series, subject, m_chart->addSeries(name, tint), 0});
}

void HistoryChart::setFormat(std::function<QString(double)> format) {
    m_chart->setValueFormat(std::move(format));
}

void HistoryChart::setEmptyText(const QString& text) {
    m_chart->setEmptyText(text);
}

void HistoryChart::setSpan(int index) {
    m_spans->setCurrent(index);
    m_chart->setRange(std::nullopt);
    m_chart->setVisibleSpan(kSpansMs[static_cast<std::size_t>(m_spans->current())]);
    reload();
}

void HistoryChart::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    reload();
}

void HistoryChart::tick() {
    if (!isVisible()) {
        return;
    }
    const qint64 pace = kReloadMs[static_cast<std::size_t>(m_spans->current())];
    if (!m_since.isValid() || m_since.elapsed() >= pace) {
        reload();
    }
}

void HistoryChart::reload() {
    m_since.start();
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        ask(i);
    }
}

void HistoryChart::ask(std::size_t index) {
    Line& line = m_lines[index];
    HistoryQuery query;
    query.series = line.series;
    query.subject = line.subject;
    query.to = nowTimestamp();
    query.from = query.to - kSpansMs[static_cast<std::size_t>(m_spans->current())];
    query.maxPoints = std::max(120, width());
    const int asked = ++line.asked;
    m_live.history(query, this,
                   [this, index, asked, now = query.to](const ClusterResult<std::vector<HistoryPoint>>& answer) {
                       if (asked != m_lines[index].asked) {
                           return;
                       }
                       if (!answer.ok()) {
                           Q_EMIT failed(QString::fromStdString(answer.error().message));
                           return;
                       }
                       std::vector<TimePoint> points;
                       points.reserve(answer.value().size());
                       for (const HistoryPoint& point : answer.value()) {
                           points.push_back({point.at, point.value});
                       }
                       m_chart->setPoints(m_lines[index].number, points);
                       m_chart->setNow(now);
                   });
}

}  // namespace weir::ui
