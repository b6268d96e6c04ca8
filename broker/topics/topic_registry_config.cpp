// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/definitions.h"
#include "broker/topics/registry_errors.h"
#include "broker/topics/topic_config.h"
#include "broker/topics/topic_registry.h"

/// Settings of topics and of the broker, applied while both run.
namespace weir::topics {

std::shared_ptr<const config::TopicConfig> TopicRegistry::configFor(const config::ConfigMap& overrides) const {
    // Most topics set nothing; a thousand of them share one object.
    if (overrides.empty()) {
        return m_defaultConfig.get();
    }
    return std::make_shared<const config::TopicConfig>(config::resolveTopicConfig(overrides, *m_layers.get()));
}

TopicResult<void> TopicRegistry::setOverrides(const TopicPtr& topic, const config::ConfigMap& overrides, Mode mode) {
    auto checked = config::validateTopicConfig(overrides, *m_layers.get());
    if (!checked) {
        return fail(fromConfig(checked.error()));
    }
    if (mode == Mode::kValidateOnly || *checked == topic->overrides) {
        return {};
    }
    if (auto done = m_environment.catalog.setTopicConfigs(topic->id, *checked); !done) {
        return fail(fromCatalog(done.error()));
    }
    auto changed = std::make_shared<Topic>(*topic);
    changed->overrides = *std::move(checked);
    changed->config = configFor(changed->overrides);
    const PartitionOptions options = partitionOptionsOf(*changed->config, *brokerConfig());
    for (const Topic::Slot& slot : changed->partitions) {
        if (slot.partition) {
            m_environment.partitions.setOptions(*slot.partition, options);
        }
    }
    m_topics.set(snapshot()->with({changed}, {}));
    return {};
}

TopicResult<void> TopicRegistry::alterTopic(const std::string& name, const std::vector<config::Alteration>& changes,
                                            Mode mode) {
    const std::lock_guard lock(m_admin);
    if (m_stopped) {
        return fail(TopicErrc::kStopped, "The broker is stopping.");
    }
    const TopicPtr topic = snapshot()->byName(name);
    if (!topic) {
        return fail(unknownTopic(name));
    }
    auto altered = config::alter(config::topicConfigs(), topic->overrides, changes);
    if (!altered) {
        return fail(fromConfig(altered.error()));
    }
    return setOverrides(topic, *altered, mode);
}

TopicResult<void> TopicRegistry::replaceTopicConfig(const std::string& name, const config::ConfigMap& overrides,
                                                    Mode mode) {
    const std::lock_guard lock(m_admin);
    if (m_stopped) {
        return fail(TopicErrc::kStopped, "The broker is stopping.");
    }
    const TopicPtr topic = snapshot()->byName(name);
    if (!topic) {
        return fail(unknownTopic(name));
    }
    return setOverrides(topic, overrides, mode);
}

TopicResult<void> TopicRegistry::setBroker(catalog::ConfigScope scope, const config::ConfigMap& settings, Mode mode) {
    config::BrokerLayers layers = *m_layers.get();
    config::ConfigMap& layer = scope == catalog::ConfigScope::kBroker ? layers.dynamicBroker : layers.dynamicDefault;
    config::ConfigMap checked;
    for (const auto& [name, value] : settings) {
        auto legal = config::validateLiveBrokerConfig(name, value);
        if (!legal) {
            return fail(fromBrokerConfig(legal.error()));
        }
        checked.emplace(name, *std::move(legal));
    }
    layer = checked;
    // What holds for topics must hold for their defaults, too.
    if (auto topics = config::validateTopicConfig({}, layers); !topics) {
        return fail(fromBrokerConfig(topics.error()));
    }
    if (auto judged = m_observer.judgeBrokerConfig(layers); !judged) {
        return fail(fromBrokerConfig(judged.error()));
    }
    if (mode == Mode::kValidateOnly) {
        return {};
    }
    if (auto done = m_environment.catalog.setBrokerSettings(scope, checked); !done) {
        return fail(fromCatalog(done.error()));
    }
    applyBrokerLayers(std::move(layers));
    return {};
}

void TopicRegistry::applyBrokerLayers(config::BrokerLayers layers) {
    const auto broker = std::make_shared<const config::BrokerConfig>(config::resolveBrokerConfig(layers));
    m_defaultConfig.set(std::make_shared<const config::TopicConfig>(config::resolveTopicConfig({}, layers)));
    m_layers.set(std::make_shared<const config::BrokerLayers>(std::move(layers)));
    m_brokerConfig.set(broker);
    std::vector<TopicPtr> topics;
    const auto present = snapshot();
    for (const TopicPtr& topic : present->topics()) {
        auto changed = std::make_shared<Topic>(*topic);
        changed->config = configFor(changed->overrides);
        const PartitionOptions options = partitionOptionsOf(*changed->config, *broker);
        for (const Topic::Slot& slot : changed->partitions) {
            if (slot.partition) {
                m_environment.partitions.setOptions(*slot.partition, options);
            }
        }
        topics.push_back(std::move(changed));
    }
    m_topics.set(std::make_shared<const TopicsSnapshot>(std::move(topics)));
}

TopicResult<void> TopicRegistry::alterBroker(catalog::ConfigScope scope, const std::vector<config::Alteration>& changes,
                                             Mode mode) {
    {
        const std::lock_guard lock(m_admin);
        if (m_stopped) {
            return fail(TopicErrc::kStopped, "The broker is stopping.");
        }
        const auto layers = m_layers.get();
        auto altered = config::alter(
            config::brokerConfigs(),
            scope == catalog::ConfigScope::kBroker ? layers->dynamicBroker : layers->dynamicDefault, changes);
        if (!altered) {
            return fail(fromBrokerConfig(altered.error()));
        }
        if (auto done = setBroker(scope, *altered, mode); !done || mode == Mode::kValidateOnly) {
            return done;
        }
    }
    m_observer.brokerConfigChanged(*brokerConfig());
    return {};
}

TopicResult<void> TopicRegistry::replaceBrokerConfig(catalog::ConfigScope scope, const config::ConfigMap& settings,
                                                     Mode mode) {
    {
        const std::lock_guard lock(m_admin);
        if (m_stopped) {
            return fail(TopicErrc::kStopped, "The broker is stopping.");
        }
        if (auto done = setBroker(scope, settings, mode); !done || mode == Mode::kValidateOnly) {
            return done;
        }
    }
    m_observer.brokerConfigChanged(*brokerConfig());
    return {};
}

TopicResult<std::vector<config::DescribedConfig>> TopicRegistry::describeTopicConfig(const std::string& name) const {
    const TopicPtr topic = snapshot()->byName(name);
    if (!topic) {
        return fail(unknownTopic(name));
    }
    return config::describeTopic(topic->overrides, *m_layers.get());
}

std::vector<config::DescribedConfig> TopicRegistry::describeOverrides(const config::ConfigMap& overrides) const {
    return config::describeTopic(overrides, *m_layers.get());
}

std::vector<config::DescribedConfig> TopicRegistry::describeBrokerConfig() const {
    return config::describeBroker(*m_layers.get());
}

std::vector<config::DescribedConfig> TopicRegistry::describeBrokerDefaults() const {
    return config::describeBrokerDefaults(*m_layers.get());
}

}  // namespace weir::topics
