// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <vector>

#include "broker/base/bytes.h"

namespace weir::fuzz {

/// Stands in no UTF-8, so it parts an input that is several texts.
inline constexpr std::byte kPart{0xff};

/// At most `most` parts. Of a text that has more of them the last one takes the rest or it is left out.
enum class Rest { kInLast, kLeftOut };
inline std::vector<ByteView> partsOf(ByteView input, std::size_t most, Rest rest) {
    std::vector<ByteView> parts;
    while (!input.empty() && parts.size() < most) {
        const bool takesAll = rest == Rest::kInLast && parts.size() + 1 == most;
        const auto end = takesAll ? input.end() : std::find(input.begin(), input.end(), kPart);
        parts.push_back(input.first(static_cast<std::size_t>(end - input.begin())));
        input = input.subspan(std::min(input.size(), parts.back().size() + 1));
    }
    return parts;
}

}  // namespace weir::fuzz
