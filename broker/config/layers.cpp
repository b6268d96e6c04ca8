// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/layers.h"

#include "broker/config/definitions.h"
#include "broker/config/rules.h"

namespace weir::config {

std::vector<Synonym> brokerChain(const BrokerLayers& layers, std::string_view key) {
    const std::vector<std::string_view> names = brokerSynonyms(key);
    std::vector<Synonym> chain;
    const auto add = [&](const ConfigMap& layer, ConfigSource source) {
        for (const std::string_view name : names) {
            if (const auto at = layer.find(name); at != layer.end()) {
                chain.push_back({at->first, at->second, source});
            }
        }
    };
    add(layers.dynamicBroker, ConfigSource::kDynamicBroker);
    add(layers.dynamicDefault, ConfigSource::kDynamicDefaultBroker);
    add(layers.fixed, ConfigSource::kStaticBroker);
    for (const std::string_view name : names) {
        const ConfigDef* def = findBrokerConfig(name);
        WEIR_ASSERT(def != nullptr);
        if (def->defaultValue != nullptr) {
            chain.push_back({std::string(name), def->defaultValue, ConfigSource::kDefault});
        }
    }
    return chain;
}

std::vector<Synonym> chainOf(const ConfigDef& def, const ConfigMap& overrides, ConfigSource overrideSource,
                             const BrokerLayers& layers) {
    std::vector<Synonym> chain;
    if (const auto at = overrides.find(def.name); at != overrides.end()) {
        chain.push_back({at->first, at->second, overrideSource});
    }
    if (!def.brokerKey.empty()) {
        std::vector<Synonym> rest = brokerChain(layers, def.brokerKey);
        chain.insert(chain.end(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
    }
    return chain;
}

std::optional<std::string> effectiveValue(const ConfigDef& def, const std::vector<Synonym>& chain) {
    if (chain.empty()) {
        return def.defaultValue == nullptr ? std::nullopt : std::optional<std::string>(def.defaultValue);
    }
    const Synonym& first = chain.front();
    // Hours and minutes only differ from the setting's own unit when they stand for another setting.
    const std::int64_t unit = first.name == def.name ? 1 : millisPerUnit(first.name) / millisPerUnit(def.name);
    if (unit <= 1) {
        return first.value;
    }
    const auto number = parseLong(first.value);
    WEIR_ASSERT(number.has_value());
    return std::to_string(*number < 0 ? -1 : *number * unit);
}

}  // namespace weir::config
