// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/manual_timers.h"

#include <algorithm>

namespace weir::testing {

class ManualTimers::Handle final : public Timer {
public:
    Handle(ManualTimers& timers, Key key) : m_timers(timers), m_key(key) {}
    ~Handle() override { m_timers.cancel(m_key); }

private:
    ManualTimers& m_timers;
    Key m_key;
};

std::unique_ptr<groups::TimerService::Timer> ManualTimers::schedule(std::chrono::milliseconds after,
                                                                    std::function<void()> callback) {
    const std::lock_guard lock(m_mutex);
    const Key key{m_clock.steadyNow() + std::max(after, std::chrono::milliseconds(0)), m_next++};
    m_timers.emplace(key, std::move(callback));
    return std::make_unique<Handle>(*this, key);
}

void ManualTimers::advance(std::chrono::milliseconds by) {
    const auto end = m_clock.steadyNow() + by;
    for (;;) {
        std::function<void()> callback;
        {
            const std::lock_guard lock(m_mutex);
            const auto first = m_timers.begin();
            if (first == m_timers.end() || first->first.due > end) {
                break;
            }
            const auto wait = first->first.due - m_clock.steadyNow();
            m_clock.advance(
                std::max(std::chrono::duration_cast<std::chrono::milliseconds>(wait), std::chrono::milliseconds(0)));
            callback = std::move(first->second);
            m_timers.erase(first);
        }
        callback();
    }
    m_clock.advance(std::chrono::duration_cast<std::chrono::milliseconds>(end - m_clock.steadyNow()));
}

std::size_t ManualTimers::armed() const {
    const std::lock_guard lock(m_mutex);
    return m_timers.size();
}

void ManualTimers::cancel(const Key& key) {
    const std::lock_guard lock(m_mutex);
    m_timers.erase(key);
}

}  // namespace weir::testing
