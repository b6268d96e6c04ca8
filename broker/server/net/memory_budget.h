// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace weir::server {

/// How well a connection is known: a proven one has brought at least as many bytes in whole requests before as the
/// request it brings now has.
enum class Standing { kNew, kProven };

/// The memory that requests and responses in flight may take together (queued.max.request.bytes), so that a flood
/// waits in the clients' sockets and not in ours. Thread safe; waiters are served in order, none can starve.
///
/// A quarter is a reserve for proven connections, whose requests would otherwise have to wait: begun requests of
/// strangers that never get on can take three quarters, and nobody who works with us notices.
///
/// A request that has begun to arrive pays for what it has brought, not for what it announced, so that a length field
/// alone claims nothing from others. Begun requests could then wait for each other for ever; so one of them at a time
/// may go beyond the limit, by at most the largest frame.
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
        /// Gives back all above `bytes`; what is from the reserve first.
        void shrinkTo(std::size_t bytes);
        /// Takes over what `other` holds.
        void join(Lease other);

    private:
        friend class MemoryBudget;
        /// kAhead is the one request that may go beyond the limit.
        enum class Kind { kRequest, kAhead, kAnswer };
        Lease(MemoryBudget* budget, std::size_t bytes, std::size_t reserved, Kind kind)
            : m_budget(budget), m_bytes(bytes), m_reserved(reserved), m_kind(kind) {}
        MemoryBudget* m_budget = nullptr;
        std::size_t m_bytes = 0;
        /// Of these, from the reserve.
        std::size_t m_reserved = 0;
        Kind m_kind = Kind::kRequest;
    };

    explicit MemoryBudget(std::size_t limit) : m_limit(limit) {}
    MemoryBudget(const MemoryBudget&) = delete;
    MemoryBudget& operator=(const MemoryBudget&) = delete;

    /// An empty lease (bytes() == 0) when there is not enough now, or when somebody waits already.
    Lease tryTake(std::size_t bytes, Standing standing);
    /// For an answer: at most `bytes`, and half of what answers may still take; all answers together take half of the
    /// budget, so that those which nobody reads leave the requests theirs. May be empty.
    Lease takeUpTo(std::size_t bytes);
    /// `granted` is called once, on the thread of whoever made room (or at once on this one), outside the lock.
    /// A request for more than the whole limit is granted when nothing else is held.
    void take(std::size_t bytes, Standing standing, std::function<void(Lease)> granted);
    /// `bytes` more for a request that has begun and holds `lease`; otherwise as take.
    void grow(const Lease& lease, std::size_t bytes, Standing standing, std::function<void(Lease)> granted);

    /// For an answer that is there already; may go beyond the limit.
    Lease owe(std::size_t bytes);
    /// Somebody waits, or nearly all is taken: who holds memory without getting on is in the others' way.
    [[nodiscard]] bool isShort() const;
    [[nodiscard]] std::size_t used() const;
    [[nodiscard]] std::size_t limit() const { return m_limit; }

private:
    struct Waiter {
        std::size_t bytes;
        Standing standing;
        bool hasBegun;
        std::function<void(Lease)> granted;
    };
    /// What a request that fits is charged to; nothing when it does not.
    std::optional<Lease> charge(std::size_t bytes, Standing standing, bool isFirst);
    /// The one lease that may go beyond the limit.
    Lease chargeAhead(std::size_t bytes);
    std::optional<std::pair<Waiter, Lease>> nextReady();
    void give(std::size_t bytes, std::size_t reserved, Lease::Kind kind, bool isLast);
    /// Half is the requests' own, whatever the answers owe.
    [[nodiscard]] bool fits(std::size_t bytes) const;

    const std::size_t m_limit;
    const std::size_t m_reserve = m_limit / 4;
    mutable std::mutex m_mutex;
    std::size_t m_used = 0;
    std::size_t m_reserved = 0;
    std::size_t m_answers = 0;
    std::deque<Waiter> m_waiters;
    bool m_hasAhead = false;
    /// Somebody hands out what was given back; who gives back meanwhile leaves it to them.
    bool m_isGranting = false;
};

}  // namespace weir::server
