// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/serdes/decoders.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "app/serdes/json_text.h"
#include "app/serdes/message_pack.h"
#include "app/serdes/visible_text.h"

namespace weir::app {

namespace {

constexpr std::size_t kMaxTextBytes = 16 << 20;
constexpr std::size_t kMaxRawBytes = 256 << 10;

Decoded yes(Decoder decoder, std::string text, bool isJson = false) {
    return {decoder, true, std::move(text), isJson};
}
Decoded no(Decoder decoder, std::string why) {
    return {decoder, false, std::move(why), false};
}

std::string sizeText(std::size_t bytes) {
    return bytes == 1 ? "1 byte" : fmt::format("{} bytes", bytes);
}

// Confluent's framing: a zero byte and a schema id, then the payload that only the schema explains.
std::string schemaHint(ByteView bytes) {
    if (bytes.size() > 5 && bytes[0] == std::byte{0}) {
        const auto id = loadBigEndian<std::int32_t>(bytes.data() + 1);
        if (id > 0 && id < 1'000'000) {
            return fmt::format(" It may be written with a schema registry (schema id {}).", id);
        }
    }
    return {};
}

/// As much of a large value as is read and shown; never half a character.
std::string_view headOf(ByteView bytes) {
    const std::string_view text = asText(bytes);
    std::size_t size = std::min(text.size(), kMaxTextBytes);
    const auto isContinuation = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
    for (int i = 0; i < 3 && size < text.size() && isContinuation(text[size]); ++i) {
        --size;
    }
    return text.substr(0, size);
}

Decoded decodeJson(ByteView bytes) {
    const std::string_view text = asText(bytes);
    if (bytes.empty()) {
        return no(Decoder::kJson, "It is empty.");
    }
    if (const auto bad = findInvalidUtf8(headOf(bytes))) {
        return no(Decoder::kJson, fmt::format("JSON is UTF-8, but byte {} (0x{:02x}) is not.{}", *bad,
                                              static_cast<unsigned>(bytes[*bad]), schemaHint(bytes)));
    }
    auto pretty = json::pretty(text, kMaxTextBytes);
    if (!pretty) {
        return no(Decoder::kJson, fmt::format("Not JSON at byte {}: {}{}", pretty.error().at, pretty.error().message,
                                              schemaHint(bytes)));
    }
    return yes(Decoder::kJson, *std::move(pretty), true);
}

Decoded decodeText(ByteView bytes) {
    const std::string_view text = headOf(bytes);
    if (const auto bad = findInvalidUtf8(text)) {
        return no(Decoder::kText,
                  fmt::format("Byte {} (0x{:02x}) is not UTF-8.", *bad, static_cast<unsigned>(bytes[*bad])));
    }
    return yes(Decoder::kText, makeVisible(text) + (text.size() < bytes.size() ? "\n…" : ""));
}

template <class Int>
Decoded decodeInteger(Decoder decoder, ByteView bytes) {
    if (bytes.size() != sizeof(Int)) {
        return no(decoder, fmt::format("{} needs exactly {}; this is {}.", decoderName(decoder), sizeText(sizeof(Int)),
                                       sizeText(bytes.size())));
    }
    return yes(decoder, fmt::format("{}", loadBigEndian<Int>(bytes.data())));
}

template <class Real, class Bits>
Decoded decodeReal(Decoder decoder, ByteView bytes) {
    if (bytes.size() != sizeof(Real)) {
        return no(decoder, fmt::format("{} needs exactly {}; this is {}.", decoderName(decoder), sizeText(sizeof(Real)),
                                       sizeText(bytes.size())));
    }
    return yes(decoder, fmt::format("{}", std::bit_cast<Real>(loadBigEndian<Bits>(bytes.data()))));
}

Decoded decodeUuid(ByteView bytes) {
    if (bytes.size() != 16) {
        return no(Decoder::kUuid, fmt::format("A UUID is 16 bytes; this is {}.", sizeText(bytes.size())));
    }
    std::string out;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            out += '-';
        }
        out += fmt::format("{:02x}", static_cast<unsigned>(bytes[i]));
    }
    return yes(Decoder::kUuid, std::move(out));
}

