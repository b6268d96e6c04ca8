// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

class Random;

/// 128 bits, as in Kafka's Uuid: written as 22 characters of unpadded URL-safe base64. Zero means "none".
struct Uuid {
    std::array<std::byte, 16> bytes{};

    auto operator<=>(const Uuid&) const = default;
    [[nodiscard]] bool isZero() const { return *this == Uuid{}; }
    [[nodiscard]] std::string toString() const;
    /// 8-4-4-4-12 hex digits, as java.util.UUID writes it.
    [[nodiscard]] std::string toHexString() const;
    static std::optional<Uuid> parse(std::string_view text);
    /// Version 4. Never zero, never the two reserved ids, never starts with '-' in text (Kafka's Uuid.randomUuid).
    static Uuid random(Random& random);
};

}  // namespace weir

template <>
struct std::hash<weir::Uuid> {
    std::size_t operator()(const weir::Uuid& uuid) const noexcept;
};
