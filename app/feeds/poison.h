// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/feeds/fast_random.h"
#include "broker/model/record.h"

namespace weir::app {

/// Makes a record's value unreadable in one of the ways that break consumers: cut in half, bytes that are no text, a
/// word where a number should be, empty.
inline void poison(OutgoingRecord& record, FastRandom& random) {
    if (!record.value || record.value->empty()) {
        return;
    }
    Bytes& value = *record.value;
    switch (random.below(4)) {
        case 0:
            value.resize(value.size() / 2);
            break;
        case 1:
            for (std::size_t i = 0; i < value.size(); i += 3) {
                value[i] = static_cast<std::byte>(0xf8 | (i & 7));
            }
            break;
        case 2:
            value = toBytes(R"({"price":"not a number","ts":"yesterday"})");
            break;
        default:
            value.clear();
    }
}

}  // namespace weir::app
