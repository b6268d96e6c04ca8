// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

namespace weir::app {

/// What a running job and its watchers share: counters, pause and stop. Thread safe. The job asks mayGoOn() between
/// pieces of at most a few milliseconds and sleeps only through waitFor(), so stop() takes effect at once.
class JobControl {
public:
    void stop();
    void pause();
    void resume();

    [[nodiscard]] bool isStopped() const { return m_stopped.load(std::memory_order_relaxed); }
    [[nodiscard]] bool isPaused() const { return m_paused.load(std::memory_order_relaxed); }
    /// Blocks while paused; false once stopped.
    bool mayGoOn();
    /// Sleeps; false as soon as stopped. Returns early when paused or resumed.
    bool waitFor(std::chrono::microseconds time);

    void addDone(std::int64_t records) { m_done.fetch_add(records, std::memory_order_relaxed); }
    void addErrors(std::int64_t records) { m_errors.fetch_add(records, std::memory_order_relaxed); }
    void setTotal(std::int64_t records) { m_total.store(records, std::memory_order_relaxed); }
    void setMessage(std::string sentence);

    [[nodiscard]] std::int64_t done() const { return m_done.load(std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t errors() const { return m_errors.load(std::memory_order_relaxed); }
    /// -1: no end known.
    [[nodiscard]] std::int64_t total() const { return m_total.load(std::memory_order_relaxed); }
    [[nodiscard]] std::string message() const;

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::atomic<bool> m_stopped{false};
    std::atomic<bool> m_paused{false};
    std::atomic<std::int64_t> m_done{0};
    std::atomic<std::int64_t> m_errors{0};
    std::atomic<std::int64_t> m_total{-1};
    std::string m_message;
};

}  // namespace weir::app
