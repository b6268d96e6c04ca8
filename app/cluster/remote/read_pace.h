// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "broker/base/clock.h"

namespace weir::app {

/// Keeps the reading of one cluster below a rate, whoever reads: each pays for what came before the next one asks.
/// What nobody used for a while is not saved up. Thread safe. `clock` outlives it.
class ReadPace {
public:
    /// 0: no limit.
    ReadPace(std::int64_t bytesPerSecond, const Clock& clock) : m_rate(bytesPerSecond), m_clock(clock) {}

    /// How much one fetch may ask for, so that none is more than a quarter of a second's worth.
    [[nodiscard]] std::int64_t most(std::int64_t wanted) const;
    /// Waits until what was read is paid for; false once stopped.
    bool wait();
    void read(std::int64_t bytes);
    void stop();

private:
    const std::int64_t m_rate;
    const Clock& m_clock;
    std::mutex m_mutex;
    std::condition_variable m_stopping;
    bool m_isStopped = false;
    /// Everything is paid for by then.
    Clock::Steady m_paidAt{};
};

}  // namespace weir::app
