// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace weir::registry {

/// A subject in its context. Contexts are separate spaces of subjects and ids; "." is the one that is meant when none
/// is named. As text: "orders-value", or ":.staging:orders-value" outside of the default context.
struct Subject {
    std::string context = ".";
    std::string name;

    auto operator<=>(const Subject&) const = default;
    [[nodiscard]] bool isDefault() const { return context == "."; }
    /// ":.staging:", or empty for the default context.
    [[nodiscard]] std::string prefix() const { return isDefault() ? std::string() : ":" + context + ":"; }
    /// A name that itself begins as a context does needs the default context said.
    [[nodiscard]] std::string text() const {
        return isDefault() && name.starts_with(":.") ? ":.:" + name : prefix() + name;
    }

    static Subject parse(std::string_view text) {
        if (text.starts_with(":.")) {
            if (const auto end = text.find(':', 1); end != std::string_view::npos) {
                return {std::string(text.substr(1, end - 1)), std::string(text.substr(end + 1))};
            }
        }
        return {".", std::string(text)};
    }
};

}  // namespace weir::registry
