// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/config/config_def.h"

namespace weir::config {

struct Property {
    std::string key;
    std::string value;
    /// From 1: where its first character stands in the file.
    int line = 0;
};

/// Reads the syntax of java.util.Properties: comments (# and !), separators (=, : and blanks), continued lines and the
/// escapes \t \n \r \f \uXXXX. Other bytes are taken as UTF-8. Properties come in the order of the file.
Result<std::vector<Property>, ConfigError> parseProperties(std::string_view text);

/// "key=value" as `--set` gives it.
Result<Property, ConfigError> parseAssignment(std::string_view text);

/// The static broker settings from a properties file and from `--set`, the latter winning. Every key must be known and
/// every value legal; errors name the line and, for an unknown key, the nearest known one. What a single listener has
/// of its own (listener.name.NAME.*) is checked by the setting that it stands for and keeps its full key. Settings of
/// plug-ins (config.providers.*, rsm.config.*, rlmm.config.*) are passed over, as they only matter to what Weir does
/// not have.
Result<ConfigMap, ConfigError> loadBrokerSettings(std::string_view propertiesText,
                                                  const std::vector<std::string>& assignments);

/// Checks settings that are already apart, e.g. BrokerOptions::configs.
Result<ConfigMap, ConfigError> checkBrokerSettings(const std::vector<Property>& properties);

}  // namespace weir::config
