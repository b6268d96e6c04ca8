// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "broker/base/clock.h"

namespace weir::app {

/// Says how many records are due. Counts from a fixed origin, so a late tick is made good by the next one and the mean
/// rate is exact; a debt above `kMaxDebt` (the machine slept, the disk stood) is forgiven instead of sent as a burst.
/// One thread. Takes time as a value: whoever calls owns the clock.
class Pacer {
public:
    using Time = Clock::Steady;
    static constexpr std::chrono::milliseconds kTick{10};
    static constexpr std::chrono::milliseconds kMaxDebt{500};

    Pacer(double perSecond, Time start) : m_rate(perSecond), m_origin(start) {}

    /// Records to send now. The caller sends all of them.
    std::int64_t take(Time now) {
        const double elapsed = std::chrono::duration<double>(now - m_origin).count();
        // The little more keeps 73 ms at 100,000 a second from being 7,299.999… records.
        auto due = static_cast<std::int64_t>(elapsed * m_rate + 1e-6) - m_sent;
        // One record is never a debt: at 0.1 a second it is due after ten.
        const double debt = static_cast<double>(due - 1) / m_rate;
        if (debt > std::chrono::duration<double>(kMaxDebt).count()) {
            restart(now);
            return 0;
        }
        due = std::max<std::int64_t>(due, 0);
        m_sent += due;
        return due;
    }

    /// How long until the next record is due, at least one tick at high rates.
    [[nodiscard]] std::chrono::microseconds untilNext(Time now) const {
        const double at = static_cast<double>(m_sent + 1) / m_rate;
        const double left = at - std::chrono::duration<double>(now - m_origin).count();
        const auto wait = std::chrono::microseconds(static_cast<std::int64_t>(std::max(left, 0.0) * 1e6) + 1);
        return std::max<std::chrono::microseconds>(wait, std::chrono::microseconds(kTick));
    }

    void setRate(double perSecond, Time now) {
        m_rate = perSecond;
        restart(now);
    }
    /// Forgets what is owed: after a pause.
    void restart(Time now) {
        m_origin = now;
        m_sent = 0;
    }
    [[nodiscard]] double rate() const { return m_rate; }

private:
    double m_rate;
    Time m_origin;
    std::int64_t m_sent = 0;
};

}  // namespace weir::app
