// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

#include "broker/server/services.h"
#include "broker/topics/parked_fetches.h"

namespace weir::server {

/// A request that looks at its partitions, answers when there is enough, and waits where there is not: until one of
/// them wakes it, its time is over, or the broker stops. Waiting it costs an entry wherever it is enlisted and one in
/// the timer queue. Everything but `wake` happens on the connection's thread. A Fetch and a ShareFetch are such.
class WaitingWork : public topics::ParkedFetch, public std::enable_shared_from_this<WaitingWork> {
public:
    WaitingWork(Services& services, std::chrono::milliseconds maxWait) : m_services(services), m_maxWait(maxWait) {}
    ~WaitingWork() override;

    void run();
    void wake() final;

protected:
    enum class Look {
        kAnswered,
        kAgain,  ///< What was seen is out of date already.
        kWait
    };
    /// Looks at everything anew; answers if it must, or may.
    virtual Look look(bool mayWait) = 0;
    /// Asks to be woken by whatever could change the answer. False if that has happened since the look. `delist`
    /// follows either way, and also takes back what was asked for before the failure.
    virtual bool enlist() = 0;
    virtual void delist() = 0;
    /// The broker stops.
    virtual void hangUp() = 0;
    virtual void post(std::function<void()> task) = 0;

    Services& m_services;

private:
    bool park();
    void startWaiting();

    const std::chrono::milliseconds m_maxWait;
    std::unique_ptr<groups::TimerService::Timer> m_timer;
    bool m_isDone = false;
    bool m_isListed = false;
    std::atomic<bool> m_isCancelled{false};
    std::atomic<bool> m_isExpired{false};
    std::atomic<bool> m_isParked{false};
};

}  // namespace weir::server
