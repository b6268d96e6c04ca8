// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::security {

/// Who a client is (Kafka's KafkaPrincipal). Written "User:alice".
struct Principal {
    std::string type = "User";
    std::string name = "ANONYMOUS";
    /// Came with a delegation token, and so may not ask for another (KIP-48).
    bool byToken = false;

    [[nodiscard]] std::string text() const { return type + ":" + name; }
    /// The same client, however it came.
    [[nodiscard]] bool isSameAs(const Principal& other) const { return type == other.type && name == other.name; }
};

/// "User:alice"; nothing when the colon is missing.
inline std::optional<Principal> parsePrincipal(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    return Principal{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1)), false};
}

}  // namespace weir::security
