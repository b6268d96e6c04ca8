// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <string>

#include "broker/base/clock.h"
#include "broker/base/log.h"

namespace weir::server {

/// Warnings that a stranger can cause as often as he likes: one line a second, and the next one says how many were
/// left out. Thread safe.
class RateLimitedLog {
public:
    RateLimitedLog(const Clock& clock, Logger logger) : m_clock(clock), m_logger(std::move(logger)) {}

    void warn(const std::string& sentence);

private:
    const Clock& m_clock;
    Logger m_logger;
    std::mutex m_mutex;
    Clock::Steady m_quietUntil{};
    std::uint64_t m_leftOut = 0;
};

}  // namespace weir::server
