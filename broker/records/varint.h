// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "broker/base/bytes.h"

/// The zigzag varints of the record format (Kafka's ByteUtils.readVarint and readVarlong): seven bits a byte, lowest
/// first, high bit set on all but the last; the sign is folded into the lowest bit. Private to this folder.
namespace weir::records {

/// A place in bytes that end somewhere. Never moves past `end`.
struct Cursor {
    const std::byte* at;
    const std::byte* end;

    explicit Cursor(ByteView bytes) : at(bytes.data()), end(bytes.data() + bytes.size()) {}
    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end - at); }
};

/// False, with the cursor anywhere before the end, if the bytes run out or the number does not fit its type.
/// Kafka silently drops bits that do not fit; no encoder writes them, so here they are an error.
template <class Int>
inline bool readVarintOf(Cursor& cursor, Int& value) {
    using Unsigned = std::make_unsigned_t<Int>;
    constexpr unsigned kBits = sizeof(Int) * 8;
    constexpr unsigned kLastShift = (kBits - 1) / 7 * 7;
    Unsigned raw = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (cursor.at == cursor.end) {
            return false;
        }
        const auto b = std::to_integer<std::uint8_t>(*cursor.at++);
        if (shift == kLastShift && (b >> (kBits - kLastShift)) != 0) {
            return false;
        }
        raw |= static_cast<Unsigned>(b & 0x7fU) << shift;
        if ((b & 0x80U) == 0) {
            value = static_cast<Int>((raw >> 1) ^ (~(raw & 1U) + 1U));
            return true;
        }
    }
}
inline bool readVarint(Cursor& cursor, std::int32_t& value) {
    return readVarintOf(cursor, value);
}
inline bool readVarlong(Cursor& cursor, std::int64_t& value) {
    return readVarintOf(cursor, value);
}

inline constexpr std::size_t kLongestVarint = 5;
inline constexpr std::size_t kLongestVarlong = 10;

template <class Int>
constexpr std::make_unsigned_t<Int> zigzag(Int value) {
    return static_cast<std::make_unsigned_t<Int>>((static_cast<std::make_unsigned_t<Int>>(value) << 1) ^
                                                  static_cast<std::make_unsigned_t<Int>>(value < 0 ? -1 : 0));
}

template <class Int>
constexpr std::size_t varintSize(Int value) {
    std::size_t size = 1;
    for (auto raw = zigzag(value); raw >= 0x80U; raw >>= 7) {
        ++size;
    }
    return size;
}

/// Returns the place after the number; the caller has made room for varintSize bytes.
template <class Int>
inline std::byte* writeVarint(std::byte* to, Int value) {
    auto raw = zigzag(value);
    while (raw >= 0x80U) {
        *to++ = static_cast<std::byte>(raw | 0x80U);
        raw >>= 7;
    }
    *to++ = static_cast<std::byte>(raw);
    return to;
}

/// A length and that many bytes; length -1 is absent. False if the length is smaller than -1 or larger than what is
/// left.
inline bool readNullableBytes(Cursor& cursor, std::optional<ByteView>& value) {
    std::int32_t length = 0;
    if (!readVarint(cursor, length)) {
        return false;
    }
    if (length < 0) {
        value.reset();
        return length == -1;
    }
    const auto size = static_cast<std::size_t>(length);
    if (size > cursor.left()) {
        return false;
    }
    value.emplace(cursor.at, size);
    cursor.at += size;
    return true;
}

}  // namespace weir::records
