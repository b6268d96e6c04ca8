// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "broker/base/clock.h"
#include "broker/groups/timer_service.h"
#include "broker/server/net/net_types.h"

namespace weir::server {

/// Deadlines of groups and parked fetches: one ordered queue with one system timer behind it. Setting and cancelling
/// cost a map operation and no system call unless the deadline is the nearest of all. Callbacks run on the net thread
/// whose io_context was given, without any lock held. Thread safe.
class TimerQueue final : public groups::TimerService {
public:
    explicit TimerQueue(asio::io_context& context);
    /// One that follows `clock` and rings when it is told to.
    TimerQueue(asio::io_context& context, const Clock& clock);
    ~TimerQueue() override;

    [[nodiscard]] std::unique_ptr<Timer> schedule(std::chrono::milliseconds after,
                                                  std::function<void()> callback) override;

    /// For one that follows a clock: when `ring` has something to do; never without timers.
    [[nodiscard]] Clock::Steady nextDue() const;
    /// Calls back what is due, on the thread of the io_context, later.
    void ring();

    /// No callback begins after this; needed before the io_context can run out of work.
    void stop();

private:
    // Shared with the timers that were handed out and with asio, so that any of them may go last.
    struct State;
    class Handle;
    std::shared_ptr<State> m_state;
};

}  // namespace weir::server
