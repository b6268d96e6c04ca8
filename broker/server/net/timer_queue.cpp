// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/net/timer_queue.h"

#include <asio/post.hpp>
#include <vector>

namespace weir::server {

struct TimerQueue::State : std::enable_shared_from_this<TimerQueue::State> {
    using Time = std::chrono::steady_clock::time_point;
    using Key = std::pair<Time, std::uint64_t>;

    State(asio::io_context& context, const Clock* byHand) : clock(byHand), timer(context.get_executor()) {}

    [[nodiscard]] Time now() const { return clock == nullptr ? std::chrono::steady_clock::now() : clock->steadyNow(); }

    void armFor(Time when) {
        asio::post(timer.get_executor(), [self = shared_from_this(), when] { self->arm(when); });
    }

    // On the net thread: asio's timer object is only touched there.
    void arm(Time when) {
        {
            const std::lock_guard lock(mutex);
            if (isStopped || when >= armed || clock != nullptr) {
                return;
            }
            armed = when;
        }
        timer.expires_at(when);
        timer.async_wait([self = shared_from_this()](const asio::error_code& error) {
            if (!error) {
                self->fire();
            }
        });
    }

    void fire() {
        std::vector<std::function<void()>> due;
        Time next = Time::max();
        {
            const std::lock_guard lock(mutex);
            armed = Time::max();
            const auto time = now();
            while (!isStopped && !queue.empty() && queue.begin()->first.first <= time) {
                due.push_back(std::move(queue.begin()->second));
                queue.erase(queue.begin());
            }
            if (!isStopped && !queue.empty()) {
                next = queue.begin()->first.first;
            }
        }
        if (next != Time::max()) {
            arm(next);
        }
        for (auto& callback : due) {
            callback();
        }
    }

    /// nullptr: the system's, and a timer of it.
    const Clock* const clock;
    std::mutex mutex;
    std::map<Key, std::function<void()>> queue;
    std::uint64_t nextId = 0;
    Time armed = Time::max();
    bool isStopped = false;
    SteadyTimer timer;
};

class TimerQueue::Handle final : public groups::TimerService::Timer {
public:
    Handle(std::shared_ptr<State> state, State::Key key) : m_state(std::move(state)), m_key(key) {}
    ~Handle() override {
        std::function<void()> dropped;  // declared first: destroyed after the lock is let go
        const std::lock_guard lock(m_state->mutex);
        const auto found = m_state->queue.find(m_key);
        if (found != m_state->queue.end()) {
            dropped = std::move(found->second);
            m_state->queue.erase(found);
        }
    }

private:
    std::shared_ptr<State> m_state;
    State::Key m_key;
};

TimerQueue::TimerQueue(asio::io_context& context) : m_state(std::make_shared<State>(context, nullptr)) {}

TimerQueue::TimerQueue(asio::io_context& context, const Clock& clock)
    : m_state(std::make_shared<State>(context, &clock)) {}

Clock::Steady TimerQueue::nextDue() const {
    const std::lock_guard lock(m_state->mutex);
    return m_state->queue.empty() ? Clock::Steady::max() : m_state->queue.begin()->first.first;
}

void TimerQueue::ring() {
    asio::post(m_state->timer.get_executor(), [state = m_state] { state->fire(); });
}

TimerQueue::~TimerQueue() {
    stop();
}

std::unique_ptr<groups::TimerService::Timer> TimerQueue::schedule(std::chrono::milliseconds after,
                                                                  std::function<void()> callback) {
    const auto when = m_state->now() + after;
    bool isNearest = false;
    State::Key key;
    {
        const std::lock_guard lock(m_state->mutex);
        key = {when, m_state->nextId++};
        if (!m_state->isStopped) {
            m_state->queue.emplace(key, std::move(callback));
            isNearest = when < m_state->armed;
        }
    }
    if (isNearest) {
        m_state->armFor(when);
    }
    return std::make_unique<Handle>(m_state, key);
}

void TimerQueue::stop() {
    std::map<State::Key, std::function<void()>> dropped;
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->isStopped = true;
        dropped.swap(m_state->queue);
    }
    asio::post(m_state->timer.get_executor(), [state = m_state] { state->timer.cancel(); });
}

}  // namespace weir::server
