// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/net/rate_limited_log.h"

#include <chrono>
#include <utility>

namespace weir::server {

void RateLimitedLog::warn(const std::string& sentence) {
    std::uint64_t leftOut = 0;
    {
        const std::lock_guard lock(m_mutex);
        const auto now = m_clock.steadyNow();
        if (now < m_quietUntil) {
            ++m_leftOut;
            return;
        }
        m_quietUntil = now + std::chrono::seconds(1);
        leftOut = std::exchange(m_leftOut, 0);
    }
    if (leftOut == 0) {
        m_logger.warn("{}", sentence);
    } else {
        m_logger.warn("{} ({} similar lines left out)", sentence, leftOut);
    }
}

}  // namespace weir::server
