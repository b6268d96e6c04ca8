// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/jaas.h"

#include <optional>

namespace weir::security {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kUserPrefix = "user_";

void skipBlanks(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
}

/// A word, or what stands in quotes with backslashes before what is meant literally.
std::optional<std::string> takeValue(std::string_view& rest) {
    std::string value;
    if (!rest.starts_with('"')) {
        const auto end = std::min(rest.find_first_of(" \t\r\n;="), rest.size());
        value = rest.substr(0, end);
        rest.remove_prefix(end);
        return value;
    }
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '"') {
            rest.remove_prefix(i + 1);
            return value;
        }
        if (rest[i] == '\\' && i + 1 < rest.size()) {
            ++i;
        }
        value += rest[i];
    }
    return std::nullopt;
}

Failure<config::ConfigError> bad(const char* what) {
    return fail(config::ConfigErrc::kInvalidValue, std::string("sasl.jaas.config cannot be read: ") + what + ".");
}

}  // namespace

Result<PlainUsers, config::ConfigError> plainUsers(std::string_view jaas) {
    PlainUsers users;
    skipBlanks(jaas);
    const auto module = takeValue(jaas);
    skipBlanks(jaas);
    const auto control = takeValue(jaas);
    if (!module || !module->ends_with("LoginModule") || !control || control->empty()) {
        return bad("it starts with a login module and a word like required");
    }
    while (true) {
        skipBlanks(jaas);
        if (jaas.empty() || jaas.front() == ';') {
            break;
        }
        auto key = takeValue(jaas);
        skipBlanks(jaas);
        if (!key || key->empty() || !jaas.starts_with('=')) {
            return bad("an option is written key=\"value\"");
        }
        jaas.remove_prefix(1);
        skipBlanks(jaas);
        auto value = takeValue(jaas);
        if (!value) {
            return bad("a quote is not closed");
        }
        if (key->starts_with(kUserPrefix) && key->size() > kUserPrefix.size() && !value->empty()) {
            users[key->substr(kUserPrefix.size())] = *std::move(value);
        }
    }
    return users;
}

}  // namespace weir::security
