// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

#include "broker/registry/avro_model.h"

namespace weir::registry::avro {

namespace {

std::string_view logicalType(const Type& type) {
    const Json* word = type.property("logicalType");
    return word != nullptr && word->isString() ? std::string_view(word->text()) : std::string_view();
}

/// Takes `count` digits and what must follow them.
bool takeDigits(std::string_view& text, std::size_t count, std::string_view then, std::int64_t& value) {
    if (text.size() < count + then.size()) {
        return false;
    }
    const auto [end, bad] = std::from_chars(text.data(), text.data() + count, value);
    if (bad != std::errc{} || end != text.data() + count || text.substr(count, then.size()) != then) {
        return false;
    }
    text.remove_prefix(count + then.size());
    return true;
}

std::optional<std::int64_t> daysIn(std::string_view& text) {
    std::int64_t year = 0;
    std::int64_t month = 0;
    std::int64_t day = 0;
    if (!takeDigits(text, 4, "-", year) || !takeDigits(text, 2, "-", month) || !takeDigits(text, 2, "", day)) {
        return std::nullopt;
    }
    using namespace std::chrono;
    const year_month_day date{std::chrono::year(static_cast<int>(year)),
                              std::chrono::month(static_cast<unsigned>(month)),
                              std::chrono::day(static_cast<unsigned>(day))};
    return date.ok() ? std::optional<std::int64_t>(sys_days(date).time_since_epoch().count()) : std::nullopt;
}

/// hh:mm:ss and as many digits of the second as there are, at most nine.
std::optional<std::int64_t> timeOfDayIn(std::string_view& text, std::int64_t perSecond) {
    std::int64_t hours = 0;
    std::int64_t minutes = 0;
    std::int64_t seconds = 0;
    if (!takeDigits(text, 2, ":", hours) || !takeDigits(text, 2, ":", minutes) || !takeDigits(text, 2, "", seconds) ||
        hours > 23 || minutes > 59 || seconds > 59) {
        return std::nullopt;
    }
    std::int64_t ticks = (hours * 3600 + minutes * 60 + seconds) * perSecond;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        for (std::int64_t place = perSecond / 10; !text.empty() && text[0] >= '0' && text[0] <= '9'; place /= 10) {
            if (place == 0 && text[0] != '0') {
                return std::nullopt;  // finer than the type
            }
            ticks += place * (text[0] - '0');
            text.remove_prefix(1);
        }
    }
    return ticks;
}

/// A date or time in the words that decode() writes.
std::optional<std::int64_t> timeIn(std::string_view word, std::string_view text) {
    const std::int64_t perSecond = word.ends_with("-millis")   ? 1000
                                   : word.ends_with("-micros") ? 1'000'000
                                   : word.ends_with("-nanos")  ? 1'000'000'000
                                                               : 0;
    std::optional<std::int64_t> value;
    if (word == "date") {
        value = daysIn(text);
    } else if (perSecond > 0 && word.starts_with("time-")) {
        value = timeOfDayIn(text, perSecond);
    } else if (perSecond > 0) {
        const auto days = daysIn(text);
        if (!days || !text.starts_with('T')) {
            return std::nullopt;
        }
        text.remove_prefix(1);
        const auto time = timeOfDayIn(text, perSecond);
        if (!time || (!word.starts_with("local-") && text != "Z")) {
            return std::nullopt;
        }
        text = word.starts_with("local-") ? text : std::string_view();
        value = *days * 86'400 * perSecond + *time;
    }
    return text.empty() ? value : std::nullopt;
}

/// "-12.34" as two's complement, big-endian; nothing when it is no such number or finer than `scale`.
std::optional<Bytes> decimalIn(std::string_view text, std::size_t scale) {
    const bool isNegative = text.starts_with('-');
    text.remove_prefix(isNegative ? 1 : 0);
    const auto point = std::min(text.find('.'), text.size());
    std::string digits(text.substr(0, point));
    std::string fraction(point < text.size() ? text.substr(point + 1) : std::string_view());
    while (fraction.size() > scale && fraction.ends_with('0')) {
        fraction.pop_back();
    }
    if (fraction.size() > scale || (digits.empty() && fraction.empty())) {
        return std::nullopt;
    }
    digits += fraction + std::string(scale - fraction.size(), '0');
    std::vector<std::uint8_t> little{0};
    for (const char c : digits) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        unsigned carry = static_cast<unsigned>(c - '0');
        for (std::uint8_t& b : little) {
            carry += b * 10U;
            b = static_cast<std::uint8_t>(carry);
            carry >>= 8;
        }
        if (carry != 0) {
            little.push_back(static_cast<std::uint8_t>(carry));
        }
    }
    if (little.back() >= 0x80) {
        little.push_back(0);
    }
    if (isNegative) {
        unsigned carry = 1;
        for (std::uint8_t& b : little) {
            carry += static_cast<std::uint8_t>(~b);
            b = static_cast<std::uint8_t>(carry);
            carry >>= 8;
        }
    }
    // The shortest form that keeps the sign.
    while (little.size() > 1 && ((little.back() == 0 && little[little.size() - 2] < 0x80) ||
                                 (little.back() == 0xff && little[little.size() - 2] >= 0x80))) {
        little.pop_back();
    }
    Bytes bytes(little.size());
    std::transform(little.rbegin(), little.rend(), bytes.begin(), [](std::uint8_t b) { return std::byte{b}; });
    return bytes;
}

