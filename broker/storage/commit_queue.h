// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace weir::storage {

/// Something whose writes can be made durable: a partition.
class Committable {
public:
    virtual ~Committable() = default;
    /// Syncs everything written before the call and tells those who wait for it. On a thread of the queue.
    virtual void commit() = 0;

private:
    friend class CommitQueue;
    /// Waiting in a queue: the next sync covers everything written until then. Guarded by the queue's mutex.
    bool m_queued = false;
};

/// Group commit: whoever needs its writes on stable storage asks here, and all that was written to one log while an
/// earlier sync ran shares the next one. Owned by the broker, outlives what it commits. Thread safe.
/// Threads start with the first request: a broker that never syncs has none.
class CommitQueue {
public:
    /// With 0 threads nothing happens until somebody calls `runPending`: for tests and the simulator.
    explicit CommitQueue(std::size_t threads) : m_wanted(threads) {}
    /// Finishes what was asked for, then stops the threads.
    ~CommitQueue();
    CommitQueue(const CommitQueue&) = delete;
    CommitQueue& operator=(const CommitQueue&) = delete;

    void request(std::shared_ptr<Committable> target);
    /// Runs all waiting commits on this thread; returns how many.
    std::size_t runPending();

private:
    void work();
    /// Again and again until there is memory for it, or the queue ends.
    void commitAtLast(Committable& target);

    const std::size_t m_wanted;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::shared_ptr<Committable>> m_waiting;
    std::vector<std::thread> m_threads;
    bool m_stopping = false;
};

}  // namespace weir::storage
