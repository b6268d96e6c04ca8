// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/net/memory_budget.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "broker/base/assert.h"

namespace weir::server {

MemoryBudget::Lease::Lease(Lease&& other) noexcept
    : m_budget(std::exchange(other.m_budget, nullptr)), m_bytes(std::exchange(other.m_bytes, 0)) {}

MemoryBudget::Lease& MemoryBudget::Lease::operator=(Lease&& other) noexcept {
    if (this != &other) {
        release();
        m_budget = std::exchange(other.m_budget, nullptr);
        m_bytes = std::exchange(other.m_bytes, 0);
    }
    return *this;
}

void MemoryBudget::Lease::release() {
    if (m_budget != nullptr) {
        std::exchange(m_budget, nullptr)->give(std::exchange(m_bytes, 0));
    }
}

void MemoryBudget::Lease::shrinkTo(std::size_t bytes) {
    if (m_budget != nullptr && bytes < m_bytes) {
        m_budget->give(std::exchange(m_bytes, bytes) - bytes);
    }
}

void MemoryBudget::Lease::join(Lease other) {
    if (m_budget == nullptr) {
        *this = std::move(other);
        return;
    }
    m_bytes += other.m_bytes;
    other.m_budget = nullptr;
    other.m_bytes = 0;
}

MemoryBudget::Lease MemoryBudget::tryTake(std::size_t bytes) {
    const std::lock_guard lock(m_mutex);
    if (!m_waiters.empty() || !fits(bytes)) {
        return {};
    }
    m_used += bytes;
    return {this, bytes};
}

MemoryBudget::Lease MemoryBudget::takeUpTo(std::size_t bytes) {
    const std::lock_guard lock(m_mutex);
    const std::size_t free = m_used >= m_limit ? 0 : (m_limit - m_used) / 2;
    const std::size_t taken = std::min(bytes, free);
    m_used += taken;
    return taken == 0 ? Lease{} : Lease{this, taken};
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
    granted(Lease{this, bytes});
}

std::size_t MemoryBudget::used() const {
    const std::lock_guard lock(m_mutex);
    return m_used;
}

void MemoryBudget::give(std::size_t bytes) {
    std::vector<Waiter> ready;
    {
        const std::lock_guard lock(m_mutex);
        WEIR_ASSERT(m_used >= bytes);
        m_used -= bytes;
        while (!m_waiters.empty() && fits(m_waiters.front().bytes)) {
            m_used += m_waiters.front().bytes;
            ready.push_back(std::move(m_waiters.front()));
            m_waiters.pop_front();
        }
    }
    for (Waiter& waiter : ready) {
        waiter.granted(Lease{this, waiter.bytes});
    }
}

}  // namespace weir::server
