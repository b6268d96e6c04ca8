// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "broker/groups/timer_service.h"
#include "tests/support/manual_clock.h"

namespace weir::testing {

/// Timers on a ManualClock: nothing rings until a test moves time, and then in order, each at its own moment.
/// Thread safe; callbacks run on the thread that advances.
class ManualTimers final : public groups::TimerService {
public:
    explicit ManualTimers(ManualClock& clock) : m_clock(clock) {}

    [[nodiscard]] std::unique_ptr<Timer> schedule(std::chrono::milliseconds after,
                                                  std::function<void()> callback) override;

    /// Moves the clock on by `by`, stopping at every timer that is due on the way.
    void advance(std::chrono::milliseconds by);
    [[nodiscard]] std::size_t armed() const;

private:
    struct Key {
        Clock::Steady due;
        std::uint64_t number;
        auto operator<=>(const Key&) const = default;
    };
    class Handle;

    void cancel(const Key& key);

    ManualClock& m_clock;
    mutable std::mutex m_mutex;
    std::uint64_t m_next = 0;
    std::map<Key, std::function<void()>> m_timers;
};

}  // namespace weir::testing
