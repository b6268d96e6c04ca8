// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace weir::groups {

/// Where deadlines come from: asio steady timers in the server, manual time in tests. Thread safe.
class TimerService {
public:
    /// Destroying it cancels the callback if that has not begun; it never waits for one that is
    /// running, and may be destroyed from inside that.
    class Timer {
    public:
        virtual ~Timer() = default;
    };

    virtual ~TimerService() = default;

    /// Calls `callback` once, `after` from now on the Clock given beside this service, on any thread, never from
    /// inside `schedule` itself. The coordinator calls this with a group's lock held, so implementations must not
    /// hold a lock of their own while they run a callback.
    [[nodiscard]] virtual std::unique_ptr<Timer> schedule(std::chrono::milliseconds after,
                                                          std::function<void()> callback) = 0;
};

}  // namespace weir::groups
