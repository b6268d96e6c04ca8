// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/base/uuid.h"

#include <cstring>

#include "broker/base/random.h"

namespace weir {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kTextLength = 22;

}  // namespace

std::string Uuid::toString() const {
    std::string text;
    text.reserve(kTextLength);
    unsigned buffer = 0;
    int bits = 0;
    for (const std::byte b : bytes) {
        buffer = (buffer << 8) | std::to_integer<unsigned>(b);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            text.push_back(kAlphabet[(buffer >> bits) & 63U]);
        }
    }
    text.push_back(kAlphabet[(buffer << (6 - bits)) & 63U]);
    return text;
}

std::string Uuid::toHexString() const {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text.push_back('-');
        }
        const auto byte = std::to_integer<unsigned>(bytes[i]);
        text.push_back(kDigits[byte >> 4U]);
        text.push_back(kDigits[byte & 15U]);
    }
    return text;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != kTextLength) {
        return std::nullopt;
    }
    Uuid uuid;
    unsigned buffer = 0;
    int bits = 0;
    std::size_t out = 0;
    for (const char c : text) {
        const auto digit = kAlphabet.find(c);
        if (digit == std::string_view::npos) {
            return std::nullopt;
        }
        buffer = (buffer << 6) | static_cast<unsigned>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            uuid.bytes[out++] = static_cast<std::byte>((buffer >> bits) & 255U);
        }
    }
    return uuid;
}

Uuid Uuid::random(Random& random) {
    Uuid uuid;
    do {
        const std::uint64_t high = random.next();
        const std::uint64_t low = random.next();
        std::memcpy(uuid.bytes.data(), &high, 8);
        std::memcpy(uuid.bytes.data() + 8, &low, 8);
        uuid.bytes[6] = (uuid.bytes[6] & std::byte{0x0f}) | std::byte{0x40};
        uuid.bytes[8] = (uuid.bytes[8] & std::byte{0x3f}) | std::byte{0x80};
    } while (uuid.toString().front() == '-');
    return uuid;
}

}  // namespace weir

std::size_t std::hash<weir::Uuid>::operator()(const weir::Uuid& uuid) const noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, uuid.bytes.data(), 8);
    std::memcpy(&low, uuid.bytes.data() + 8, 8);
    return static_cast<std::size_t>(high ^ (low * 0x9e3779b97f4a7c15ULL));
}