/// Characters U+0000 to U+00FF as a byte each.
std::optional<Bytes> latinIn(std::string_view text) {
    Bytes bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto first = static_cast<unsigned char>(text[i]);
        if (first < 0x80) {
            bytes.push_back(std::byte{first});
        } else if ((first == 0xC2 || first == 0xC3) && i + 1 < text.size()) {
            bytes.push_back(
                static_cast<std::byte>((first & 3U) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3FU)));
        } else {
            return std::nullopt;
        }
    }
    return bytes;
}

class Encoder {
public:
    explicit Encoder(const Model& model) : m_model(model) {}

    Result<Bytes, std::string> run(const Json& value) {
        if (!write(m_model.root, value, "$", 0)) {
            return fail(m_error);
        }
        return std::move(m_out);
    }

private:
    static constexpr int kMaxDepth = 500;
    static constexpr int kMaxSteps = 2'000'000;

    bool refuse(const std::string& path, const std::string& why) {
        m_error = path + ": " + why;
        return false;
    }
    bool expected(const std::string& path, std::string_view what, const Json& found) {
        std::string shown = found.toText();
        if (shown.size() > 60) {
            shown = shown.substr(0, 60) + "…";
        }
        return refuse(path, fmt::format("expected {}, found {}", what, shown));
    }

    void writeLong(std::int64_t value) {
        auto raw = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
        for (; raw >= 0x80; raw >>= 7) {
            m_out.push_back(static_cast<std::byte>(raw | 0x80));
        }
        m_out.push_back(static_cast<std::byte>(raw));
    }
    void writeRaw(ByteView bytes) { m_out.insert(m_out.end(), bytes.begin(), bytes.end()); }
    template <class Bits>
    void writeLittle(Bits bits) {
        for (std::size_t i = 0; i < sizeof(Bits); ++i) {
            m_out.push_back(static_cast<std::byte>(bits >> (8 * i)));
        }
    }

    bool writeInteger(const Type& type, const Json& value, const std::string& path) {
        const std::string_view word = logicalType(type);
        auto number = value.isString() && !word.empty() ? timeIn(word, value.text()) : value.integer();
        if (!number) {
            return expected(path, word.empty() ? toText(type.kind) : word, value);
        }
        const bool isInt = type.kind == Kind::kInt;
        if (isInt && (*number < std::numeric_limits<std::int32_t>::min() ||
                      *number > std::numeric_limits<std::int32_t>::max())) {
            return refuse(path, value.toText() + " does not fit an int of 32 bits");
        }
        writeLong(*number);
        return true;
    }

