// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace weir::app {

/// A few threads that run short work in the order it was posted. Thread safe. Work posted after stop() is dropped.
class WorkerPool {
public:
    using Work = std::function<void()>;

    explicit WorkerPool(int threads);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    void post(Work work);
    /// Finishes what runs, drops what waits, joins. Idempotent; not from a worker.
    void stop();

private:
    void run();

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Work> m_queue;
    bool m_stopping = false;
    std::vector<std::thread> m_threads;
};

/// Runs its work one after another on a pool: state that only a strand touches needs no lock. The strand may be
/// destroyed while work waits; that work still runs unless cleared.
class Strand {
public:
    explicit Strand(WorkerPool& pool);
    ~Strand();
    Strand(const Strand&) = delete;
    Strand& operator=(const Strand&) = delete;

    void post(WorkerPool::Work work);
    /// Drops what waits; returns when nothing of this strand runs any more. Not from the strand itself.
    void finish();

private:
    struct State;
    static void runOne(const std::shared_ptr<State>& state);
    std::shared_ptr<State> m_state;
};

/// Gives way to everything else on this machine (nice 10 on Linux); for scans. Affects the calling thread only.
void lowerThreadPriority();

}  // namespace weir::app
