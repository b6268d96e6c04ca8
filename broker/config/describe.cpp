// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/describe.h"

#include <algorithm>
#include <map>

#include "broker/config/definitions.h"

namespace weir::config {

namespace {

DescribedConfig describe(const ConfigDef& def, const std::vector<Synonym>& chain, bool readOnly) {
    DescribedConfig result{&def, effectiveValue(def, chain), ConfigSource::kDefault, readOnly, {}, {}};
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

/// What listeners have of their own (listener.name.NAME.*), in every layer.
void describeListeners(const BrokerLayers& layers, std::vector<DescribedConfig>& result) {
    std::map<std::string, std::vector<Synonym>> chains;
    const auto collect = [&](const ConfigMap& layer, ConfigSource source) {
        for (const auto& [name, value] : layer) {
            if (findBrokerConfig(name) == nullptr && settingBehind(name) != nullptr) {
                chains[name].push_back({name, value, source});
            }
        }
    };
    collect(layers.dynamicBroker, ConfigSource::kDynamicBroker);
    collect(layers.dynamicDefault, ConfigSource::kDynamicDefaultBroker);
    collect(layers.fixed, ConfigSource::kStaticBroker);
    for (const auto& [name, chain] : chains) {
        const ConfigDef* def = settingBehind(name);
        result.push_back(describe(*def, chain, !changesLive(name, *def)));
        result.back().ownKey = name;
        if (!def->isSensitive()) {
            result.back().value = chain.front().value;
        }
    }
}

/// From the first that names `key` itself: what only stands in for a setting is not that setting, as in Kafka.
void dropStandIns(std::vector<Synonym>& chain, std::vector<Synonym>::iterator from, std::string_view key) {
    chain.erase(from, std::find_if(from, chain.end(), [&](const Synonym& each) { return each.name == key; }));
}

}  // namespace

std::vector<DescribedConfig> describeTopic(const ConfigMap& overrides, const BrokerLayers& layers) {
    std::vector<DescribedConfig> result;
    for (const ConfigDef& def : topicConfigs()) {
        std::vector<Synonym> chain = chainOf(def, overrides, ConfigSource::kDynamicTopic, layers);
        const auto value = effectiveValue(def, chain);
        const bool isSet = !chain.empty() && chain.front().source == ConfigSource::kDynamicTopic;
        dropStandIns(chain, chain.begin() + (isSet ? 1 : 0), def.brokerKey);
        DescribedConfig& described = result.emplace_back(describe(def, chain, false));
        described.value = def.isSensitive() ? std::nullopt : value;
    }
    return result;
}

std::vector<DescribedConfig> describeGroup(const ConfigMap& overrides, const BrokerLayers& layers) {
    std::vector<DescribedConfig> result;
    for (const ConfigDef& def : groupConfigs()) {
        // Kafka takes the broker's settings for the group's own defaults, and tells them only where nothing is set.
        const auto value = effectiveValue(def, chainOf(def, {}, ConfigSource::kDynamicGroup, layers));
        std::vector<Synonym> chain;
        if (const auto set = overrides.find(def.name); set != overrides.end()) {
            chain.push_back({set->first, set->second, ConfigSource::kDynamicGroup});
        } else if (value) {
            chain.push_back({std::string(def.name), *value, ConfigSource::kDefault});
        }
        result.push_back(describe(def, chain, false));
    }
    return result;
}

std::vector<DescribedConfig> describeBroker(const BrokerLayers& layers) {
    std::vector<DescribedConfig> result;
    for (const ConfigDef& def : brokerConfigs()) {
        std::vector<Synonym> chain = brokerChain(layers, def.name);
        dropStandIns(chain, chain.begin(), def.name);
        result.push_back(describe(def, chain, def.update == Update::kAtStart));
    }
    describeListeners(layers, result);
    return result;
}

std::vector<DescribedConfig> describeBrokerDefaults(const BrokerLayers& layers) {
    std::vector<DescribedConfig> result;
    for (const auto& [name, value] : layers.dynamicDefault) {
        if (const ConfigDef* def = settingBehind(name)) {
            result.push_back(describe(*def, {{name, value, ConfigSource::kDynamicDefaultBroker}}, false));
            result.back().ownKey = name;
        }
    }
    return result;
}

}  // namespace weir::config
