// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace weir::topics {

/// Runs `work(i)` once for every i below `count`, on up to `threads` threads of its own; returns when all is done. For
/// work that waits for the disk: syncs that run together share the journal's commits. What the first job throws is
/// thrown when all threads have ended; the jobs after it may not have run.
template <class Work>
void inParallel(std::size_t count, std::size_t threads, const Work& work) {
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::exception_ptr thrown;
    const auto run = [&]() noexcept {
        try {
            for (std::size_t i = next++; i < count; i = next++) {
                work(i);
            }
        } catch (...) {
            next = count;
            const std::lock_guard lock(mutex);
            thrown = thrown ? thrown : std::current_exception();
        }
    };
    // A few jobs are done before a thread has started.
    constexpr std::size_t kJobsPerThread = 4;
    const std::size_t wanted = std::min(threads, count / kJobsPerThread);
    std::vector<std::thread> helpers;
    helpers.reserve(wanted);
    try {
        for (std::size_t i = 1; i < wanted; ++i) {
            helpers.emplace_back(run);
        }
    } catch (const std::exception&) {
        // Those that could be started, and this one, do it all.
    }
    run();
    for (std::thread& helper : helpers) {
        helper.join();
    }
    if (thrown) {
        std::rethrow_exception(thrown);
    }
}

}  // namespace weir::topics
