// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace weir {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;
using MutableByteView = std::span<std::byte>;

inline ByteView asBytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view asText(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes toBytes(ByteView view) {
    return {view.begin(), view.end()};
}
inline Bytes toBytes(std::string_view text) {
    return toBytes(asBytes(text));
}

/// Big-endian integers, the byte order of everything that Kafka puts on the wire and on disk.
/// The caller guarantees that sizeof(Int) bytes are there.
template <class Int>
Int loadBigEndian(const std::byte* from) {
    std::make_unsigned_t<Int> value;
    std::memcpy(&value, from, sizeof value);
    if constexpr (std::endian::native == std::endian::little) {
        if constexpr (sizeof(Int) == 2) {
            value = __builtin_bswap16(value);
        } else if constexpr (sizeof(Int) == 4) {
            value = __builtin_bswap32(value);
        } else if constexpr (sizeof(Int) == 8) {
            value = __builtin_bswap64(value);
        }
    }
    return static_cast<Int>(value);
}
template <class Int>
void storeBigEndian(std::byte* to, Int signedValue) {
    auto value = static_cast<std::make_unsigned_t<Int>>(signedValue);
    if constexpr (std::endian::native == std::endian::little) {
        if constexpr (sizeof(Int) == 2) {
            value = __builtin_bswap16(value);
        } else if constexpr (sizeof(Int) == 4) {
            value = __builtin_bswap32(value);
        } else if constexpr (sizeof(Int) == 8) {
            value = __builtin_bswap64(value);
        }
    }
    std::memcpy(to, &value, sizeof value);
}

}  // namespace weir
