// SPDX-License-Identifier: GPL-3.0-or-later
// How the engine's listeners are protected, at the start and when settings change.
#include <algorithm>
#include <utility>

#include "broker/config/definitions.h"
#include "broker/io/files.h"
#include "broker/server/engine.h"
#include "broker/server/net/listener.h"

namespace weir::server {

namespace {

/// The settings that say how listeners are protected, the strongest layer of each.
config::ConfigMap protectionIn(const config::BrokerLayers& layers) {
    config::ConfigMap settings;
    for (const config::ConfigMap* layer : {&layers.dynamicBroker, &layers.dynamicDefault, &layers.fixed}) {
        for (const auto& [name, value] : *layer) {
            const config::ConfigDef* def = config::settingBehind(name);
            if (def != nullptr && (def->name.starts_with("ssl.") || def->name.starts_with("sasl.") ||
                                   def->name.starts_with("listener") || def->name.starts_with("connection"))) {
                settings.emplace(name, value);
            }
        }
    }
    return settings;
}

bool isLoopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

Result<Engine::Listeners, config::ConfigError> Engine::listenersBy(const config::ConfigMap& settings,
                                                                   const std::vector<Endpoint>& endpoints) const {
    const security::ReadFile readFile = [this](const std::string& path) -> std::optional<std::string> {
        const auto bytes = io::readWholeFile(m_world.disk, path);
        return bytes ? std::optional(std::string(asText(*bytes))) : std::nullopt;
    };
    Listeners made;
    for (const Endpoint& endpoint : endpoints) {
        auto at = std::ranges::find(made, endpoint.listener, [](const auto& each) { return each->name; });
        if (at == made.end()) {
            auto listener = security::listenerSecurity(endpoint.listener, settings, readFile, m_world.clock);
            if (!listener) {
                return fail(listener.error());
            }
            at = made.insert(made.end(), std::make_shared<const security::ListenerSecurity>(*std::move(listener)));
        }
        if (!isLoopback(endpoint.host) && !(*at)->authenticates() && !m_config.allowStrangers) {
            return fail(config::ConfigErrc::kInvalidValue,
                        "The listener " + endpoint.listener + " on " + toText(endpoint) +
                            " can be reached from other machines and asks nobody who they are. Give it SASL or "
                            "ssl.client.auth=required, or set weir.allow.strangers=true if that is meant.");
        }
    }
    return made;
}

Result<void, config::ConfigError> Engine::judgeBrokerConfig(const config::BrokerLayers& layers) const {
    const config::ConfigMap wanted = protectionIn(layers);
    // A key store that has gone since must not keep other settings from being changed.
    if (wanted == protectionIn(*m_topics->brokerLayers())) {
        return {};
    }
    const auto made = listenersBy(wanted, m_listener->endpoints());
    return made ? Result<void, config::ConfigError>() : fail(made.error());
}

/// Always anew, although the settings may be the same: the files that they name may not.
Result<void, config::ConfigError> Engine::protectAnew() {
    auto made = listenersBy(protectionIn(*m_topics->brokerLayers()), m_listener->endpoints());
    if (!made) {
        return fail(made.error());
    }
    m_listener->protect(*std::move(made));
    return {};
}

Engine::Started Engine::followBrokerConfig() {
    const auto layers = m_topics->brokerLayers();
    if (!layers->dynamicBroker.empty() || !layers->dynamicDefault.empty()) {
        if (const auto made = protectAnew(); !made) {
            return fail(EngineError{EngineErrc::kBadConfig, made.error().message, 0});
        }
    }
    m_topics->observe(
        {.deleted =
             [this](const topics::Topic& topic) {
                 m_groups->topicDeleted(topic.name);
                 const std::lock_guard lock(m_observerMutex);
                 if (m_topicDeleted) {
                     m_topicDeleted(topic);
                 }
             },
         .judgeBrokerConfig = [this](const config::BrokerLayers& wanted) { return judgeBrokerConfig(wanted); },
         .brokerConfigChanged =
             [this](const config::BrokerConfig& config) {
                 m_schemas->listenOn(config.schemaRegistryPort);
                 if (const auto made = protectAnew(); !made) {
                     m_logger.warn("the listeners stay as they are: {}", made.error().message);
                 }
             }});
    return {};
}

}  // namespace weir::server
