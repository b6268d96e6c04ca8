// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/net/net_pool.h"

#include <algorithm>
#include <new>
#include <string>

#include "broker/storage/read_memory.h"

namespace weir::server {

namespace {

/// What a queued handler could not do for want of memory is lost, and the others go on.
void runAll(asio::io_context& context) {
    for (;;) {
        try {
            context.run();
            return;
        } catch (const std::bad_alloc&) {
            continue;
        }
    }
}

}  // namespace

NetPool::NetPool(std::size_t count, Threads threads) : m_threads(threads) {
    for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
        m_workers.push_back(std::make_unique<Worker>());
    }
}

NetPool::~NetPool() {
    stop();
}

void NetPool::start() {
    if (m_threads == Threads::kNone) {
        return;
    }
    for (std::size_t i = 0; i < m_workers.size(); ++i) {
        Worker& worker = *m_workers[i];
        worker.thread = std::thread([&worker, name = "weir-net-" + std::to_string(i)] {
            nameThisThread(name.c_str());
            storage::ReadMemory::keepHere();
            runAll(worker.context);
        });
    }
}

bool NetPool::runOne() {
    return std::any_of(m_workers.begin(), m_workers.end(),
                       [](const auto& worker) { return worker->context.poll_one() != 0; });
}

void NetPool::stop() {
    while (m_threads == Threads::kNone && runOne()) {
    }
    for (const auto& worker : m_workers) {
        worker->guard.reset();
    }
    for (const auto& worker : m_workers) {
        if (worker->thread.joinable()) {
            worker->thread.join();
        }
    }
}

asio::io_context& NetPool::next() {
    return m_workers[m_next.fetch_add(1, std::memory_order_relaxed) % m_workers.size()]->context;
}

}  // namespace weir::server
