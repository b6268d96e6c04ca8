// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QWidget>
#include <functional>
#include <optional>
#include <vector>

#include "broker/model/ids.h"

class QCustomPlot;
class QMouseEvent;
class QPainter;

namespace weir::ui {

struct TimeRange {
    Timestamp from;
    Timestamp to;
    bool operator==(const TimeRange&) const = default;
};

/// What stands beside the crosshair for one series.
struct HoverValue {
    QString name;
    QString value;
    QColor color;
    /// Where to put a dot; nothing where the series has a gap.
    std::optional<double> y;
};

/// What all charts do the same way: time runs to the right edge and now is there; hover shows the exact values of all
/// series at that instant; drag selects a range, a double click resets it; right click copies the picture or the
/// numbers. A page with several charts joins them through rangeSelected() and setRange().
class ChartBase : public QWidget {
    Q_OBJECT

public:
    explicit ChartBase(QWidget* parent = nullptr);

    /// How much time is seen while no range is chosen.
    void setVisibleSpan(qint64 milliseconds);
    /// Where the right edge is; call it with each refresh.
    void setNow(Timestamp now);
    /// Freeze on a range, or follow now again. Emits nothing.
    void setRange(const std::optional<TimeRange>& range);
    [[nodiscard]] std::optional<TimeRange> range() const { return m_range; }
    /// How values are worded at the axis and beside the crosshair.
    void setValueFormat(std::function<QString(double)> format);
    /// What stands in the middle while there is nothing to draw.
    void setEmptyText(const QString& text);
    void copyPicture() const;
    void copyNumbers() const;

    [[nodiscard]] QSize sizeHint() const override { return {480, 200}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 96}; }

Q_SIGNALS:
    void rangeSelected(const weir::ui::TimeRange& range);
    void rangeReset();

protected:
    [[nodiscard]] QCustomPlot& plot() const { return *m_plot; }
    [[nodiscard]] QString format(double value) const { return m_format(value); }
    /// Draw again, soon and once, whatever changed.
    void refresh();

    [[nodiscard]] virtual std::vector<HoverValue> valuesAt(double second) const = 0;
    /// The legend, with the newest values.
    [[nodiscard]] virtual std::vector<HoverValue> newest() const = 0;
    /// The instant that has data closest to `second`.
    [[nodiscard]] virtual double snap(double second) const { return second; }
    [[nodiscard]] virtual QString numbers() const = 0;
    [[nodiscard]] virtual bool isEmpty() const = 0;
    virtual void restyle() = 0;
    virtual void rescale(double from, double to) = 0;

    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    friend class ChartOverlay;
    void applyTheme();
    void showMenu(QPoint globalPosition);
    void paintOverlay(QPainter& painter) const;
    void paintLegend(QPainter& painter) const;
    void paintHover(QPainter& painter) const;
    [[nodiscard]] double secondAt(int x) const;

    QCustomPlot* m_plot;
    QWidget* m_overlay;
    std::function<QString(double)> m_format;
    QString m_emptyText;
    qint64 m_spanMs = 5 * 60 * 1000;
    Timestamp m_now;
    std::optional<TimeRange> m_range;
    int m_hoverX = -1;
    int m_dragFrom = -1;
    bool m_queued = false;
};

}  // namespace weir::ui

Q_DECLARE_METATYPE(weir::ui::TimeRange)
