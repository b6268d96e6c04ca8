// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/base/hash.h"

#include <isa-l/crc.h>

#include <algorithm>

namespace weir {

std::uint32_t crc32c(ByteView bytes, std::uint32_t seed) {
    constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // the library counts in int
    std::uint32_t crc = ~seed;
    for (ByteView rest = bytes; !rest.empty();) {
        const ByteView piece = rest.first(std::min(rest.size(), kMostAtOnce));
        auto* data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(piece.data()));  // it only reads
        crc = crc32_iscsi(data, static_cast<int>(piece.size()), crc);
        rest = rest.subspan(piece.size());
    }
    return ~crc;
}

std::int32_t murmur2(ByteView bytes) {
    constexpr std::uint32_t kSeed = 0x9747b28cU;
    constexpr std::uint32_t kMultiplier = 0x5bd1e995U;
    constexpr int kShift = 24;
    const auto length = static_cast<std::uint32_t>(bytes.size());
    std::uint32_t h = kSeed ^ length;
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
    std::size_t i = 0;
    for (; i + 4 <= bytes.size(); i += 4) {
        std::uint32_t k = at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24);
        k *= kMultiplier;
        k ^= k >> kShift;
        k *= kMultiplier;
        h *= kMultiplier;
        h ^= k;
    }
    switch (bytes.size() - i) {
        case 3:
            h ^= at(i + 2) << 16;
            [[fallthrough]];
        case 2:
            h ^= at(i + 1) << 8;
            [[fallthrough]];
        case 1:
            h ^= at(i);
            h *= kMultiplier;
            break;
        default:
            break;
    }
    h ^= h >> 13;
    h *= kMultiplier;
    h ^= h >> 15;
    return static_cast<std::int32_t>(h);
}

}  // namespace weir
