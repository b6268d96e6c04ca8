// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace weir {

/// An integer that cannot be mistaken for another: `struct OffsetTag; using Offset = Strong<OffsetTag, int64_t>`.
/// Construction is explicit; arithmetic is spelled with `.value` where it crosses kinds.
template <class Tag, class Rep>
struct Strong {
    using Representation = Rep;
    Rep value{};

    constexpr Strong() = default;
    constexpr explicit Strong(Rep v) : value(v) {}
    constexpr auto operator<=>(const Strong&) const = default;
    constexpr Strong operator+(Rep delta) const { return Strong(static_cast<Rep>(value + delta)); }
    constexpr Strong operator-(Rep delta) const { return Strong(static_cast<Rep>(value - delta)); }
    constexpr Rep operator-(Strong other) const { return static_cast<Rep>(value - other.value); }
    constexpr Strong& operator++() {
        ++value;
        return *this;
    }
};

}  // namespace weir

template <class Tag, class Rep>
struct std::hash<weir::Strong<Tag, Rep>> {
    std::size_t operator()(weir::Strong<Tag, Rep> v) const noexcept { return std::hash<Rep>{}(v.value); }
};
