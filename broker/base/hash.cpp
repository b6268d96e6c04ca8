// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/base/hash.h"

#include <array>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace weir {

namespace {

constexpr std::uint32_t kCastagnoli = 0x82f63b78U;

constexpr std::array<std::uint32_t, 256> makeTable() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t crc = i;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ ((crc & 1U) != 0U ? kCastagnoli : 0U);
        }
        table[i] = crc;
    }
    return table;
}
constexpr auto kTable = makeTable();

std::uint32_t crc32cTable(ByteView bytes, std::uint32_t crc) {
    for (const std::byte b : bytes) {
        crc = (crc >> 8) ^ kTable[(crc ^ std::to_integer<std::uint32_t>(b)) & 255U];
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32cHardware(ByteView bytes, std::uint32_t crc32) {
    std::uint64_t crc = crc32;
    const std::byte* p = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, p += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, p, 8);
        crc = _mm_crc32_u64(crc, word);
    }
    auto tail = static_cast<std::uint32_t>(crc);
    for (; left > 0; --left, ++p) {
        tail = _mm_crc32_u8(tail, std::to_integer<std::uint8_t>(*p));
    }
    return tail;
}
#endif

}  // namespace

std::uint32_t crc32c(ByteView bytes, std::uint32_t seed) {
#if defined(__x86_64__)
    static const bool kHardware = __builtin_cpu_supports("sse4.2") != 0;
    if (kHardware) {
        return ~crc32cHardware(bytes, ~seed);
    }
#endif
    return ~crc32cTable(bytes, ~seed);
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
