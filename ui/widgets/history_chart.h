// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QWidget>
#include <functional>
#include <vector>

#include "ui/backend/live_feed.h"
#include "ui/theme/tokens.h"

namespace weir::ui {

class SegmentedControl;
class TimeSeries;

/// What the cluster remembers of the last 24 hours, drawn up to now: one line a series, with a choice of how far back.
/// Asks again as often as the chosen span moves by a pixel or so, and only while it is seen.
class HistoryChart : public QWidget {
    Q_OBJECT

public:
    /// `live` outlives the chart.
    explicit HistoryChart(LiveFeed& live, QWidget* parent = nullptr);

    void addSeries(const QString& name, Series series, const QString& subject, Tint tint);
    void setFormat(std::function<QString(double)> format);
    void setEmptyText(const QString& text);
    /// 1 min, 10 min, 1 h, 24 h; the owner places it.
    [[nodiscard]] SegmentedControl* spans() const { return m_spans; }
    /// 0 to 3.
    void setSpan(int index);
    void reload();

Q_SIGNALS:
    void spanChosen(int index);
    void failed(const QString& sentence);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void tick();
    void ask(std::size_t series);

    struct Line {
        Series series;
        QString subject;
        int number = 0;
        /// Answers to older questions are dropped.
        int asked = 0;
    };
    LiveFeed& m_live;
    TimeSeries* m_chart;
    SegmentedControl* m_spans;
    std::vector<Line> m_lines;
    QElapsedTimer m_since;
};

}  // namespace weir::ui
