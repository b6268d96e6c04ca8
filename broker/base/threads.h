// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace weir {

/// Who works a part of the broker: threads that it starts itself, or its owner, piece by piece. A simulator runs all of
/// a broker on one thread, in an order of its choice; what runs is the same code.
enum class Threads : std::uint8_t { kOwn, kNone };

/// The name of the calling thread in debuggers and process viewers; 15 characters at most.
void nameThisThread(const char* name) noexcept;

}  // namespace weir
