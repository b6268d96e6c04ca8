// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "broker/base/threads.h"

namespace weir::server {

/// The *net* threads: each runs one io_context, and everything of one connection happens on one of them. Work that
/// arrives for another thread's connection is posted to its executor.
class NetPool {
public:
    /// With Threads::kNone: as many contexts, which somebody runs by `runOne`.
    explicit NetPool(std::size_t count, Threads threads = Threads::kOwn);
    ~NetPool();
    NetPool(const NetPool&) = delete;
    NetPool& operator=(const NetPool&) = delete;

    void start();
    /// Lets every handler that is already queued run out, then joins. Close sockets and timers first: a waiting one
    /// would keep its thread. Called once, not from a net thread.
    void stop();

    /// One handler that is ready, on the caller's thread; false: none is.
    bool runOne();
    [[nodiscard]] Threads threads() const { return m_threads; }

    /// Deals the threads round-robin.
    asio::io_context& next();
    [[nodiscard]] std::size_t size() const { return m_workers.size(); }
    asio::io_context& at(std::size_t index) { return m_workers[index]->context; }

private:
    struct Worker {
        asio::io_context context{1};
        asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
        std::thread thread;
    };
    const Threads m_threads;
    std::vector<std::unique_ptr<Worker>> m_workers;
    std::atomic<std::size_t> m_next{0};
};

}  // namespace weir::server
