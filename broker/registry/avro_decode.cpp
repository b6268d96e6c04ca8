// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>

#include "broker/registry/avro_model.h"

namespace weir::registry::avro {

namespace {

/// Logical types in the words that people use for them.
std::string dateText(std::int64_t days) {
    using namespace std::chrono;
    const year_month_day date{sys_days(std::chrono::days(static_cast<int>(days)))};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

std::string timeOfDayText(std::int64_t ticks, std::int64_t perSecond) {
    const std::int64_t seconds = ticks / perSecond;
    std::string text = fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    const int digits = perSecond == 1000 ? 3 : perSecond == 1'000'000 ? 6 : 9;
    return text + fmt::format(".{:0{}}", ticks % perSecond, digits);
}

/// Two's complement, big-endian, as a number with `scale` digits after the point.
std::string decimalText(ByteView bytes, std::int64_t scale) {
    std::vector<std::uint8_t> magnitude;
    for (const std::byte b : bytes) {
        magnitude.push_back(std::to_integer<std::uint8_t>(b));
    }
    const bool isNegative = !magnitude.empty() && magnitude.front() >= 0x80;
    if (isNegative) {
        unsigned carry = 1;
        for (auto it = magnitude.rbegin(); it != magnitude.rend(); ++it) {
            carry += static_cast<std::uint8_t>(~*it);
            *it = static_cast<std::uint8_t>(carry);
            carry >>= 8;
        }
    }
    std::string digits;
    while (std::any_of(magnitude.begin(), magnitude.end(), [](std::uint8_t b) { return b != 0; })) {
        unsigned rest = 0;
        for (std::uint8_t& b : magnitude) {
            rest = rest << 8 | b;
            b = static_cast<std::uint8_t>(rest / 10);
            rest %= 10;
        }
        digits += static_cast<char>('0' + rest);
    }
    while (static_cast<std::int64_t>(digits.size()) <= scale) {
        digits += '0';
    }
    std::reverse(digits.begin(), digits.end());
    if (scale > 0) {
        digits.insert(digits.size() - static_cast<std::size_t>(scale), ".");
    }
    return (isNegative ? "-" : "") + digits;
}

class Decoder {
public:
    Decoder(const Model& model, ByteView bytes) : m_model(model), m_bytes(bytes) {}

    Result<std::string, std::string> run() {
        if (!read(m_model.root, 0)) {
            return fail(m_error.empty() ? "The value ends too early for its schema" : m_error);
        }
        if (m_at != m_bytes.size()) {
            return fail(fmt::format("{} bytes follow what the schema describes", m_bytes.size() - m_at));
        }
        return std::move(m_out);
    }

private:
    static constexpr int kMaxDepth = 500;
    static constexpr std::size_t kMaxText = std::size_t{32} << 20;
    static constexpr std::size_t kMaxDecimalBytes = 64;

    bool refuse(std::string why) {
        m_error = std::move(why);
        return false;
    }

    bool readLong(std::int64_t& value) {
        std::uint64_t raw = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (m_at == m_bytes.size()) {
                return false;
            }
            const auto byte = std::to_integer<std::uint64_t>(m_bytes[m_at++]);
            raw |= (byte & 0x7F) << shift;
            if ((byte & 0x80) == 0) {
                value = static_cast<std::int64_t>(raw >> 1) ^ -static_cast<std::int64_t>(raw & 1);
                return true;
            }
        }
        return refuse("A number is longer than ten bytes");
    }

    bool take(std::int64_t size, ByteView& bytes) {
        if (size < 0) {
            return refuse("A length is negative");
        }
        if (static_cast<std::uint64_t>(size) > m_bytes.size() - m_at) {
            return false;
        }
        bytes = m_bytes.subspan(m_at, static_cast<std::size_t>(size));
        m_at += static_cast<std::size_t>(size);
        return true;
    }

    template <class Number, class Bits>
    bool readReal() {
        ByteView bytes;
        if (!take(sizeof(Bits), bytes)) {
            return false;
        }
        Bits bits = 0;
        for (std::size_t i = sizeof(Bits); i > 0; --i) {
            bits = static_cast<Bits>(bits << 8 | std::to_integer<Bits>(bytes[i - 1]));
        }
        const auto number = std::bit_cast<Number>(bits);
        m_out += std::isfinite(number) ? fmt::format("{}", number)
                                       : (std::isnan(number) ? "\"NaN\""
                                          : number > 0       ? "\"Infinity\""
                                                             : "\"-Infinity\"");
        return true;
    }

    static std::string_view logical(const Type& type) {
        const Json* word = type.property("logicalType");
        return word != nullptr && word->isString() ? std::string_view(word->text()) : std::string_view();
    }

    void writeInteger(const Type& type, std::int64_t value) {
        // Four-digit years only; what is further away is shown as the number it is.
        constexpr std::int64_t kMaxDays = 2'932'896;
        constexpr std::int64_t kMinDays = -719'528;
        constexpr std::int64_t kSecondsADay = 86'400;
        const std::string_view word = logical(type);
        const std::int64_t perSecond = word.ends_with("-millis")   ? 1000
                                       : word.ends_with("-micros") ? 1'000'000
                                       : word.ends_with("-nanos")  ? 1'000'000'000
                                                                   : 0;
        if (word == "date" && value >= kMinDays && value <= kMaxDays) {
            m_out += '"' + dateText(value) + '"';
            return;
        }
        if (perSecond > 0 && word.starts_with("time-") && value >= 0 && value < kSecondsADay * perSecond) {
            m_out += '"' + timeOfDayText(value, perSecond) + '"';
            return;
        }
        if (perSecond > 0 && (word.starts_with("timestamp-") || word.starts_with("local-timestamp-"))) {
            const std::int64_t perDay = kSecondsADay * perSecond;
            const std::int64_t days = value / perDay - (value % perDay < 0 ? 1 : 0);
            if (days >= kMinDays && days <= kMaxDays) {
                m_out += '"' + dateText(days) + 'T' + timeOfDayText(value - days * perDay, perSecond) +
                         (word.starts_with("local-") ? "\"" : "Z\"");
                return;
            }
        }
        m_out += std::to_string(value);
    }

    void writeBytes(const Type& type, ByteView bytes) {
        const Json* scale = type.property("scale");
        const std::int64_t digits = scale != nullptr && scale->integer() ? *scale->integer() : 0;
        if (logical(type) == "decimal" && bytes.size() <= kMaxDecimalBytes && digits >= 0 && digits <= 200) {
            m_out += '"' + decimalText(bytes, digits) + '"';
            return;
        }
        // As Avro's own JSON encoding: one character of U+0000 to U+00FF for a byte.
        std::string text;
        for (const std::byte b : bytes) {
            const auto code = std::to_integer<unsigned>(b);
            if (code < 0x80) {
                text += static_cast<char>(code);
            } else {
                text += static_cast<char>(0xC0 | code >> 6);
                text += static_cast<char>(0x80 | (code & 0x3F));
            }
        }
        Json::appendString(m_out, text);
    }

    bool read(TypeId id, int depth) {
        const Type& type = m_model.at(id);
        if (depth > kMaxDepth || m_out.size() > kMaxText) {
            return refuse("The value is too large to be shown");
        }
        std::int64_t number = 0;
        ByteView bytes;
        switch (type.kind) {
            case Kind::kNull:
                m_out += "null";
                return true;
            case Kind::kBoolean:
                if (!take(1, bytes)) {
                    return false;
                }
                m_out += bytes.front() == std::byte{0} ? "false" : "true";
                return true;
            case Kind::kInt:
            case Kind::kLong:
                if (!readLong(number)) {
                    return false;
                }
                writeInteger(type, number);
                return true;
            case Kind::kFloat:
                return readReal<float, std::uint32_t>();
            case Kind::kDouble:
                return readReal<double, std::uint64_t>();
            case Kind::kFixed:
                if (!take(type.size, bytes)) {
                    return false;
                }
                writeBytes(type, bytes);
                return true;
            case Kind::kBytes:
            case Kind::kString:
                if (!readLong(number) || !take(number, bytes)) {
                    return false;
                }
                if (type.kind == Kind::kBytes) {
                    writeBytes(type, bytes);
                } else {
                    Json::appendString(m_out, asText(bytes));
                }
                return true;
            case Kind::kEnum:
            case Kind::kUnion:
                return readChoice(type, depth);
            case Kind::kArray:
            case Kind::kMap:
                return readBlocks(type, depth);
            case Kind::kRecord:
                return readRecord(type, depth);
        }
        return false;
    }

    bool readChoice(const Type& type, int depth) {
        std::int64_t which = 0;
        const std::size_t count = type.kind == Kind::kEnum ? type.symbols.size() : type.parts.size();
        if (!readLong(which)) {
            return false;
        }
        if (which < 0 || static_cast<std::uint64_t>(which) >= count) {
            return refuse(fmt::format("There is no choice {} of {}", which, count));
        }
        const auto at = static_cast<std::size_t>(which);
        if (type.kind == Kind::kUnion) {
            return read(type.parts[at], depth + 1);
        }
        Json::appendString(m_out, type.symbols[at]);
        return true;
    }

    bool readBlocks(const Type& type, int depth) {
        const bool isMap = type.kind == Kind::kMap;
        m_out += isMap ? '{' : '[';
        bool isFirst = true;
        while (true) {
            std::int64_t count = 0;
            std::int64_t size = 0;
            if (!readLong(count) || (count < 0 && !readLong(size))) {
                return false;
            }
            if (count == 0) {
                break;
            }
            // A negative count is followed by the block's size in bytes, which only skipping needs.
            for (std::uint64_t left = count < 0 ? 0 - static_cast<std::uint64_t>(count) : count; left > 0; --left) {
                m_out += isFirst ? "" : ",";
                isFirst = false;
                if ((isMap && !readKey()) || !read(type.parts.front(), depth + 1)) {
                    return false;
                }
            }
        }
        m_out += isMap ? '}' : ']';
        return true;
    }

    bool readKey() {
        std::int64_t size = 0;
        ByteView bytes;
        if (!readLong(size) || !take(size, bytes)) {
            return false;
        }
        Json::appendString(m_out, asText(bytes));
        m_out += ':';
        return true;
    }

    bool readRecord(const Type& type, int depth) {
        m_out += '{';
        for (const Field& field : type.fields) {
            m_out += &field == type.fields.data() ? "" : ",";
            Json::appendString(m_out, field.name);
            m_out += ':';
            if (!read(field.type, depth + 1)) {
                return false;
            }
        }
        m_out += '}';
        return true;
    }

    const Model& m_model;
    ByteView m_bytes;
    std::size_t m_at = 0;
    std::string m_out;
    std::string m_error;
};

}  // namespace

Result<std::string, std::string> decode(const Model& model, ByteView bytes) {
    return Decoder(model, bytes).run();
}

}  // namespace weir::registry::avro
