// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace weir {

/// Appends one character below U+0080 as it stands inside a JSON string (RFC 8259): the short escapes where there are
/// some, upper-case digits else, as Avro's Java library writes them.
inline void appendJsonEscaped(std::string& out, char c) {
    constexpr char kHex[] = "0123456789ABCDEF";
    switch (c) {
        case '"':
        case '\\':
            out += '\\';
            out += c;
            return;
        case '\b':
            out += "\\b";
            return;
        case '\f':
            out += "\\f";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    if (static_cast<unsigned char>(c) < 0x20) {
        out += "\\u00";
        out += kHex[static_cast<unsigned char>(c) >> 4];
        out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
        out += c;
    }
}

}  // namespace weir
