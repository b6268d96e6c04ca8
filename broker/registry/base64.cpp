// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/base64.h"

#include <cstdint>

namespace weir::registry {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string toBase64(std::string_view bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            text += i + j > bytes.size() ? '=' : kAlphabet[group >> (18 - 6 * j) & 63];
        }
    }
    return text;
}

std::optional<std::string> fromBase64(std::string_view text) {
    if (text.size() % 4 != 0) {
        return std::nullopt;
    }
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::uint32_t group = 0;
        const bool isLast = i + 4 == text.size();
        for (std::size_t j = 0; j < 4; ++j) {
            const bool isPadding = isLast && j >= 4 - padding;
            const auto value = isPadding ? 0 : kAlphabet.find(text[i + j]);
            if (value == std::string_view::npos) {
                return std::nullopt;
            }
            group = group << 6 | static_cast<std::uint32_t>(value);
        }
        for (std::size_t j = 0; j < 3 - (isLast ? padding : 0); ++j) {
            bytes += static_cast<char>(group >> (16 - 8 * j) & 0xFF);
        }
    }
    return bytes;
}

}  // namespace weir::registry
