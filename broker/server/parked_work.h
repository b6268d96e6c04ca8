// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace weir::server {

/// Whatever waits at a partition while the broker runs, so that a stop can end it. Thread safe.
class ParkedWork {
public:
    /// `cancel` may be called once, from another thread, until `remove`; never with this object's lock held.
    void add(const void* work, std::function<void()> cancel) {
        const std::lock_guard lock(m_mutex);
        m_work.emplace(work, std::move(cancel));
    }
    void remove(const void* work) {
        const std::lock_guard lock(m_mutex);
        m_work.erase(work);
    }
    void cancelAll() {
        std::map<const void*, std::function<void()>> work;
        {
            const std::lock_guard lock(m_mutex);
            work.swap(m_work);
        }
        for (auto& [key, cancel] : work) {
            cancel();
        }
    }

private:
    std::mutex m_mutex;
    std::map<const void*, std::function<void()>> m_work;
};

}  // namespace weir::server
