// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/groups/lag_trend.h"

#include <algorithm>

namespace weir::ui {
namespace {

constexpr std::int64_t kWindowMs = 20'000;
constexpr std::int64_t kEveryMs = 1'000;
constexpr std::int64_t kLeastMs = 3'000;

}  // namespace

void LagTrend::add(Timestamp at, std::int64_t lag) {
    if (lag < 0) {
        m_values.clear();
        return;
    }
    if (!m_values.empty() && at - m_values.back().first < kEveryMs) {
        return;
    }
    m_values.emplace_back(at, lag);
    while (at - m_values.front().first > kWindowMs) {
        m_values.pop_front();
    }
}

Trend LagTrend::trend() const {
    if (m_values.size() < 2 || m_values.back().first - m_values.front().first < kLeastMs) {
        return Trend::kUnknown;
    }
    const std::int64_t before = m_values.front().second;
    const std::int64_t change = m_values.back().second - before;
    const std::int64_t enough = std::max<std::int64_t>(10, before / 50);
    return change > enough ? Trend::kGrowing : change < -enough ? Trend::kDraining : Trend::kSteady;
}

}  // namespace weir::ui
