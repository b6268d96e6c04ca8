// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/config/config_def.h"
#include "broker/config/layers.h"

namespace weir::config {

/// One line of a DescribeConfigs answer, versions 1 to 4. Sensitive values are absent, in the synonyms too.
struct DescribedConfig {
    const ConfigDef* def;
    std::optional<std::string> value;
    ConfigSource source;
    bool readOnly = false;
    struct Line {
        std::string name;
        std::optional<std::string> value;
        ConfigSource source;
        bool operator==(const Line&) const = default;
    };
    std::vector<Line> synonyms;
    /// A key that a listener has of its own; empty where it is the definition's name.
    std::string ownKey;

    [[nodiscard]] std::string name() const { return ownKey.empty() ? std::string(def->name) : ownKey; }
};

/// Every known setting of the resource, by name (Kafka's ConfigHelper); the broker's end with what its
/// listeners have of their own. The caller filters by the names asked for.
std::vector<DescribedConfig> describeTopic(const ConfigMap& overrides, const BrokerLayers& layers);
std::vector<DescribedConfig> describeGroup(const ConfigMap& overrides, const BrokerLayers& layers);
std::vector<DescribedConfig> describeBroker(const BrokerLayers& layers);
/// What was set for all brokers (the resource with the empty name): only dynamic defaults are listed.
std::vector<DescribedConfig> describeBrokerDefaults(const BrokerLayers& layers);

}  // namespace weir::config