Decoded decodeMessagePack(ByteView bytes) {
    auto text = messagePackToJson(bytes);
    if (!text) {
        return no(Decoder::kMessagePack, "Not MessagePack: " + text.error());
    }
    auto pretty = json::pretty(*text, kMaxTextBytes);
    return pretty ? yes(Decoder::kMessagePack, *std::move(pretty), true) : yes(Decoder::kMessagePack, *std::move(text));
}

Decoded decodeHex(ByteView bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    const ByteView shown = bytes.first(std::min(bytes.size(), kMaxRawBytes));
    out.reserve(shown.size() * 3 + 8);
    for (std::size_t i = 0; i < shown.size(); ++i) {
        if (i != 0) {
            out += i % 16 == 0 ? '\n' : ' ';
        }
        const auto byte = static_cast<unsigned>(shown[i]);
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
    return yes(Decoder::kHex, shown.size() < bytes.size() ? out + "\n…" : std::move(out));
}

Decoded decodeBase64(ByteView bytes) {
    const ByteView shown = bytes.first(std::min(bytes.size(), kMaxRawBytes));
    return yes(Decoder::kBase64, toBase64(shown) + (shown.size() < bytes.size() ? "…" : ""));
}

// A number that somebody would write down: neither astronomically large nor a rounding remainder.
template <class Real>
bool looksWritten(Real value, double low, double high, std::size_t digits) {
    const double magnitude = std::fabs(static_cast<double>(value));
    return std::isfinite(value) && magnitude > low && magnitude < high && fmt::format("{}", value).size() <= digits;
}

Decoder guessNumber(ByteView bytes) {
    switch (bytes.size()) {
        case 1:
            return Decoder::kInt8;
        case 2:
            return Decoder::kInt16;
        case 4: {
            const auto bits = loadBigEndian<std::int32_t>(bytes.data());
            const bool isLarge = bits > 100'000'000 || bits < -100'000'000;
            return isLarge && looksWritten(std::bit_cast<float>(bits), 1e-4, 1e7, 9) ? Decoder::kFloat
                                                                                     : Decoder::kInt32;
        }
        default: {
            const auto bits = loadBigEndian<std::int64_t>(bytes.data());
            const bool isLarge = bits > (1LL << 53) || bits < -(1LL << 53);
            return isLarge && looksWritten(std::bit_cast<double>(bits), 1e-9, 1e15, 18) ? Decoder::kDouble
                                                                                        : Decoder::kInt64;
        }
    }
}

bool looksLikeMessagePack(ByteView bytes) {
    const auto first = static_cast<unsigned>(bytes[0]);
    const bool isMap = (first >= 0x80 && first <= 0x8f) || first == 0xde || first == 0xdf;
    const bool isArray = (first >= 0x90 && first <= 0x9f) || first == 0xdc || first == 0xdd;
    return (isMap || isArray) && bytes.size() > 2 && messagePackToJson(bytes).ok();
}

}  // namespace

std::string_view decoderName(Decoder decoder) {
    constexpr std::array<std::string_view, kAllDecoders.size()> kNames{
        "JSON", "Text", "int8", "int16", "int32", "int64", "float", "double", "UUID", "MessagePack", "Hex", "Base64"};
    return kNames[static_cast<std::size_t>(decoder)];
}

