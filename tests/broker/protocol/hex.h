// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cctype>
#include <string>
#include <string_view>

#include "broker/base/bytes.h"

namespace weir::protocol::test {

/// "00 0a 'abc'" becomes bytes: hexadecimal pairs, and text between quotes as it is. Spaces and line ends separate.
inline Bytes hex(std::string_view text) {
    Bytes bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (std::isspace(static_cast<unsigned char>(text[i])) != 0) {
            continue;
        }
        if (text[i] == '\'') {
            for (++i; text[i] != '\''; ++i) {
                bytes.push_back(static_cast<std::byte>(text[i]));
            }
            continue;
        }
        bytes.push_back(static_cast<std::byte>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
        ++i;
    }
    return bytes;
}

inline std::string toHex(ByteView bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const std::byte b : bytes) {
        text += kDigits[static_cast<unsigned>(b) >> 4];
        text += kDigits[static_cast<unsigned>(b) & 15];
        text += ' ';
    }
    return text;
}

}  // namespace weir::protocol::test
