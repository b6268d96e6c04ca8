// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>

namespace weir {

/// Where time comes from. Passed in, never looked up, so that tests and the simulator own time.
/// Thread safe. `steadyNow` never goes back and drives every timer; `wallNow` may jump and only stamps records.
class Clock {
public:
    using Steady = std::chrono::steady_clock::time_point;

    virtual ~Clock() = default;
    [[nodiscard]] virtual Steady steadyNow() const = 0;
    /// Milliseconds since 1970-01-01T00:00:00Z.
    [[nodiscard]] virtual std::int64_t wallNowMs() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] Steady steadyNow() const override { return std::chrono::steady_clock::now(); }
    [[nodiscard]] std::int64_t wallNowMs() const override {
        using namespace std::chrono;
        return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    }
};

}  // namespace weir