    bool writeReal(const Type& type, const Json& value, const std::string& path) {
        double number = value.real();
        if (value.isString()) {
            const std::string& word = value.text();
            if (word != "NaN" && word != "Infinity" && word != "-Infinity") {
                return expected(path, toText(type.kind), value);
            }
            number = word == "NaN"    ? std::numeric_limits<double>::quiet_NaN()
                     : word[0] == '-' ? -std::numeric_limits<double>::infinity()
                                      : std::numeric_limits<double>::infinity();
        } else if (!value.isNumber()) {
            return expected(path, toText(type.kind), value);
        }
        if (type.kind == Kind::kFloat) {
            writeLittle(std::bit_cast<std::uint32_t>(static_cast<float>(number)));
        } else {
            writeLittle(std::bit_cast<std::uint64_t>(number));
        }
        return true;
    }

    bool writeBytes(const Type& type, const Json& value, const std::string& path) {
        const bool isDecimal = logicalType(type) == "decimal";
        if (!value.isString() && !(isDecimal && value.isNumber())) {
            return expected(path, isDecimal ? "a decimal" : "a text of bytes", value);
        }
        const Json* scale = type.property("scale");
        const std::int64_t digits = scale != nullptr && scale->integer() ? *scale->integer() : 0;
        auto bytes = isDecimal && digits >= 0 && digits <= 200
                         ? decimalIn(value.text(), static_cast<std::size_t>(digits))
                         : latinIn(value.text());
        if (!bytes) {
            return expected(path,
                            isDecimal ? fmt::format("a decimal with {} digits after the point", digits)
                                      : std::string("characters U+0000 to U+00FF, one for each byte"),
                            value);
        }
        if (type.kind == Kind::kBytes) {
            writeLong(static_cast<std::int64_t>(bytes->size()));
        } else if (isDecimal && static_cast<std::int64_t>(bytes->size()) < type.size) {
            const std::byte sign = (bytes->front() & std::byte{0x80}) != std::byte{0} ? std::byte{0xff} : std::byte{0};
            bytes->insert(bytes->begin(), static_cast<std::size_t>(type.size) - bytes->size(), sign);
        }
        if (type.kind == Kind::kFixed && static_cast<std::int64_t>(bytes->size()) != type.size) {
            return refuse(path, fmt::format("{} bytes where {} are fixed", bytes->size(), type.size));
        }
        writeRaw(*bytes);
        return true;
    }

    bool write(TypeId id, const Json& value, const std::string& path, int depth) {
        const Type& type = m_model.at(id);
        if (depth > kMaxDepth || ++m_steps > kMaxSteps) {
            return refuse(path, "the value is too large for this schema");
        }
        switch (type.kind) {
            case Kind::kNull:
                return value.isNull() || expected(path, "null", value);
            case Kind::kBoolean:
                if (!value.isBoolean()) {
                    return expected(path, "true or false", value);
                }
                m_out.push_back(value.isTrue() ? std::byte{1} : std::byte{0});
                return true;
            case Kind::kInt:
            case Kind::kLong:
                return writeInteger(type, value, path);
            case Kind::kFloat:
            case Kind::kDouble:
                return writeReal(type, value, path);
            case Kind::kBytes:
            case Kind::kFixed:
                return writeBytes(type, value, path);
            case Kind::kString:
                if (!value.isString()) {
                    return expected(path, "a text", value);
                }
                writeLong(static_cast<std::int64_t>(value.text().size()));
                writeRaw(asBytes(value.text()));
                return true;
            case Kind::kEnum:
                return writeEnum(type, value, path);
            case Kind::kArray:
            case Kind::kMap:
                return writeBlocks(type, value, path, depth);
            case Kind::kUnion:
                return writeUnion(type, value, path, depth);
            case Kind::kRecord:
                return writeRecord(type, value, path, depth);
        }
        return false;
    }

