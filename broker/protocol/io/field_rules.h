// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "broker/protocol/types.h"

namespace weir::protocol {

/// In which versions a field is on the wire, in which it may be null, and whether its value may be dropped silently
/// in a version without it. Relative to the versions a message supports: a field that all of them have says nothing.
struct FieldRules {
    static constexpr std::int16_t kOpen = 32767;

    std::int16_t first = 0;
    std::int16_t last = kOpen;
    std::int16_t firstNullable = kOpen;
    std::int16_t lastNullable = kOpen;
    bool mayBeDropped = false;

    [[nodiscard]] constexpr bool presentIn(ApiVersion version) const {
        return version.value >= first && version.value <= last;
    }
    [[nodiscard]] constexpr bool nullableIn(ApiVersion version) const {
        return version.value >= firstNullable && version.value <= lastNullable;
    }

    /// Null is allowed wherever the field is.
    [[nodiscard]] constexpr FieldRules nullable() const { return nullableSince(0); }
    [[nodiscard]] constexpr FieldRules nullableSince(std::int16_t version) const {
        return nullableBetween(version, kOpen);
    }
    [[nodiscard]] constexpr FieldRules nullableBetween(std::int16_t from, std::int16_t to) const {
        FieldRules rules = *this;
        rules.firstNullable = from;
        rules.lastNullable = to;
        return rules;
    }
    /// Encoding in a version without the field drops its value; otherwise that is refused.
    [[nodiscard]] constexpr FieldRules ignorable() const {
        FieldRules rules = *this;
        rules.mayBeDropped = true;
        return rules;
    }
};

constexpr FieldRules always() {
    return {};
}
constexpr FieldRules since(std::int16_t first) {
    return {.first = first};
}
constexpr FieldRules until(std::int16_t last) {
    return {.last = last};
}
constexpr FieldRules between(std::int16_t first, std::int16_t last) {
    return {.first = first, .last = last};
}

/// The value every field of `Struct` has in a version without it.
template <class Struct>
const Struct& defaultOf() {
    static const Struct value;
    return value;
}

}  // namespace weir::protocol
