// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>
#include <vector>

#include "ui/backend/answer.h"

namespace weir::ui {

enum class PlotKind { kLine, kCandles };
struct PlotQuery {
    QString topic;
    PlotKind kind = PlotKind::kLine;
    QString valueField;   // JSON path; empty: the value itself as a number
    QString volumeField;  // candles only; may be empty
    /// Series by record key, or by this field when not empty.
    QString keyField;
    QStringList keys;  // empty: the busiest ten
    std::int64_t candleMs = 1000;
    /// How far back the first load goes.
    std::int64_t historyMs = 5 * 60 * 1000;
};

struct PlotPoint {
    Timestamp at;
    double value = 0;
};
struct Candle {
    Timestamp at;
    double open = 0;
    double high = 0;
    double low = 0;
    double close = 0;
    double volume = 0;
};

struct PlotUpdate {
    QString key;
    std::vector<PlotPoint> points;
    /// The first may replace the last candle delivered before, when its time is equal.
    std::vector<Candle> candles;
};

/// One live plot. Updates come every 250 ms while records arrive; pausing freezes the picture only.
class PlotStream : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    virtual void open(const PlotQuery& query) = 0;
    virtual void setPaused(bool paused) = 0;

Q_SIGNALS:
    void updated(const std::vector<weir::ui::PlotUpdate>& updates);
    void keysSeen(const QStringList& keys);
    void failed(const QString& sentence);
};

class Plots {
public:
    virtual ~Plots() = default;
    virtual std::unique_ptr<PlotStream> makeStream() = 0;
    /// JSON paths of numbers in the newest records of the topic.
    virtual void numericFields(const QString& topic, QObject* context, Callback<QStringList> done) = 0;
};

}  // namespace weir::ui
