// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/net/memory_budget.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "broker/base/assert.h"

namespace weir::server {

MemoryBudget::Lease::Lease(Lease&& other) noexcept
    : m_budget(std::exchange(other.m_budget, nullptr)),
      m_bytes(std::exchange(other.m_bytes, 0)),
      m_kind(std::exchange(other.m_kind, Kind::kRequest)) {}

MemoryBudget::Lease& MemoryBudget::Lease::operator=(Lease&& other) noexcept {
    if (this != &other) {
        release();
        m_budget = std::exchange(other.m_budget, nullptr);
        m_bytes = std::exchange(other.m_bytes, 0);
        m_kind = std::exchange(other.m_kind, Kind::kRequest);
    }
    return *this;
}

void MemoryBudget::Lease::release() {
    if (m_budget != nullptr) {
        std::exchange(m_budget, nullptr)->give(std::exchange(m_bytes, 0), std::exchange(m_kind, Kind::kRequest), true);
    }
}

void MemoryBudget::Lease::shrinkTo(std::size_t bytes) {
    if (m_budget != nullptr && bytes < m_bytes) {
        m_budget->give(std::exchange(m_bytes, bytes) - bytes, m_kind, false);
    }
}

void MemoryBudget::Lease::join(Lease other) {
    if (m_budget == nullptr) {
        *this = std::move(other);
        return;
    }
    m_bytes += other.m_bytes;
    m_kind = other.m_kind == Kind::kAhead ? Kind::kAhead : m_kind;
    other.m_budget = nullptr;
    other.m_bytes = 0;
}

MemoryBudget::Lease MemoryBudget::tryTake(std::size_t bytes) {
    const std::lock_guard lock(m_mutex);
    if (!m_waiters.empty() || !fits(bytes)) {
        return {};
    }
    m_used += bytes;
    return {this, bytes, Lease::Kind::kRequest};
}

MemoryBudget::Lease MemoryBudget::takeUpTo(std::size_t bytes) {
    const std::lock_guard lock(m_mutex);
    const std::size_t free = m_used >= m_limit ? 0 : m_limit - m_used;
    const std::size_t left = m_answers >= m_limit / 2 ? 0 : m_limit / 2 - m_answers;
    const std::size_t taken = std::min({bytes, free / 2, left});
    m_used += taken;
    m_answers += taken;
    return taken == 0 ? Lease{} : Lease{this, taken, Lease::Kind::kAnswer};
}

MemoryBudget::Lease MemoryBudget::owe(std::size_t bytes) {
    const std::lock_guard lock(m_mutex);
    m_used += bytes;
    m_answers += bytes;
    return {this, bytes, Lease::Kind::kAnswer};
}

void MemoryBudget::take(std::size_t bytes, std::function<void(Lease)> granted) {
    {
        const std::lock_guard lock(m_mutex);
        if (!m_waiters.empty() || !fits(bytes)) {
            m_waiters.push_back({bytes, std::move(granted)});
            return;
        }
        m_used += bytes;
    }
    granted(Lease{this, bytes, Lease::Kind::kRequest});
}

void MemoryBudget::grow(const Lease& lease, std::size_t bytes, std::function<void(Lease)> granted) {
    auto kind = lease.m_kind;
    {
        const std::lock_guard lock(m_mutex);
        if (kind != Lease::Kind::kAhead && (!m_waiters.empty() || !fits(bytes))) {
            if (m_hasAhead) {
                m_waiters.push_back({bytes, std::move(granted), true});
                return;
            }
            m_hasAhead = true;
            kind = Lease::Kind::kAhead;
        }
        m_used += bytes;
    }
    granted(Lease{this, bytes, kind});
}

std::size_t MemoryBudget::used() const {
    const std::lock_guard lock(m_mutex);
    return m_used;
}

bool MemoryBudget::isShort() const {
    const std::lock_guard lock(m_mutex);
    return !m_waiters.empty() || m_used > m_limit - m_limit / 4 || m_answers > m_limit / 4;
}

void MemoryBudget::give(std::size_t bytes, Lease::Kind kind, bool isLast) {
    std::vector<Waiter> ready;
    {
        const std::lock_guard lock(m_mutex);
        WEIR_ASSERT(m_used >= bytes);
        m_used -= bytes;
        m_answers -= kind == Lease::Kind::kAnswer ? bytes : 0;
        m_hasAhead = m_hasAhead && !(isLast && kind == Lease::Kind::kAhead);
        const auto let = [&](std::deque<Waiter>::iterator at) {
            m_used += at->bytes;
            ready.push_back(std::move(*at));
            m_waiters.erase(at);
        };
        while (!m_waiters.empty() && fits(m_waiters.front().bytes)) {
            let(m_waiters.begin());
        }
        const auto begun = std::find_if(m_waiters.begin(), m_waiters.end(), [](const Waiter& w) { return w.hasBegun; });
        if (!m_hasAhead && begun != m_waiters.end()) {
            m_hasAhead = true;
            begun->kind = Lease::Kind::kAhead;
            let(begun);
        }
    }
    for (Waiter& waiter : ready) {
        waiter.granted(Lease{this, waiter.bytes, waiter.kind});
    }
}

}  // namespace weir::server
