// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <memory>
#include <optional>

#include "ui/widgets/chart_base.h"
#include "ui/widgets/page.h"

class QComboBox;
class QListWidget;
class QListWidgetItem;
class QStackedWidget;

namespace weir::ui {

class CandleChart;
class LiveControl;
class SegmentedControl;
class TimeSeries;
class TopicField;

/// Let me see numbers: any numeric field of a topic, live, a line a key; or candles of one key.
class PlotPage : public Page {
    Q_OBJECT

public:
    explicit PlotPage(Backend& backend, QWidget* parent = nullptr);
    ~PlotPage() override;
    void open(const NavigationTarget& target) override;
    void focusSearch() override;
    [[nodiscard]] QVariantMap saveState() const override;
    void restoreState(const QVariantMap& state) override;

private:
    void buildTools();
    QWidget* buildCharts();
    /// Something to look at from the start; only once, so that an emptied field stays empty.
    void chooseBusiest(const Snapshot& now);
    void topicChosen();
    void openStream();
    void received(const std::vector<PlotUpdate>& updates);
    void keysSeen(const QStringList& keys);
    void keyToggled(QListWidgetItem* item);
    void showKey(const QString& key);
    void tick();
    [[nodiscard]] int seriesOf(const QString& key);
    [[nodiscard]] PlotQuery query() const;
    void rangeChosen(std::optional<TimeRange> range);

    std::unique_ptr<PlotStream> m_stream;
    TopicField* m_topic;
    QComboBox* m_field;
    QComboBox* m_volume;
    QComboBox* m_span;
    QComboBox* m_candle;
    SegmentedControl* m_kind;
    LiveControl* m_live;
    QStackedWidget* m_charts;
    TimeSeries* m_lines;
    CandleChart* m_candles;
    QListWidget* m_keys;
    QHash<QString, int> m_series;
    QHash<QString, std::vector<Candle>> m_candlesByKey;
    QString m_candleKey;
    QString m_wantedField;
    QString m_wantedVolume;
    QAction* m_records;
    std::optional<TimeRange> m_range;
    bool m_chosen = false;
    int m_asked = 0;
};

}  // namespace weir::ui
