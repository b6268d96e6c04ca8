// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace weir::topics {

/// Runs `work(i)` once for every i below `count`, on up to `threads` threads of its own; returns when all is done. For
/// work that waits for the disk: syncs that run together share the journal's commits.
template <class Work>
void inParallel(std::size_t count, std::size_t threads, const Work& work) {
    std::atomic<std::size_t> next{0};
    const auto run = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            work(i);
        }
    };
    // A few jobs are done before a thread has started.
    constexpr std::size_t kJobsPerThread = 4;
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < std::min(threads, count / kJobsPerThread); ++i) {
        helpers.emplace_back(run);
    }
    run();
    for (std::thread& helper : helpers) {
        helper.join();
    }
}

}  // namespace weir::topics
