// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "broker/base/clock.h"

namespace weir::server {

/// How many connections may come, and how fast: of all, and from one address.
struct ConnectionLimits {
    /// max.connections
    std::size_t total = SIZE_MAX;
    /// max.connections.per.ip, or the address's own of max.connections.per.ip.overrides.
    std::size_t perIp = SIZE_MAX;
    /// max.connection.creation.rate, a second.
    double rate = 2147483647;
    /// connection_creation_rate of the address.
    std::optional<double> rateOfIp;
};

/// A second's worth of connections, filled as time goes by.
class ConnectionRate {
public:
    /// Zero, and one is taken; or how long until there is one.
    std::chrono::milliseconds take(double rate, Clock::Steady now) {
        const double passed = std::chrono::duration<double>(now - m_filledAt).count();
        m_has =
            m_filledAt == Clock::Steady{} ? std::max(rate, 1.0) : std::min(m_has + passed * rate, std::max(rate, 1.0));
        m_filledAt = now;
        if (m_has >= 1) {
            m_has -= 1;
            return {};
        }
        return std::chrono::milliseconds(1 + static_cast<std::int64_t>((1 - m_has) / std::max(rate, 0.001) * 1000));
    }
    [[nodiscard]] Clock::Steady filledAt() const { return m_filledAt; }

private:
    double m_has = 0;
    Clock::Steady m_filledAt{};
};

}  // namespace weir::server
