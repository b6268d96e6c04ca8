// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/rate_slider.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSpinBox>
#include <algorithm>
#include <cmath>

#include "ui/theme/theme.h"

namespace weir::ui {

namespace {

constexpr int kSteps = 400;

/// 1,234 becomes 1,200: what a slider offers are round figures.
double roundedToTwoDigits(double value) {
    const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1);
    return std::round(value / unit) * unit;
}

}  // namespace

RateSlider::RateSlider(double minimum, double maximum, QWidget* parent)
    : QWidget(parent), m_minimum(minimum), m_maximum(maximum) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(Theme::kGap);
    m_slider = new QSlider(Qt::Horizontal, this);
    m_slider->setRange(0, kSteps);
    m_slider->setPageStep(kSteps / 8);
    m_slider->setAccessibleName(tr("Records a second, slider"));
    m_box = new QSpinBox(this);
    m_box->setRange(static_cast<int>(minimum), static_cast<int>(maximum));
    m_box->setGroupSeparatorShown(true);
    m_box->setSuffix(tr("/s"));
    m_box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_box->setAlignment(Qt::AlignRight);
    m_box->setFixedWidth(Theme::of().px(88));
    m_box->setKeyboardTracking(false);
    m_box->setAccessibleName(tr("Records a second"));
    row->addWidget(m_slider, 1);
    row->addWidget(m_box);
    connect(m_slider, &QSlider::valueChanged, this, [this](int position) {
        const QSignalBlocker quiet(m_box);
        m_box->setValue(static_cast<int>(rateAt(position)));
        Q_EMIT rateChanged(rate());
    });
    connect(m_box, &QSpinBox::valueChanged, this, [this](int value) {
        const QSignalBlocker quiet(m_slider);
        m_slider->setValue(positionOf(value));
        Q_EMIT rateChanged(rate());
    });
}

double RateSlider::rate() const {
    return m_box->value();
}

void RateSlider::setRate(double rate) {
    const QSignalBlocker quietBox(m_box);
    const QSignalBlocker quietSlider(m_slider);
    m_box->setValue(static_cast<int>(std::lround(rate)));
    m_slider->setValue(positionOf(rate));
}

int RateSlider::positionOf(double rate) const {
    const double clamped = std::clamp(rate, m_minimum, m_maximum);
    return static_cast<int>(std::lround(kSteps * std::log(clamped / m_minimum) / std::log(m_maximum / m_minimum)));
}

double RateSlider::rateAt(int position) const {
    return std::clamp(
        roundedToTwoDigits(m_minimum * std::pow(m_maximum / m_minimum, position / static_cast<double>(kSteps))),
        m_minimum, m_maximum);
}

}  // namespace weir::ui
