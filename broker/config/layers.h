// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/config/config_def.h"

namespace weir::config {

/// The broker's settings as text, one map per source, the strongest first. Values are checked before they come here.
struct BrokerLayers {
    ConfigMap dynamicBroker;
    ConfigMap dynamicDefault;
    /// From the properties file and --set.
    ConfigMap fixed;
};

/// A setting that stands, or would stand if the ones before it went away. `value` is in the unit of `name`.
struct Synonym {
    std::string name;
    std::string value;
    ConfigSource source;
    bool operator==(const Synonym&) const = default;
};

/// All that speaks for broker setting `key`, the strongest first: source before name, as in KIP-226. Empty when nothing
/// is set and the default is null.
std::vector<Synonym> brokerChain(const BrokerLayers& layers, std::string_view key);

/// The same for a topic's or a group's setting: its override, then the broker's chain. Never invents: when the setting
/// has no broker counterpart and is not overridden the chain is empty and the definition's default stands.
std::vector<Synonym> chainOf(const ConfigDef& def, const ConfigMap& overrides, ConfigSource overrideSource,
                             const BrokerLayers& layers);

/// The value that stands, in the unit of `def`; nullopt when it is null.
std::optional<std::string> effectiveValue(const ConfigDef& def, const std::vector<Synonym>& chain);

}  // namespace weir::config
