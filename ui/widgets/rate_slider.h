// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSlider>
#include <QWidget>

class QLabel;
class QSpinBox;

namespace weir::ui {

/// Records a second on a logarithmic slider, with the exact figure in a box beside it.
class RateSlider : public QWidget {
    Q_OBJECT

public:
    /// `maximum` is above `minimum`, both above 0.
    RateSlider(double minimum, double maximum, QWidget* parent = nullptr);
    [[nodiscard]] double rate() const;
    void setRate(double rate);

Q_SIGNALS:
    /// By the person's hand, not by setRate().
    void rateChanged(double rate);

private:
    [[nodiscard]] int positionOf(double rate) const;
    [[nodiscard]] double rateAt(int position) const;

    double m_minimum;
    double m_maximum;
    QSlider* m_slider;
    QSpinBox* m_box;
};

}  // namespace weir::ui
