// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/serdes/visible_text.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "app/serdes/decoders.h"

namespace weir::app {

namespace {

struct CodePoint {
    std::uint32_t value = 0;
    /// 0: not UTF-8 here.
    std::size_t length = 0;
};

bool isContinuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// The code point at the front of `text`, by the table of well-formed sequences (Unicode 3.9, table 3-7).
CodePoint decodeOne(std::string_view text) {
    const auto b0 = static_cast<unsigned char>(text[0]);
    if (b0 < 0x80) {
        return {b0, 1};
    }
    const std::size_t length = b0 >= 0xf0 ? 4 : b0 >= 0xe0 ? 3 : 2;
    if (b0 < 0xc2 || b0 > 0xf4 || text.size() < length) {
        return {};
    }
    std::uint32_t value = b0 & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if (!isContinuation(text[i])) {
            return {};
        }
        value = (value << 6) | (static_cast<unsigned char>(text[i]) & 0x3fU);
    }
    const bool isOverlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (isOverlong || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
        return {};
    }
    return {value, length};
}

// How many bytes at the front are plain ASCII, eight at a time.
std::size_t asciiPrefix(std::string_view text) {
    std::size_t at = 0;
    while (at + 8 <= text.size()) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        if ((word & 0x8080808080808080ULL) != 0) {
            break;
        }
        at += 8;
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) {
        ++at;
    }
    return at;
}

bool isBidiControl(std::uint32_t c) {
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
}

bool isInvisible(std::uint32_t c) {
    return c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0) || isBidiControl(c) || c == 0x2028 || c == 0x2029 ||
           c == 0xfeff || c == 0x200b;
}

void appendVisible(std::string& out, std::uint32_t c) {
    if (c < 0x20) {
        out += "\xe2\x90";
        out += static_cast<char>(0x80 + c);
    } else if (c == 0x7f) {
        out += "\xe2\x90\xa1";
    } else {
        out += fmt::format("\u27e8U+{:04X}\u27e9", c);
    }
}

}  // namespace

std::optional<std::size_t> findInvalidUtf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        at += asciiPrefix(text.substr(at));
        if (at == text.size()) {
            break;
        }
        const CodePoint point = decodeOne(text.substr(at));
        if (point.length == 0) {
            return at;
        }
        at += point.length;
    }
    return std::nullopt;
}

bool isReadableText(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c < 0x80) {
            if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
                return false;
            }
            ++at;
            continue;
        }
        const CodePoint point = decodeOne(text.substr(at));
        if (point.length == 0 || (point.value >= 0x80 && point.value < 0xa0)) {
            return false;
        }
        at += point.length;
    }
    return true;
}

std::string makeVisible(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t at = 0;
    while (at < text.size()) {
        const CodePoint point = decodeOne(text.substr(at));
        if (point.length == 0) {
            out += "\ufffd";
            ++at;
            continue;
        }
        if (isInvisible(point.value) && point.value != '\t' && point.value != '\n' && point.value != '\r') {
            appendVisible(out, point.value);
        } else {
            out += text.substr(at, point.length);
        }
        at += point.length;
    }
    return out;
}

std::string oneLine(std::string_view text, std::size_t maxChars) {
    std::string out;
    out.reserve(std::min(text.size(), maxChars) + 8);
    std::size_t at = 0;
    std::size_t chars = 0;
    while (at < text.size()) {
        if (chars == maxChars) {
            out += "\u2026";
            break;
        }
        ++chars;
        const char c = text[at];
        if (c == '\n' || c == '\r' || c == '\t') {
            while (at < text.size() && std::strchr(" \n\r\t", text[at]) != nullptr && text[at] != '\0') {
                ++at;
            }
            out += ' ';
            continue;
        }
        const CodePoint point = decodeOne(text.substr(at));
        if (point.length == 0) {
            out += "\ufffd";
            ++at;
            continue;
        }
        if (isInvisible(point.value)) {
            appendVisible(out, point.value);
        } else {
            out += text.substr(at, point.length);
        }
        at += point.length;
    }
    return out;
}

namespace {

// The front of a long text without a code point cut in two.
std::string_view wholeFront(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) {
        return text;
    }
    std::size_t at = bytes;
    while (at > 0 && bytes - at < 4 && isContinuation(text[at])) {
        --at;
    }
    return text.substr(0, at);
}

}  // namespace

std::string preview(ByteView bytes, std::size_t maxChars) {
    constexpr std::size_t kLook = 4 * kPreviewChars;
    const std::string_view text = asText(bytes);
    const std::string_view front = wholeFront(text, kLook);
    if (isReadableText(front)) {
        std::string line = oneLine(front, maxChars);
        if (front.size() < text.size() && !line.ends_with("\u2026")) {
            line += "\u2026";
        }
        return line;
    }
    if (bytes.size() <= kLook) {
        return oneLine(decodeBest(bytes).text, maxChars);
    }
    return oneLine(decode(Decoder::kHex, bytes.first(maxChars / 2)).text, maxChars - 1) + "\u2026";
}

}  // namespace weir::app