    bool writeEnum(const Type& type, const Json& value, const std::string& path) {
        const auto found = std::find(type.symbols.begin(), type.symbols.end(), value.text());
        if (!value.isString() || found == type.symbols.end()) {
            return expected(path, fmt::format("one of {}", fmt::join(type.symbols, ", ")), value);
        }
        writeLong(found - type.symbols.begin());
        return true;
    }

    bool writeBlocks(const Type& type, const Json& value, const std::string& path, int depth) {
        const bool isMap = type.kind == Kind::kMap;
        if (isMap ? !value.isObject() : !value.isArray()) {
            return expected(path, isMap ? "an object" : "a list", value);
        }
        const std::size_t count = isMap ? value.members().size() : value.items().size();
        if (count != 0) {
            writeLong(static_cast<std::int64_t>(count));
        }
        for (const auto& [key, each] : value.members()) {
            writeLong(static_cast<std::int64_t>(key.size()));
            writeRaw(asBytes(key));
            if (!write(type.parts.front(), each, path + "." + key, depth + 1)) {
                return false;
            }
        }
        for (std::size_t i = 0; i < value.items().size(); ++i) {
            if (!write(type.parts.front(), value.items()[i], fmt::format("{}[{}]", path, i), depth + 1)) {
                return false;
            }
        }
        writeLong(0);
        return true;
    }

    /// What Avro's own JSON writes around the value of a branch.
    [[nodiscard]] std::string branchName(const Type& type) const {
        return type.isNamed() ? type.name.full() : std::string(toText(type.kind));
    }

    /// The first branch that takes the value as it stands, or the one that {"branch": value} names, as Avro's own JSON
    /// has it.
    bool writeUnion(const Type& type, const Json& value, const std::string& path, int depth) {
        const std::size_t begin = m_out.size();
        std::string first;
        const auto take = [&](std::size_t i, const Json& inside) {
            writeLong(static_cast<std::int64_t>(i));
            if (write(type.parts[i], inside, path, depth + 1)) {
                return true;
            }
            m_out.resize(begin);
            first = first.empty() || m_model.at(type.parts[i]).kind == Kind::kRecord ? m_error : first;
            return false;
        };
        for (std::size_t i = 0; i < type.parts.size(); ++i) {
            if (take(i, value)) {
                return true;
            }
        }
        if (value.isObject() && value.members().size() == 1) {
            for (std::size_t i = 0; i < type.parts.size(); ++i) {
                if (branchName(m_model.at(type.parts[i])) == value.members().front().first) {
                    return take(i, value.members().front().second);
                }
            }
        }
        std::vector<std::string> names;
        for (const TypeId each : type.parts) {
            names.push_back(branchName(m_model.at(each)));
        }
        if (value.isObject() && !first.empty()) {
            m_error = first;
            return false;
        }
        return expected(path, fmt::format("one of {}", fmt::join(names, ", ")), value);
    }

    bool writeRecord(const Type& type, const Json& value, const std::string& path, int depth) {
        if (!value.isObject()) {
            return expected(path, "an object of " + type.name.full(), value);
        }
        for (const auto& [key, each] : value.members()) {
            const bool isField = std::any_of(type.fields.begin(), type.fields.end(),
                                             [&name = key](const Field& field) { return field.name == name; });
            if (!isField) {
                return refuse(path, type.name.full() + " has no field " + key);
            }
        }
        for (const Field& field : type.fields) {
            const Json* inside = value.find(field.name);
            if (inside == nullptr && !field.defaultValue) {
                return refuse(path, "the field " + field.name + " is missing and has no default");
            }
            if (!write(field.type, inside != nullptr ? *inside : *field.defaultValue, path + "." + field.name,
                       depth + 1)) {
                return false;
            }
        }
        return true;
    }

    const Model& m_model;
    Bytes m_out;
    int m_steps = 0;
    std::string m_error;
};

}  // namespace

Result<Bytes, std::string> encode(const Model& model, const Json& value) {
    return Encoder(model).run(value);
}

}  // namespace weir::registry::avro
