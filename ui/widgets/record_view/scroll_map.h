// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>
#include <algorithm>

namespace weir::ui {

/// Between a scroll bar, which counts in int, and rows, which count in 64 bits. Up to a billion positions the bar
/// counts rows; above, one step of the bar is many rows, and keys and wheel move by exact rows without asking the bar.
class ScrollMap {
public:
    static constexpr qint64 kMaxSteps = 1'000'000'000;

    /// `lastTop` is the highest row that can stand at the top.
    explicit ScrollMap(qint64 lastTop = 0) : m_lastTop(std::max<qint64>(0, lastTop)) {}

    [[nodiscard]] int barMaximum() const { return static_cast<int>(std::min(m_lastTop, kMaxSteps)); }
    [[nodiscard]] int barValue(qint64 top) const {
        if (m_lastTop <= kMaxSteps) {
            return static_cast<int>(std::clamp<qint64>(top, 0, m_lastTop));
        }
        if (top >= m_lastTop) {
            return static_cast<int>(kMaxSteps);
        }
        const double share = static_cast<double>(top) / static_cast<double>(m_lastTop);
        return static_cast<int>(share * static_cast<double>(kMaxSteps));
    }
    [[nodiscard]] qint64 top(int barValue) const {
        if (m_lastTop <= kMaxSteps) {
            return barValue;
        }
        if (barValue >= kMaxSteps) {
            return m_lastTop;
        }
        const double share = static_cast<double>(barValue) / static_cast<double>(kMaxSteps);
        return std::min(m_lastTop, static_cast<qint64>(share * static_cast<double>(m_lastTop)));
    }

private:
    qint64 m_lastTop;
};

}  // namespace weir::ui
