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

/// Without those that say where the listener's own certificate and key are.
config::ConfigMap withoutKeyStores(config::ConfigMap settings) {
    std::erase_if(settings, [](const auto& each) {
        const config::ConfigDef* def = config::settingBehind(each.first);
        return def != nullptr && (def->name.starts_with("ssl.keystore.") || def->name == "ssl.key.password");
    });
    return settings;
}

bool isLoopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

Result<Engine::ListenerPtr, config::ConfigError> Engine::listenerBy(const config::ConfigMap& settings,
                                                                    const Endpoint& endpoint) const {
    const security::ReadFile readFile = [this](const std::string& path) -> std::optional<std::string> {
        const auto bytes = io::readWholeFile(m_world.disk, path);
        return bytes ? std::optional(std::string(asText(*bytes))) : std::nullopt;
    };
    auto made = security::listenerSecurity(endpoint.listener, settings, readFile, m_world.clock);
    if (!made) {
        return fail(made.error());
    }
    if (!isLoopback(endpoint.host) && !made->authenticates() && !m_config.allowStrangers) {
        return fail(config::ConfigErrc::kInvalidValue,
                    "The listener " + endpoint.listener + " on " + toText(endpoint) +
                        " can be reached from other machines and asks nobody who they are. Give it SASL or "
                        "ssl.client.auth=required, or set weir.allow.strangers=true if that is meant.");
    }
    return std::make_shared<const security::ListenerSecurity>(*std::move(made));
}

Result<Engine::Listeners, config::ConfigError> Engine::listenersBy(const config::ConfigMap& settings,
                                                                   const std::vector<Endpoint>& endpoints) const {
    Listeners made;
    for (const Endpoint& endpoint : endpoints) {
        auto listener = listenerBy(settings, endpoint);
        if (!listener) {
            return fail(listener.error());
        }
        if (std::ranges::find(made, endpoint.listener, [](const auto& each) { return each->name; }) == made.end()) {
            made.push_back(*std::move(listener));
        }
    }
    return made;
}

/// What was set live may name a file that has gone since. That must not keep the broker from starting, and must not let
/// anybody in whom the settings would not: where only the listener's own certificate is missing, the one of the
/// server's own settings serves; else the listener is off until a setting changes.
void Engine::protectAtStart() {
    const config::ConfigMap wanted = protectionIn(*m_topics->brokerLayers());
    const config::ConfigMap fixed = protectionIn({.dynamicBroker = {}, .dynamicDefault = {}, .fixed = m_fixed});
    const bool differsByKeys = withoutKeyStores(wanted) == withoutKeyStores(fixed);
    Listeners made;
    for (const Endpoint& endpoint : m_listener->endpoints()) {
        if (std::ranges::any_of(made, [&](const auto& each) { return each->name == endpoint.listener; })) {
            continue;
        }
        auto listener = listenerBy(wanted, endpoint);
        if (!listener) {
            const std::string why = listener.error().message;
            if (differsByKeys) {
                listener = listenerBy(fixed, endpoint);
            }
            if (listener) {
                m_logger.error("{} The listener {} starts with the certificate of the server's own settings.", why,
                               endpoint.listener);
            } else {
                m_logger.error("{} The listener {} is off until that is mended and a setting is set.", why,
                               endpoint.listener);
                listener = std::make_shared<const security::ListenerSecurity>(
                    security::ListenerSecurity{.name = endpoint.listener, .isOff = true});
            }
        }
        made.push_back(*std::move(listener));
    }
    m_listener->protect(std::move(made));
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

void Engine::followBrokerConfig() {
    const auto layers = m_topics->brokerLayers();
    if (!layers->dynamicBroker.empty() || !layers->dynamicDefault.empty()) {
        protectAtStart();
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
}

}  // namespace weir::server
