// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/config/config_def.h"

namespace weir::config {

/// `text` as the setting stores it (trimmed, lists without blanks, true/false in lower case), or a sentence that says
/// what would be legal. Type and range rules are Kafka's ConfigDef and validators.
Result<std::string, ConfigError> checkValue(const ConfigDef& def, std::string_view text);

/// Elements of a list value, trimmed; none for an empty text.
std::vector<std::string> listElements(std::string_view text);
std::string joinList(const std::vector<std::string>& elements);

/// The whole of `text` as a number; nullopt when it is not one. Independent of the locale.
std::optional<std::int64_t> parseLong(std::string_view text);
std::optional<double> parseDouble(std::string_view text);

/// The values of a closed set, for choosers; empty when the setting is free.
std::vector<std::string> allowedValues(const ConfigDef& def);

}  // namespace weir::config
