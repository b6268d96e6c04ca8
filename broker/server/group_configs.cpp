// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/group_configs.h"

#include "broker/config/definitions.h"
#include "broker/config/group_config.h"
#include "broker/config/topic_config.h"

namespace weir::server {

namespace {

topics::TopicError fromConfig(const config::ConfigError& error) {
    return {topics::TopicErrc::kInvalidConfig, error.message};
}

}  // namespace

GroupConfigs::GroupConfigs(catalog::Catalog& catalog, const topics::TopicRegistry& topics, Overrides overrides)
    : m_catalog(catalog), m_topics(topics), m_overrides(std::make_shared<const Overrides>(std::move(overrides))) {}

catalog::CatalogResult<std::unique_ptr<GroupConfigs>> GroupConfigs::open(catalog::Catalog& catalog,
                                                                         const topics::TopicRegistry& topics) {
    auto stored = catalog.groupSettings();
    if (!stored) {
        return fail(stored.error());
    }
    Overrides overrides;
    for (const auto& [groupId, settings] : *stored) {
        config::ConfigMap known;
        for (const auto& [name, value] : settings) {
            // What a later version has written is kept in the catalog and means nothing here.
            if (config::validateGroupConfig({{name, value}})) {
                known.emplace(name, value);
            }
        }
        overrides.emplace(groupId, std::move(known));
    }
    return std::unique_ptr<GroupConfigs>(new GroupConfigs(catalog, topics, std::move(overrides)));
}

config::ConfigMap GroupConfigs::overridesOf(const std::string& groupId) const {
    const auto all = m_overrides.get();
    const auto at = all->find(groupId);
    return at == all->end() ? config::ConfigMap() : at->second;
}

config::GroupConfig GroupConfigs::of(const std::string& groupId) const {
    return config::resolveGroupConfig(overridesOf(groupId), *m_topics.brokerLayers());
}

std::vector<config::DescribedConfig> GroupConfigs::describe(const std::string& groupId) const {
    return config::describeGroup(overridesOf(groupId), *m_topics.brokerLayers());
}

std::vector<std::string> GroupConfigs::configured() const {
    std::vector<std::string> names;
    const auto all = m_overrides.get();
    for (const auto& [groupId, settings] : *all) {
        if (!settings.empty()) {
            names.push_back(groupId);
        }
    }
    return names;
}

topics::TopicResult<void> GroupConfigs::alter(const std::string& groupId,
                                              const std::vector<config::Alteration>& changes, topics::Mode mode) {
    const std::lock_guard lock(m_admin);
    auto altered = config::alter(config::groupConfigs(), overridesOf(groupId), changes);
    return altered ? set(groupId, *altered, mode) : fail(fromConfig(altered.error()));
}

topics::TopicResult<void> GroupConfigs::replace(const std::string& groupId, const config::ConfigMap& settings,
                                                topics::Mode mode) {
    const std::lock_guard lock(m_admin);
    return set(groupId, settings, mode);
}

topics::TopicResult<void> GroupConfigs::set(const std::string& groupId, const config::ConfigMap& settings,
                                            topics::Mode mode) {
    if (groupId.empty()) {
        return fail(topics::TopicErrc::kInvalidRequest, "Default group resources are not allowed.");
    }
    auto checked = config::validateGroupConfig(settings);
    if (!checked) {
        return fail(fromConfig(checked.error()));
    }
    if (auto within = config::checkGroupBounds(*checked, *m_topics.brokerLayers()); !within) {
        return fail(fromConfig(within.error()));
    }
    if (mode == topics::Mode::kValidateOnly) {
        return {};
    }
    if (auto done = m_catalog.setGroupSettings(groupId, {checked->begin(), checked->end()}); !done) {
        return fail(topics::TopicErrc::kStorage, done.error().message);
    }
    auto all = std::make_shared<Overrides>(*m_overrides.get());
    (*all)[groupId] = *std::move(checked);
    m_overrides.set(std::move(all));
    return {};
}

}  // namespace weir::server
