// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>
#include <span>

#include "tests/fuzz/entries.h"

/// libFuzzer's entry; WEIR_FUZZ_ENTRY is one of entries.h.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)weir::fuzz::WEIR_FUZZ_ENTRY(std::as_bytes(std::span(data, size)));
    return 0;
}
