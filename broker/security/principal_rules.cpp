// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/principal_rules.h"

#include <algorithm>
#include <cctype>

namespace weir::security {

namespace {

/// Up to the next slash that no backslash protects; nothing when there is none.
std::optional<std::string> takeUntilSlash(std::string_view& rest) {
    std::string taken;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (rest[i] == '/') {
            rest.remove_prefix(i + 1);
            return taken;
        }
        if (rest[i] == '\\' && i + 1 < rest.size()) {
            taken += rest[i++];
        }
        taken += rest[i];
    }
    return std::nullopt;
}

Failure<config::ConfigError> bad(std::string_view text) {
    return fail(config::ConfigErrc::kInvalidValue, "ssl.principal.mapping.rules cannot be read at \"" +
                                                       std::string(text) +
                                                       "\": a rule is DEFAULT or RULE:pattern/replacement/[L|U].");
}

}  // namespace

Result<PrincipalRules, config::ConfigError> PrincipalRules::parse(std::string_view text) {
    PrincipalRules rules;
    rules.m_rules.clear();
    while (!text.empty()) {
        const std::string_view whole = text;
        if (text.front() == ',' || text.front() == ' ') {
            text.remove_prefix(1);
            continue;
        }
        if (text.starts_with("DEFAULT")) {
            text.remove_prefix(7);
            rules.m_rules.emplace_back();
            continue;
        }
        if (!text.starts_with("RULE:")) {
            return bad(whole);
        }
        text.remove_prefix(5);
        auto pattern = takeUntilSlash(text);
        auto replacement = pattern ? takeUntilSlash(text) : std::nullopt;
        if (!replacement) {
            return bad(whole);
        }
        Rule rule;
        rule.replacement = *replacement;
        if (!text.empty() && (text.front() == 'L' || text.front() == 'U')) {
            rule.letterCase = text.front();
            text.remove_prefix(1);
        }
        try {
            rule.pattern = std::regex(*pattern);
        } catch (const std::regex_error&) {
            return bad(whole);
        }
        rules.m_rules.emplace_back(std::move(rule));
    }
    if (rules.m_rules.empty()) {
        rules.m_rules.emplace_back();
    }
    return rules;
}

std::optional<std::string> PrincipalRules::apply(const std::string& distinguishedName) const {
    for (const auto& rule : m_rules) {
        if (!rule) {
            return distinguishedName;
        }
        std::smatch match;
        try {
            if (!std::regex_match(distinguishedName, match, rule->pattern)) {
                continue;
            }
        } catch (const std::regex_error&) {
            continue;  // too complicated for this name: then it does not fit
        }
        std::string name = match.format(rule->replacement);
        const char letterCase = rule->letterCase;
        if (letterCase != 0) {
            std::transform(name.begin(), name.end(), name.begin(), [letterCase](unsigned char c) {
                return static_cast<char>(letterCase == 'L' ? std::tolower(c) : std::toupper(c));
            });
        }
        return name;
    }
    return std::nullopt;
}

}  // namespace weir::security
