// SPDX-License-Identifier: GPL-3.0-or-later
// What libFuzzer needs to follow code that gcc compiled (-fsanitize-coverage=trace-pc,trace-cmp): gcc calls a function
// at each edge where clang counts in place, so that the function counts, in the section of counters that libFuzzer
// looks at beside its own. The streams' fuzzers are built this way: clang 14 does not compile asio's coroutines.
#include <cstddef>
#include <cstdint>

namespace {

constexpr std::size_t kEdges = std::size_t{1} << 16;

__attribute__((section("__libfuzzer_extra_counters"), used)) std::uint8_t g_edges[kEdges];

}  // namespace

extern "C" {

__attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_pc() {  // NOLINT
    const auto at = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
    std::uint8_t* const edge = &g_edges[(at ^ (at >> 16)) % kEdges];
    // Threads lose a count now and then, which harms nothing.
    const std::uint8_t seen = __atomic_load_n(edge, __ATOMIC_RELAXED);
    if (seen < 255) {
        __atomic_store_n(edge, static_cast<std::uint8_t>(seen + 1), __ATOMIC_RELAXED);
    }
}

// Comparisons of floating numbers lead libFuzzer nowhere.
__attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_cmpf(float /*a*/, float /*b*/) {}    // NOLINT
__attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_cmpd(double /*a*/, double /*b*/) {}  // NOLINT
}
