// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/commit_queue.h"

#include <chrono>
#include <new>

#include "broker/base/threads.h"

namespace weir::storage {

CommitQueue::~CommitQueue() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    for (std::thread& thread : m_threads) {
        thread.join();
    }
}

void CommitQueue::request(std::shared_ptr<Committable> target) {
    {
        const std::lock_guard lock(m_mutex);
        if (target->m_queued) {
            return;
        }
        target->m_queued = true;
        m_waiting.push_back(std::move(target));
        if (m_threads.size() < m_wanted && m_threads.size() < m_waiting.size()) {
            m_threads.emplace_back([this] { work(); });
        }
    }
    m_changed.notify_one();
}

std::size_t CommitQueue::runPending() {
    std::size_t count = 0;
    for (;;) {
        std::shared_ptr<Committable> target;
        {
            const std::lock_guard lock(m_mutex);
            if (m_waiting.empty()) {
                return count;
            }
            target = std::move(m_waiting.front());
            m_waiting.pop_front();
            target->m_queued = false;
        }
        target->commit();
        ++count;
    }
}

void CommitQueue::commitAtLast(Committable& target) {
    constexpr std::chrono::milliseconds kPause(10);
    for (bool last = false; !last;) {
        try {
            target.commit();
            return;
        } catch (const std::bad_alloc&) {
            // Whoever waits for it goes on waiting.
        }
        std::unique_lock lock(m_mutex);
        last = m_changed.wait_for(lock, kPause, [this] { return m_stopping; });
    }
}

void CommitQueue::work() {
    nameThisThread("weir-commit");
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_stopping || !m_waiting.empty(); });
        if (m_waiting.empty()) {
            return;
        }
        std::shared_ptr<Committable> target = std::move(m_waiting.front());
        m_waiting.pop_front();
        // Cleared before the sync begins: what is written from now on may come too late for it and asks again.
        target->m_queued = false;
        lock.unlock();
        commitAtLast(*target);
        target.reset();
        lock.lock();
    }
}

}  // namespace weir::storage