Decoded decode(Decoder decoder, ByteView bytes) {
    switch (decoder) {
        case Decoder::kJson:
            return decodeJson(bytes);
        case Decoder::kText:
            return decodeText(bytes);
        case Decoder::kInt8:
            return decodeInteger<std::int8_t>(decoder, bytes);
        case Decoder::kInt16:
            return decodeInteger<std::int16_t>(decoder, bytes);
        case Decoder::kInt32:
            return decodeInteger<std::int32_t>(decoder, bytes);
        case Decoder::kInt64:
            return decodeInteger<std::int64_t>(decoder, bytes);
        case Decoder::kFloat:
            return decodeReal<float, std::int32_t>(decoder, bytes);
        case Decoder::kDouble:
            return decodeReal<double, std::int64_t>(decoder, bytes);
        case Decoder::kUuid:
            return decodeUuid(bytes);
        case Decoder::kMessagePack:
            return decodeMessagePack(bytes);
        case Decoder::kHex:
            return decodeHex(bytes);
        case Decoder::kBase64:
            return decodeBase64(bytes);
    }
    return decodeHex(bytes);
}

Decoder guessDecoder(ByteView bytes) {
    const std::string_view text = headOf(bytes);
    if (isReadableText(text)) {
        const char* const first = json::skipSpace(text.data(), text.data() + text.size());
        const bool isContainer = first != text.data() + text.size() && (*first == '{' || *first == '[');
        // A larger document is taken for what its beginning is.
        return isContainer && !json::check(asText(bytes), kMaxTextBytes) ? Decoder::kJson : Decoder::kText;
    }
    if (looksLikeMessagePack(bytes)) {
        return Decoder::kMessagePack;
    }
    if (bytes.size() == 16) {
        return Decoder::kUuid;
    }
    if (bytes.size() == 1 || bytes.size() == 2 || bytes.size() == 4 || bytes.size() == 8) {
        return guessNumber(bytes);
    }
    // Text with a stray control character is still text; the characters are made visible.
    const auto isControl = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
    const bool isMostlyText = !findInvalidUtf8(text) && std::count_if(text.begin(), text.end(), isControl) * 4 <
                                                            static_cast<std::ptrdiff_t>(text.size());
    return isMostlyText ? Decoder::kText : Decoder::kHex;
}

Decoded decodeBest(ByteView bytes) {
    return decode(guessDecoder(bytes), bytes);
}

std::vector<Decoded> decodeAll(ByteView bytes) {
    const Decoder best = guessDecoder(bytes);
    std::vector<Decoded> all;
    all.reserve(kAllDecoders.size());
    for (const Decoder decoder : kAllDecoders) {
        all.push_back(decode(decoder, bytes));
    }
    std::stable_sort(all.begin(), all.end(), [best](const Decoded& a, const Decoded& b) {
        const auto rank = [best](const Decoded& d) { return d.decoder == best ? 0 : d.ok ? 1 : 2; };
        return rank(a) < rank(b);
    });
    return all;
}

std::string toBase64(ByteView bytes) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = (group << 8) | (k < count ? static_cast<std::uint32_t>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            out += k <= count ? kAlphabet[(group >> (18 - 6 * k)) & 63] : '=';
        }
    }
    return out;
}

bool fromBase64(std::string_view text, Bytes& out) {
    const auto valueOf = [](char c) -> int {
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 26;
        }
        if (c >= '0' && c <= '9') {
            return c - '0' + 52;
        }
        return c == '+' ? 62 : c == '/' ? 63 : -1;
    };
    out.clear();
    if (text.size() % 4 != 0) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::uint32_t group = 0;
        std::size_t padding = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const char c = text[i + k];
            const bool mayPad = i + 4 == text.size() && k >= 2;
            if (c == '=' && mayPad) {
                ++padding;
                group <<= 6;
                continue;
            }
            const int value = valueOf(c);
            if (value < 0 || padding != 0) {
                return false;
            }
            group = (group << 6) | static_cast<std::uint32_t>(value);
        }
        for (std::size_t k = 0; k < 3 - padding; ++k) {
            out.push_back(static_cast<std::byte>((group >> (16 - 8 * k)) & 0xff));
        }
    }
    return true;
}

}  // namespace weir::app
