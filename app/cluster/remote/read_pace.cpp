// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/read_pace.h"

#include <algorithm>
#include <chrono>

namespace weir::app {

namespace {
/// A fetch below this brings single records and costs as much as one that brings many.
constexpr std::int64_t kLeastFetch = 16 << 10;
constexpr std::int64_t kFetchesPerSecond = 4;
}  // namespace

std::int64_t ReadPace::most(std::int64_t wanted) const {
    return m_rate <= 0 ? wanted : std::min(wanted, std::max(m_rate / kFetchesPerSecond, kLeastFetch));
}

bool ReadPace::wait() {
    std::unique_lock lock(m_mutex);
    // The one who waits longest may find that others have read meanwhile.
    for (auto now = m_clock.steadyNow(); m_rate > 0 && !m_isStopped && now < m_paidAt; now = m_clock.steadyNow()) {
        m_stopping.wait_for(lock, m_paidAt - now);
    }
    return !m_isStopped;
}

void ReadPace::read(std::int64_t bytes) {
    if (m_rate <= 0) {
        return;
    }
    const std::lock_guard lock(m_mutex);
    const std::chrono::duration<double> cost(static_cast<double>(bytes) / static_cast<double>(m_rate));
    m_paidAt = std::max(m_paidAt, m_clock.steadyNow()) + std::chrono::duration_cast<Clock::Steady::duration>(cost);
}

void ReadPace::stop() {
    const std::lock_guard lock(m_mutex);
    m_isStopped = true;
    m_stopping.notify_all();
}

}  // namespace weir::app
