// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace weir {

/// Prints the expression and its place to standard error and aborts. Stays on in release: an assert states an
/// invariant of Weir itself, never something a client, a disk or a person can cause.
[[noreturn]] void assertFailed(const char* expression, const char* file, int line) noexcept;

}  // namespace weir

#define WEIR_ASSERT(expression) \
    (static_cast<bool>(expression) ? static_cast<void>(0) : ::weir::assertFailed(#expression, __FILE__, __LINE__))
