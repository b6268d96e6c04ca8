// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace weir::server {

/// The memory that requests and responses in flight may take together (queued.max.request.bytes), so that a flood
/// waits in the clients' sockets and not in ours. Thread safe; waiters are served in order, none can starve.
class MemoryBudget {
public:
    /// What a holder owes the budget; gives it back when it goes.
    class Lease {
    public:
        Lease() = default;
        Lease(Lease&& other) noexcept;
        Lease& operator=(Lease&& other) noexcept;
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() { release(); }
        void release();
        [[nodiscard]] std::size_t bytes() const { return m_bytes; }
        /// Gives back all above `bytes`.
        void shrinkTo(std::size_t bytes);
        /// Takes over what `other` holds.
        void join(Lease other);

    private:
        friend class MemoryBudget;
        Lease(MemoryBudget* budget, std::size_t bytes) : m_budget(budget), m_bytes(bytes) {}
        MemoryBudget* m_budget = nullptr;
        std::size_t m_bytes = 0;
    };

    explicit MemoryBudget(std::size_t limit) : m_limit(limit) {}
    MemoryBudget(const MemoryBudget&) = delete;
    MemoryBudget& operator=(const MemoryBudget&) = delete;

    /// An empty lease (bytes() == 0) when there is not enough now, or when somebody waits already.
    Lease tryTake(std::size_t bytes);
    /// As much as is free, at most `bytes`; half of what is free is always left for requests. May be empty.
    Lease takeUpTo(std::size_t bytes);
    /// `granted` is called once, on the thread of whoever made room (or at once on this one), outside the lock.
    /// A request for more than the whole limit is granted when nothing else is held.
    void take(std::size_t bytes, std::function<void(Lease)> granted);

    [[nodiscard]] std::size_t used() const;
    [[nodiscard]] std::size_t limit() const { return m_limit; }

private:
    struct Waiter {
        std::size_t bytes;
        std::function<void(Lease)> granted;
    };
    void give(std::size_t bytes);
    [[nodiscard]] bool fits(std::size_t bytes) const { return m_used == 0 || m_used + bytes <= m_limit; }

    const std::size_t m_limit;
    mutable std::mutex m_mutex;
    std::size_t m_used = 0;
    std::deque<Waiter> m_waiters;
};

}  // namespace weir::server
