// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "broker/base/uuid.h"
#include "broker/protocol/types.h"

/// How a C++ type travels. Each Io (decoder, encoder, visitor…) branches on these and on nothing else.
namespace weir::protocol::wire {

template <class T>
concept StrongInteger = requires {
    typename T::Representation;
};
/// Everything of a fixed size that is an integer on the wire: plain, strong or an enum.
template <class T>
concept Integer = (std::integral<T> && !std::same_as<T, bool>) || StrongInteger<T> || std::is_enum_v<T>;
template <class T>
concept Text = std::same_as<T, std::string> || std::same_as<T, std::string_view>;

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
concept Array = IsVector<T>::value && !std::same_as<T, Bytes>;

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
concept Optional = IsOptional<T>::value;

/// A struct with a `describe`: every message and everything nested in one.
template <class T>
concept Described = requires(T& value) {
    value.unknownTags;
};

template <class T>
constexpr auto toInteger(T value) {
    if constexpr (StrongInteger<T>) {
        return value.value;
    } else if constexpr (std::is_enum_v<T>) {
        return static_cast<std::underlying_type_t<T>>(value);
    } else {
        return value;
    }
}
template <class T>
using IntegerOf = decltype(toInteger(std::declval<T>()));

/// Zigzag, as in protocol buffers: small magnitudes become small unsigned numbers.
constexpr std::uint32_t zigzag(std::int32_t value) {
    return (static_cast<std::uint32_t>(value) << 1) ^ static_cast<std::uint32_t>(value >> 31);
}
constexpr std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int32_t unzigzag(std::uint32_t value) {
    return static_cast<std::int32_t>((value >> 1) ^ (~(value & 1) + 1));
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

}  // namespace weir::protocol::wire
