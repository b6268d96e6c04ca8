// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/result.h"
#include "broker/config/config_def.h"

namespace weir::security {

/// From a certificate's distinguished name to a user's name: ssl.principal.mapping.rules (KIP-371). The first rule that
/// matches the whole name wins; DEFAULT takes the name as it is.
///
///     RULE:^CN=(.*?),OU=Services.*$/$1/L,DEFAULT
class PrincipalRules {
public:
    /// DEFAULT.
    PrincipalRules() = default;
    static Result<PrincipalRules, config::ConfigError> parse(std::string_view text);

    /// Nothing when no rule fits.
    [[nodiscard]] std::optional<std::string> apply(const std::string& distinguishedName) const;

private:
    struct Rule {
        std::regex pattern;
        std::string replacement;
        char letterCase = 0;
    };
    /// No pattern: DEFAULT.
    std::vector<std::optional<Rule>> m_rules{std::nullopt};
};

}  // namespace weir::security
