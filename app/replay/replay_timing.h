// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "broker/base/clock.h"
#include "broker/model/ids.h"

namespace weir::app {

enum class ReplayPace { kAsFastAsPossible, kOriginalTiming, kRate };

/// When a record of a replay is due. One thread; takes time as values.
class ReplayTiming {
public:
    using Time = Clock::Steady;

    ReplayTiming(ReplayPace pace, double factor, double rate, Time start)
        : m_pace(pace), m_factor(factor), m_rate(rate), m_start(start) {}

    /// Due time of the `index`-th record (from 0) that carries `stamp`. Records never overtake each other: one whose
    /// timestamp lies before the first one's is due at once.
    [[nodiscard]] Time dueAt(std::int64_t index, Timestamp stamp) {
        using std::chrono::nanoseconds;
        if (m_first == kNoTimestamp) {
            m_first = stamp;
        }
        switch (m_pace) {
            case ReplayPace::kAsFastAsPossible:
                break;
            case ReplayPace::kOriginalTiming: {
                const double ms = static_cast<double>(std::max<std::int64_t>(0, stamp - m_first)) / m_factor;
                return m_start + nanoseconds(static_cast<std::int64_t>(ms * 1e6));
            }
            case ReplayPace::kRate:
                return m_start + nanoseconds(static_cast<std::int64_t>(static_cast<double>(index) / m_rate * 1e9));
        }
        return m_start;
    }
    /// A pause moves everything that is still to come.
    void shift(Time::duration by) { m_start += by; }

private:
    ReplayPace m_pace;
    double m_factor;
    double m_rate;
    Time m_start;
    Timestamp m_first = kNoTimestamp;
};

}  // namespace weir::app
