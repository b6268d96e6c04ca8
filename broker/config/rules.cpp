// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/rules.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include <spdlog/fmt/fmt.h>

namespace weir::config {

namespace {

using Checked = Result<std::string, ConfigError>;

std::string_view trim(std::string_view text) {
    const auto isBlank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; };
    while (!text.empty() && isBlank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && isBlank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

Checked refuse(const ConfigDef& def, std::string_view text, const std::string& rule) {
    // A password must not reach a log through an error.
    const std::string shown = def.isSensitive() ? "that value" : "\"" + std::string(text) + "\"";
    return fail(ConfigErrc::kInvalidValue, std::string(def.name) + " cannot be " + shown + ": " + rule + ".");
}

std::vector<std::string> splitSet(std::string_view set) {
    std::vector<std::string> result;
    while (!set.empty()) {
        const auto bar = set.find('|');
        result.emplace_back(set.substr(0, bar));
        set = bar == std::string_view::npos ? std::string_view{} : set.substr(bar + 1);
    }
    return result;
}

std::string choices(const Rule& rule) {
    std::string result;
    for (const std::string& value : splitSet(rule.set)) {
        result += (result.empty() ? "" : ", ") + value;
    }
    return result;
}

std::string rangeText(std::int64_t min, std::int64_t max) {
    if (max == INT64_MAX) {
        return "it must be at least " + std::to_string(min);
    }
    return "it must be between " + std::to_string(min) + " and " + std::to_string(max);
}

Checked checkInteger(const ConfigDef& def, std::string_view text) {
    std::int64_t low = std::numeric_limits<std::int64_t>::min();
    std::int64_t high = std::numeric_limits<std::int64_t>::max();
    if (def.type == ConfigType::kInt) {
        low = std::numeric_limits<std::int32_t>::min();
        high = std::numeric_limits<std::int32_t>::max();
    } else if (def.type == ConfigType::kShort) {
        low = std::numeric_limits<std::int16_t>::min();
        high = std::numeric_limits<std::int16_t>::max();
    }
    const auto number = parseLong(text);
    if (!number || *number < low || *number > high) {
        return refuse(def, text,
                      "it must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    const bool ranged = def.rule.kind == Rule::Kind::kRange || def.rule.kind == Rule::Kind::kRangeOrMinusOne;
    const bool minusOne = def.rule.kind == Rule::Kind::kRangeOrMinusOne && *number == -1;
    if (ranged && !minusOne && (*number < def.rule.min || *number > def.rule.max)) {
        const bool also = def.rule.kind == Rule::Kind::kRangeOrMinusOne;
        return refuse(def, text, rangeText(def.rule.min, def.rule.max) + (also ? ", or -1" : ""));
    }
    return std::to_string(*number);
}

Checked checkDouble(const ConfigDef& def, std::string_view text) {
    const auto number = parseDouble(text);
    if (!number) {
        return refuse(def, text, "it must be a number");
    }
    if (def.rule.kind == Rule::Kind::kRange && def.rule.maxDouble >= 0 &&
        (*number < 0 || *number > def.rule.maxDouble)) {
        return refuse(def, text, fmt::format("it must be between 0 and {}", def.rule.maxDouble));
    }
    return std::string(text);
}

bool isReplicaPair(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        return false;
    }
    const auto isNumber = [](std::string_view part) {
        return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    return isNumber(text.substr(0, colon)) && isNumber(text.substr(colon + 1));
}

Checked checkList(const ConfigDef& def, std::string_view text) {
    std::vector<std::string> elements;
    for (std::string& element : listElements(text)) {
        // Kafka removes repeated elements of lists (KIP-1161).
        if (std::find(elements.begin(), elements.end(), element) == elements.end()) {
            elements.push_back(std::move(element));
        }
    }
    if (def.rule.kind == Rule::Kind::kSubsetOf) {
        const auto allowed = splitSet(def.rule.set);
        for (const std::string& element : elements) {
            if (std::find(allowed.begin(), allowed.end(), element) == allowed.end()) {
                return refuse(def, text, "each element must be one of " + choices(def.rule));
            }
        }
    }
    const bool all = elements.size() == 1 && elements.front() == "*";
    if (def.rule.kind == Rule::Kind::kThrottledReplicas && !all &&
        !std::all_of(elements.begin(), elements.end(), isReplicaPair)) {
        return refuse(def, text, "it must be * or a list of partition:broker");
    }
    return joinList(elements);
}

Checked checkText(const ConfigDef& def, std::string_view text) {
    if (def.rule.kind == Rule::Kind::kNotEmpty && text.empty()) {
        return refuse(def, text, "it must not be empty");
    }
    const bool anyCase = def.rule.kind == Rule::Kind::kOneOfAnyCase;
    if (def.rule.kind != Rule::Kind::kOneOf && !anyCase) {
        return std::string(text);
    }
    for (const std::string& value : splitSet(def.rule.set)) {
        if (anyCase ? lower(value) == lower(text) : value == text) {
            return std::string(text);
        }
    }
    return refuse(def, text, "it must be one of " + choices(def.rule));
}

}  // namespace

Checked checkValue(const ConfigDef& def, std::string_view raw) {
    const std::string_view text = trim(raw);
    switch (def.type) {
        case ConfigType::kBoolean: {
            const std::string value = lower(text);
            if (value != "true" && value != "false") {
                return refuse(def, text, "it must be true or false");
            }
            return value;
        }
        case ConfigType::kInt:
        case ConfigType::kShort:
        case ConfigType::kLong:
            return checkInteger(def, text);
        case ConfigType::kDouble:
            return checkDouble(def, text);
        case ConfigType::kList:
            return checkList(def, text);
        case ConfigType::kString:
        case ConfigType::kClass:
            return checkText(def, text);
        case ConfigType::kPassword:
            return std::string(raw);
    }
    return std::string(text);
}

std::vector<std::string> listElements(std::string_view text) {
    std::vector<std::string> result;
    if (trim(text).empty()) {
        return result;
    }
    while (true) {
        const auto comma = text.find(',');
        result.emplace_back(trim(text.substr(0, comma)));
        if (comma == std::string_view::npos) {
            return result;
        }
        text.remove_prefix(comma + 1);
    }
}

std::string joinList(const std::vector<std::string>& elements) {
    std::string result;
    for (const std::string& element : elements) {
        if (!result.empty()) {
            result += ',';
        }
        result += element;
    }
    return result;
}

std::optional<std::int64_t> parseLong(std::string_view text) {
    text = trim(text);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) {
            return std::nullopt;
        }
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

std::optional<double> parseDouble(std::string_view text) {
    text = trim(text);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value != value) {
        return std::nullopt;
    }
    return value;
}

std::vector<std::string> allowedValues(const ConfigDef& def) {
    if (def.type == ConfigType::kBoolean) {
        return {"true", "false"};
    }
    return splitSet(def.rule.set);
}

}  // namespace weir::config
