// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/properties.h"

#include <optional>

#include "broker/config/broker_config.h"
#include "broker/config/definitions.h"
#include "broker/config/rules.h"

namespace weir::config {

namespace {

bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\f';
}

/// A logical line: natural lines joined where a line ends in an odd number of backslashes.
struct LogicalLine {
    std::string text;
    int number = 0;
};

class LineReader {
public:
    explicit LineReader(std::string_view text) : m_rest(text) {}

    std::optional<LogicalLine> next() {
        while (!m_rest.empty()) {
            std::string_view line = natural();
            if (line.empty() || line.front() == '#' || line.front() == '!') {
                continue;
            }
            LogicalLine result{std::string(line), m_number};
            while (endsOpen(result.text)) {
                result.text.pop_back();
                if (m_rest.empty()) {
                    break;
                }
                result.text += natural();
            }
            return result;
        }
        return std::nullopt;
    }

private:
    std::string_view natural() {
        ++m_number;
        const auto end = m_rest.find_first_of("\r\n");
        std::string_view line = m_rest.substr(0, end);
        if (end == std::string_view::npos) {
            m_rest = {};
        } else {
            const bool crlf = m_rest[end] == '\r' && end + 1 < m_rest.size() && m_rest[end + 1] == '\n';
            m_rest.remove_prefix(end + (crlf ? 2 : 1));
        }
        while (!line.empty() && isBlank(line.front())) {
            line.remove_prefix(1);
        }
        return line;
    }
    static bool endsOpen(const std::string& line) {
        std::size_t slashes = 0;
        while (slashes < line.size() && line[line.size() - 1 - slashes] == '\\') {
            ++slashes;
        }
        return slashes % 2 == 1;
    }

    std::string_view m_rest;
    int m_number = 0;
};

void appendUtf8(std::string& out, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0 | (code >> 6));
        put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        put(0xe0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3f));
        put(0x80 | (code & 0x3f));
    } else {
        put(0xf0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3f));
        put(0x80 | ((code >> 6) & 0x3f));
        put(0x80 | (code & 0x3f));
    }
}

std::optional<std::uint32_t> hex4(std::string_view text) {
    if (text.size() < 4) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    for (const char c : text.substr(0, 4)) {
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) {
            return std::nullopt;
        }
        value = value * 16 + static_cast<std::uint32_t>(digit);
    }
    return value;
}

/// The code point of the escape at the start of `text` ("uXXXX", a second escape for the other half of a pair), and how
/// many characters it took.
std::optional<std::pair<std::uint32_t, std::size_t>> unicodeEscape(std::string_view text) {
    const auto first = hex4(text.substr(1));
    if (!first) {
        return std::nullopt;
    }
    if (*first < 0xd800 || *first > 0xdfff) {
        return std::pair{*first, std::size_t{5}};
    }
    const bool pair = *first < 0xdc00 && text.size() >= 11 && text.substr(5, 2) == "\\u";
    const auto second = pair ? hex4(text.substr(7)) : std::nullopt;
    if (!second || *second < 0xdc00 || *second > 0xdfff) {
        return std::nullopt;
    }
    return std::pair{0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00), std::size_t{11}};
}

std::optional<std::string> unescape(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            result += text[i];
            continue;
        }
        if (++i == text.size()) {
            break;
        }
        switch (text[i]) {
            case 't':
                result += '\t';
                break;
            case 'n':
                result += '\n';
                break;
            case 'r':
                result += '\r';
                break;
            case 'f':
                result += '\f';
                break;
            case 'u': {
                const auto escape = unicodeEscape(text.substr(i));
                if (!escape) {
                    return std::nullopt;
                }
                appendUtf8(result, escape->first);
                i += escape->second - 1;
                break;
            }
            default:
                result += text[i];
        }
    }
    return result;
}

std::optional<Property> splitLine(const LogicalLine& line) {
    const std::string_view text = line.text;
    std::size_t keyEnd = 0;
    while (keyEnd < text.size() && !isBlank(text[keyEnd]) && text[keyEnd] != '=' && text[keyEnd] != ':') {
        keyEnd += text[keyEnd] == '\\' && keyEnd + 1 < text.size() ? 2 : 1;
    }
    std::size_t valueStart = keyEnd;
    bool separated = false;
    while (valueStart < text.size()) {
        if (!isBlank(text[valueStart])) {
            if (separated || (text[valueStart] != '=' && text[valueStart] != ':')) {
                break;
            }
            separated = true;
        }
        ++valueStart;
    }
    auto key = unescape(text.substr(0, keyEnd));
    auto value = unescape(text.substr(valueStart));
    if (!key || !value) {
        return std::nullopt;
    }
    return Property{*std::move(key), *std::move(value), line.number};
}

bool belongsToWhatWeirLacks(std::string_view key) {
    for (const std::string_view prefix : {"config.providers.", "rsm.config.", "rlmm.config."}) {
        if (key.starts_with(prefix)) {
            return true;
        }
    }
    return false;
}

std::string place(const Property& property) {
    return property.line > 0 ? "Line " + std::to_string(property.line) + ": " : std::string{};
}

}  // namespace

Result<std::vector<Property>, ConfigError> parseProperties(std::string_view text) {
    std::vector<Property> result;
    LineReader reader(text);
    while (const auto line = reader.next()) {
        auto property = splitLine(*line);
        if (!property) {
            return fail(ConfigErrc::kSyntax, "Line " + std::to_string(line->number) +
                                                 ": a \\u must be followed by four hexadecimal digits.");
        }
        result.push_back(*std::move(property));
    }
    return result;
}

Result<Property, ConfigError> parseAssignment(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        return fail(ConfigErrc::kSyntax, "\"" + std::string(text) + "\" is not of the form key=value.");
    }
    return Property{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)), 0};
}

Result<ConfigMap, ConfigError> checkBrokerSettings(const std::vector<Property>& properties) {
    ConfigMap result;
    for (const Property& property : properties) {
        const ConfigDef* def = settingBehind(property.key);
        if (def == nullptr) {
            if (belongsToWhatWeirLacks(property.key)) {
                continue;
            }
            std::string message = place(property) + "\"" + property.key + "\" is not a broker setting";
            const auto nearest = nearestName(brokerConfigs(), property.key);
            message += nearest.empty() ? "." : "; did you mean \"" + std::string(nearest) + "\"?";
            return fail(ConfigErrc::kUnknownKey, std::move(message));
        }
        auto value = checkValue(*def, property.value);
        if (!value) {
            return fail(value.error().code, place(property) + value.error().message);
        }
        result[property.key] = *std::move(value);
    }
    if (auto whole = checkBrokerMap(result); !whole) {
        return fail(whole.error());
    }
    return result;
}

Result<ConfigMap, ConfigError> loadBrokerSettings(std::string_view propertiesText,
                                                  const std::vector<std::string>& assignments) {
    auto properties = parseProperties(propertiesText);
    if (!properties) {
        return fail(properties.error());
    }
    for (const std::string& assignment : assignments) {
        auto property = parseAssignment(assignment);
        if (!property) {
            return fail(property.error());
        }
        properties->push_back(*std::move(property));
    }
    return checkBrokerSettings(*properties);
}

}  // namespace weir::config
