// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <variant>

#include "broker/base/threads.h"
#include "broker/server/call.h"

namespace weir::server {

/// Serves the calls that wait for the disk (creating and deleting topics, settings, access rules) one after the other
/// on a thread of their own, so that a connection's thread, and all the producers on it, never waits for them. Holds
/// one call of each connection at most. Thread safe.
class DiskThread {
public:
    using Serve = std::function<void(const Handler&, Call, Responder)>;

    explicit DiskThread(Serve serve, Threads threads = Threads::kOwn);
    ~DiskThread();
    DiskThread(const DiskThread&) = delete;
    DiskThread& operator=(const DiskThread&) = delete;

    void post(const Handler& handler, Call call, Responder responder);
    /// For a call that finds out while it is served that it has to wait for the disk. Throws nothing.
    void post(std::function<void()> task);
    /// Serves the call that waits longest, on the caller's thread; false: none waits. For one without a thread.
    bool runOne();
    /// Ends after the call under way; those that wait go unanswered, which closes their connections. Idempotent.
    void stop();

private:
    struct Request {
        const Handler* handler;
        Call call;
        Responder responder;
    };
    using Work = std::variant<Request, std::function<void()>>;
    void add(Work work);
    void run();

    Serve m_serve;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Work> m_waiting;
    bool m_isStopping = false;
    std::thread m_thread;
};

}  // namespace weir::server
