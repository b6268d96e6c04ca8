// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>

#include "broker/base/clock.h"

namespace weir::testing {

/// Time stands still until a test moves it. Thread safe.
class ManualClock final : public Clock {
public:
    static constexpr std::int64_t kStartMs = 1'700'000'000'000;

    [[nodiscard]] Steady steadyNow() const override { return Steady(std::chrono::milliseconds(m_steadyMs.load())); }
    [[nodiscard]] std::int64_t wallNowMs() const override { return m_wallMs.load(); }

    /// Both clocks go on.
    void advance(std::chrono::milliseconds by) {
        m_steadyMs += by.count();
        m_wallMs += by.count();
    }
    /// Somebody sets the wall clock; timers do not notice.
    void jumpWallTo(std::int64_t wallMs) { m_wallMs = wallMs; }

private:
    std::atomic<std::int64_t> m_steadyMs{1'000'000};
    std::atomic<std::int64_t> m_wallMs{kStartMs};
};

}  // namespace weir::testing
