// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend/plots.h"
#include "ui/widgets/chart_base.h"

class QCPBars;
class QCPFinancial;

namespace weir::ui {

/// Open, high, low and close of equal spans of time, with the volume as bars at the foot. Rising is filled in "ok",
/// falling in "bad"; falling is solid and rising hollow, so that the colour is not alone.
class CandleChart : public ChartBase {
    Q_OBJECT

public:
    explicit CandleChart(QWidget* parent = nullptr);
    void setCandleSpan(qint64 milliseconds);
    void setName(const QString& name);
    void setCandles(const std::vector<Candle>& candles);
    /// The first replaces the last one known when their times are equal.
    void appendCandles(const std::vector<Candle>& candles);
    [[nodiscard]] const std::vector<Candle>& candles() const { return m_candles; }

protected:
    [[nodiscard]] std::vector<HoverValue> valuesAt(double second) const override;
    [[nodiscard]] std::vector<HoverValue> newest() const override;
    [[nodiscard]] double snap(double second) const override;
    [[nodiscard]] QString numbers() const override;
    [[nodiscard]] bool isEmpty() const override { return m_candles.empty(); }
    void restyle() override;
    void rescale(double from, double to) override;

private:
    void fill();
    [[nodiscard]] const Candle* candleAt(double second) const;
    [[nodiscard]] double middle(const Candle& candle) const;

    static constexpr std::size_t kKept = 5000;

    std::vector<Candle> m_candles;
    QString m_name;
    qint64 m_spanMs = 1000;
    QCPFinancial* m_financial;
    QCPBars* m_volume;
};

}  // namespace weir::ui
