// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/tokens.h"
#include "ui/widgets/chart_base.h"

class QCPGraph;

namespace weir::ui {

struct TimePoint {
    Timestamp at;
    double value = 0;
};

/// Lines over time. The value axis begins at zero unless setZeroBased(false).
class TimeSeries : public ChartBase {
    Q_OBJECT

public:
    using ChartBase::ChartBase;

    /// Returns the number to speak of it by. `fill` lays a faint area below the line.
    int addSeries(const QString& name, Tint tint, bool fill = true);
    /// In the colour of a partition, or of the n-th key.
    int addSeries(const QString& name, int seriesColour);
    void clearSeries();
    [[nodiscard]] int seriesCount() const { return static_cast<int>(m_series.size()); }
    void setPoints(int series, const std::vector<TimePoint>& points);
    /// Later than what is there; what left the largest window is dropped after `keepMs`.
    void appendPoints(int series, const std::vector<TimePoint>& points, qint64 keepMs);
    void setSeriesVisible(int series, bool visible);
    /// Two points further apart than this are not joined; 0 joins everything.
    void setGap(qint64 milliseconds) { m_gapMs = milliseconds; }
    void setZeroBased(bool zeroBased) { m_zeroBased = zeroBased; }

protected:
    [[nodiscard]] std::vector<HoverValue> valuesAt(double second) const override;
    [[nodiscard]] std::vector<HoverValue> newest() const override;
    [[nodiscard]] double snap(double second) const override;
    [[nodiscard]] QString numbers() const override;
    [[nodiscard]] bool isEmpty() const override;
    void restyle() override;
    void rescale(double from, double to) override;

private:
    struct OneSeries {
        QString name;
        Tint tint = Tint::kAccent;
        int colour = -1;  // >= 0: of the series set
        bool fill = false;
        QCPGraph* graph = nullptr;
    };
    int add(OneSeries series);
    void style(const OneSeries& series) const;
    void push(const OneSeries& series, const std::vector<TimePoint>& points) const;
    [[nodiscard]] static QColor colorOf(const OneSeries& series);
    /// The value at `second`, when a point is within the gap of it.
    [[nodiscard]] std::optional<double> valueNear(const OneSeries& series, double second) const;

    std::vector<OneSeries> m_series;
    qint64 m_gapMs = 0;
    bool m_zeroBased = true;
};

}  // namespace weir::ui
