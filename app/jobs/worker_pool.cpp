// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/worker_pool.h"

#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace weir::app {

WorkerPool::WorkerPool(int threads) {
    for (int i = 0; i < threads; ++i) {
        m_threads.emplace_back([this] { run(); });
    }
}

WorkerPool::~WorkerPool() {
    stop();
}

void WorkerPool::post(Work work) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping) {
            return;
        }
        m_queue.push_back(std::move(work));
    }
    m_wake.notify_one();
}

void WorkerPool::stop() {
    std::deque<Work> dropped;
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        dropped.swap(m_queue);
    }
    m_wake.notify_all();
    for (std::thread& thread : m_threads) {
        if (thread.joinable()) {
            thread.join();
        }
    }
}

void WorkerPool::run() {
    for (;;) {
        Work work;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
            if (m_stopping) {
                return;
            }
            work = std::move(m_queue.front());
            m_queue.pop_front();
        }
        work();
    }
}

struct Strand::State {
    explicit State(WorkerPool& p) : pool(p) {}
    WorkerPool& pool;
    std::mutex mutex;
    std::condition_variable idle;
    std::deque<WorkerPool::Work> queue;
    bool scheduled = false;
    bool running = false;
};

Strand::Strand(WorkerPool& pool) : m_state(std::make_shared<State>(pool)) {}

Strand::~Strand() = default;

void Strand::post(WorkerPool::Work work) {
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->queue.push_back(std::move(work));
        if (m_state->scheduled) {
            return;
        }
        m_state->scheduled = true;
    }
    m_state->pool.post([state = m_state] { runOne(state); });
}

void Strand::finish() {
    std::deque<WorkerPool::Work> dropped;
    std::unique_lock lock(m_state->mutex);
    dropped.swap(m_state->queue);
    m_state->idle.wait(lock, [this] { return !m_state->running; });
}

// One piece of work per turn, so that several strands share the pool fairly.
void Strand::runOne(const std::shared_ptr<State>& state) {
    WorkerPool::Work work;
    {
        const std::lock_guard lock(state->mutex);
        if (state->queue.empty()) {
            state->scheduled = false;
            return;
        }
        work = std::move(state->queue.front());
        state->queue.pop_front();
        state->running = true;
    }
    work();
    work = nullptr;
    {
        const std::lock_guard lock(state->mutex);
        state->running = false;
        state->idle.notify_all();
        if (state->queue.empty()) {
            state->scheduled = false;
            return;
        }
    }
    state->pool.post([state] { runOne(state); });
}

void lowerThreadPriority() {
#ifdef __linux__
    // On Linux a nice value belongs to a thread; a refusal only means that scans compete as equals.
    const auto thread = static_cast<id_t>(::syscall(SYS_gettid));
    static_cast<void>(::setpriority(PRIO_PROCESS, thread, 10));
#endif
}

}  // namespace weir::app
