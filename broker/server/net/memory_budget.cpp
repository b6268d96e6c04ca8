// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/net/memory_budget.h"

#include <algorithm>
#include <utility>

#include "broker/base/assert.h"

namespace weir::server {

MemoryBudget::Lease::Lease(Lease&& other) noexcept
    : m_budget(std::exchange(other.m_budget, nullptr)),
      m_bytes(std::exchange(other.m_bytes, 0)),
      m_reserved(std::exchange(other.m_reserved, 0)),
      m_kind(std::exchange(other.m_kind, Kind::kRequest)) {}

MemoryBudget::Lease& MemoryBudget::Lease::operator=(Lease&& other) noexcept {
    if (this != &other) {
        release();
        m_budget = std::exchange(other.m_budget, nullptr);
        m_bytes = std::exchange(other.m_bytes, 0);
        m_reserved = std::exchange(other.m_reserved, 0);
        m_kind = std::exchange(other.m_kind, Kind::kRequest);
    }
    return *this;
}

void MemoryBudget::Lease::release() {
    if (m_budget != nullptr) {
        std::exchange(m_budget, nullptr)
            ->give(std::exchange(m_bytes, 0), std::exchange(m_reserved, 0), std::exchange(m_kind, Kind::kRequest),
                   true);
    }
}

void MemoryBudget::Lease::shrinkTo(std::size_t bytes) {
    if (m_budget != nullptr && bytes < m_bytes) {
        const std::size_t back = m_bytes - bytes;
        const std::size_t reserved = std::min(back, m_reserved);
        m_bytes = bytes;
        m_reserved -= reserved;
        m_budget->give(back, reserved, m_kind, false);
    }
}

void MemoryBudget::Lease::join(Lease other) {
    if (m_budget == nullptr) {
        *this = std::move(other);
        return;
    }
    m_bytes += std::exchange(other.m_bytes, 0);
    m_reserved += std::exchange(other.m_reserved, 0);
    m_kind = other.m_kind == Kind::kAhead ? Kind::kAhead : m_kind;
    other.m_budget = nullptr;
}

bool MemoryBudget::fits(std::size_t bytes) const {
    const std::size_t common = m_limit - m_reserve;
    return m_used == 0 || m_used - m_reserved + bytes <= common || m_used - m_answers + bytes <= m_limit / 2;
}

std::optional<MemoryBudget::Lease> MemoryBudget::charge(std::size_t bytes, Standing standing, bool isFirst) {
    std::size_t reserved = 0;
    if (!isFirst || !fits(bytes)) {
        if (standing == Standing::kNew || m_reserved + bytes > m_reserve) {
            return std::nullopt;
        }
        reserved = bytes;
    }
    m_used += bytes;
    m_reserved += reserved;
    return Lease(this, bytes, reserved, Lease::Kind::kRequest);
}

MemoryBudget::Lease MemoryBudget::chargeAhead(std::size_t bytes) {
    m_hasAhead = true;
    m_used += bytes;
    return {this, bytes, 0, Lease::Kind::kAhead};
}

MemoryBudget::Lease MemoryBudget::tryTake(std::size_t bytes, Standing standing) {
    const std::lock_guard lock(m_mutex);
    auto lease = charge(bytes, standing, m_waiters.empty());
    return lease ? std::move(*lease) : Lease{};
}

MemoryBudget::Lease MemoryBudget::takeUpTo(std::size_t bytes) {
    const std::lock_guard lock(m_mutex);
    const std::size_t free = m_used >= m_limit ? 0 : m_limit - m_used;
    const std::size_t left = m_answers >= m_limit / 2 ? 0 : m_limit / 2 - m_answers;
    const std::size_t taken = std::min({bytes, free / 2, left});
    m_used += taken;
    m_answers += taken;
    return taken == 0 ? Lease{} : Lease{this, taken, 0, Lease::Kind::kAnswer};
}

MemoryBudget::Lease MemoryBudget::owe(std::size_t bytes) {
    const std::lock_guard lock(m_mutex);
    m_used += bytes;
    m_answers += bytes;
    return {this, bytes, 0, Lease::Kind::kAnswer};
}

void MemoryBudget::take(std::size_t bytes, Standing standing, std::function<void(Lease)> granted) {
    std::optional<Lease> lease;
    {
        const std::lock_guard lock(m_mutex);
        lease = charge(bytes, standing, m_waiters.empty());
        if (!lease) {
            m_waiters.push_back({bytes, standing, false, std::move(granted)});
            return;
        }
    }
    granted(std::move(*lease));
}

void MemoryBudget::grow(const Lease& held, std::size_t bytes, Standing standing, std::function<void(Lease)> granted) {
    std::optional<Lease> lease;
    {
        const std::lock_guard lock(m_mutex);
        const bool isAhead = held.m_kind == Lease::Kind::kAhead;
        if (!isAhead) {
            lease = charge(bytes, standing, m_waiters.empty());
        }
        if (!lease && !isAhead && m_hasAhead) {
            m_waiters.push_back({bytes, standing, true, std::move(granted)});
            return;
        }
        if (!lease) {
            lease = chargeAhead(bytes);
        }
    }
    granted(std::move(*lease));
}

std::size_t MemoryBudget::used() const {
    const std::lock_guard lock(m_mutex);
    return m_used;
}

bool MemoryBudget::isShort() const {
    const std::lock_guard lock(m_mutex);
    return !m_waiters.empty() || m_used > m_limit - m_limit / 4 || m_answers > m_limit / 4;
}

/// The first waiter; or the first proven one, which may have what is reserved; or the first that has begun, when it may
/// go ahead of the limit.
std::optional<std::pair<MemoryBudget::Waiter, MemoryBudget::Lease>> MemoryBudget::nextReady() {
    const auto let = [this](std::deque<Waiter>::iterator at, Lease lease) {
        std::pair<Waiter, Lease> ready(std::move(*at), std::move(lease));
        m_waiters.erase(at);
        return ready;
    };
    const auto isProven = [](const Waiter& each) { return each.standing == Standing::kProven; };
    const auto hasBegun = [](const Waiter& each) { return each.hasBegun; };
    if (m_waiters.empty()) {
        return std::nullopt;
    }
    if (auto lease = charge(m_waiters.front().bytes, m_waiters.front().standing, true)) {
        return let(m_waiters.begin(), std::move(*lease));
    }
    const auto proven = std::find_if(m_waiters.begin(), m_waiters.end(), isProven);
    if (proven != m_waiters.end()) {
        if (auto lease = charge(proven->bytes, proven->standing, false)) {
            return let(proven, std::move(*lease));
        }
    }
    auto begun = std::find_if(m_waiters.begin(), m_waiters.end(),
                              [&](const Waiter& each) { return hasBegun(each) && isProven(each); });
    begun = begun != m_waiters.end() ? begun : std::find_if(m_waiters.begin(), m_waiters.end(), hasBegun);
    if (!m_hasAhead && begun != m_waiters.end()) {
        return let(begun, chargeAhead(begun->bytes));
    }
    return std::nullopt;
}

void MemoryBudget::give(std::size_t bytes, std::size_t reserved, Lease::Kind kind, bool isLast) {
    std::unique_lock lock(m_mutex);
    WEIR_ASSERT(m_used >= bytes && m_reserved >= reserved);
    m_used -= bytes;
    m_reserved -= reserved;
    m_answers -= kind == Lease::Kind::kAnswer ? bytes : 0;
    m_hasAhead = m_hasAhead && !(isLast && kind == Lease::Kind::kAhead);
    // Who has left since gives back at once what it is granted: a loop, however many of them there are.
    if (std::exchange(m_isGranting, true)) {
        return;
    }
    while (auto ready = nextReady()) {
        lock.unlock();
        ready->first.granted(std::move(ready->second));
        ready.reset();
        lock.lock();
    }
    m_isGranting = false;
}

}  // namespace weir::server
