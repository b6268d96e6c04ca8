// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <tuple>

#include "tests/simulation/dice.h"
#include "tests/support/manual_clock.h"

namespace weir::simulation {

/// The simulated world's time and what is to happen in it. Of events with the same time the seed picks the first.
class Timeline {
public:
    using Clock = weir::Clock;

    explicit Timeline(Dice& dice) : m_dice(dice) {}

    [[nodiscard]] testing::ManualClock& clock() { return m_clock; }
    [[nodiscard]] Clock::Steady now() const { return m_clock.steadyNow(); }
    [[nodiscard]] std::int64_t nowMs() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(now().time_since_epoch()).count();
    }

    void after(std::chrono::milliseconds delay, std::function<void()> event) {
        m_events.emplace(Key{now() + delay, m_dice.next(), m_count++}, std::move(event));
    }
    [[nodiscard]] Clock::Steady next() const {
        return m_events.empty() ? Clock::Steady::max() : std::get<0>(m_events.begin()->first);
    }
    /// Lets time pass until then, unless it has already.
    void passTo(Clock::Steady time) {
        if (time > now()) {
            m_clock.advance(std::chrono::duration_cast<std::chrono::milliseconds>(time - now()));
        }
    }
    /// Time passes until the next event, and it happens.
    void runNext() {
        auto event = m_events.extract(m_events.begin());
        passTo(std::get<0>(event.key()));
        event.mapped()();
    }

private:
    using Key = std::tuple<Clock::Steady, std::uint64_t, std::uint64_t>;

    Dice& m_dice;
    testing::ManualClock m_clock;
    std::uint64_t m_count = 0;
    std::map<Key, std::function<void()>> m_events;
};

}  // namespace weir::simulation
