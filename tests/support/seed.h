// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace weir::testing {

/// A new seed each run, printed; WEIR_SEED in the environment repeats one.
inline std::uint32_t printedSeed() {
    const char* const given = std::getenv("WEIR_SEED");
    const auto seed = given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10))
                                       : static_cast<std::uint32_t>(std::random_device{}());
    std::printf("seed: WEIR_SEED=%u\n", seed);
    return seed;
}

}  // namespace weir::testing
