// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

#include "broker/base/random.h"

namespace weir::simulation {

/// Every choice of a run, from its seed. The same on every platform, unlike the standard library's distributions.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : m_random(seed) {}

    /// 0 … count - 1
    std::size_t below(std::size_t count) { return count == 0 ? 0 : static_cast<std::size_t>(m_random.next() % count); }
    /// Both ends belong to it.
    std::int64_t between(std::int64_t first, std::int64_t last) {
        return first + static_cast<std::int64_t>(below(static_cast<std::size_t>(last - first + 1)));
    }
    /// True once in `times`.
    bool oneIn(std::size_t times) { return below(times) == 0; }
    std::uint64_t next() { return m_random.next(); }

private:
    SeededRandom m_random;
};

}  // namespace weir::simulation
