// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace weir {

void assertFailed(const char* expression, const char* file, int line) noexcept {
    std::fprintf(stderr, "weir: assertion failed: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

}  // namespace weir
