// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace weir::topics {

/// The newest of a row of immutable values. Readers keep what they got for as long as they like and never wait for a
/// writer's work: the lock only covers the copy of a pointer. (std::atomic<shared_ptr> does the same with a spin lock
/// that ThreadSanitizer does not understand.)
template <class T>
class Published {
public:
    explicit Published(std::shared_ptr<const T> first) : m_newest(std::move(first)) {}

    [[nodiscard]] std::shared_ptr<const T> get() const {
        const std::lock_guard lock(m_mutex);
        return m_newest;
    }
    /// How often the value was replaced; it grows together with the value, so who reads it first misses nothing.
    [[nodiscard]] std::uint64_t version() const {
        const std::lock_guard lock(m_mutex);
        return m_version;
    }
    void set(std::shared_ptr<const T> newest) {
        {
            const std::lock_guard lock(m_mutex);
            std::swap(m_newest, newest);
            ++m_version;
        }
        // The old value goes here, outside the lock.
    }

private:
    mutable std::mutex m_mutex;
    std::shared_ptr<const T> m_newest;
    std::uint64_t m_version = 0;
};

}  // namespace weir::topics
