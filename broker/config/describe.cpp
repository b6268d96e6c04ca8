// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/describe.h"

#include <algorithm>

#include "broker/config/definitions.h"

namespace weir::config {

namespace {

DescribedConfig describe(const ConfigDef& def, const std::vector<Synonym>& chain, bool readOnly) {
    DescribedConfig result{&def, effectiveValue(def, chain), ConfigSource::kDefault, readOnly, {}};
    if (!chain.empty()) {
        result.source = chain.front().source;
    }
    for (const Synonym& synonym : chain) {
        result.synonyms.push_back(
            {synonym.name, def.isSensitive() ? std::nullopt : std::optional(synonym.value), synonym.source});
    }
    if (def.isSensitive()) {
        result.value.reset();
    }
    return result;
}

std::vector<DescribedConfig> describeOwned(std::span<const ConfigDef> table, const ConfigMap& overrides,
                                           ConfigSource source, const BrokerLayers& layers) {
    std::vector<DescribedConfig> result;
    result.reserve(table.size());
    for (const ConfigDef& def : table) {
        result.push_back(describe(def, chainOf(def, overrides, source, layers), false));
    }
    return result;
}

}  // namespace

std::vector<DescribedConfig> describeTopic(const ConfigMap& overrides, const BrokerLayers& layers) {
    return describeOwned(topicConfigs(), overrides, ConfigSource::kDynamicTopic, layers);
}

std::vector<DescribedConfig> describeGroup(const ConfigMap& overrides, const BrokerLayers& layers) {
    return describeOwned(groupConfigs(), overrides, ConfigSource::kDynamicGroup, layers);
}

std::vector<DescribedConfig> describeBroker(const BrokerLayers& layers) {
    std::vector<DescribedConfig> result;
    for (const ConfigDef& def : brokerConfigs()) {
        // What only stands in for the setting is not the setting: it does not show up here, as in Kafka.
        std::vector<Synonym> chain = brokerChain(layers, def.name);
        const auto own = std::find_if(chain.begin(), chain.end(), [&](const Synonym& s) { return s.name == def.name; });
        chain.erase(chain.begin(), own);
        result.push_back(describe(def, chain, def.update == Update::kAtStart));
    }
    return result;
}

std::vector<DescribedConfig> describeBrokerDefaults(const BrokerLayers& layers) {
    std::vector<DescribedConfig> result;
    for (const auto& [name, value] : layers.dynamicDefault) {
        if (const ConfigDef* def = findBrokerConfig(name)) {
            result.push_back(describe(*def, {{name, value, ConfigSource::kDynamicDefaultBroker}}, false));
        }
    }
    return result;
}

}  // namespace weir::config
