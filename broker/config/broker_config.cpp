// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/broker_config.h"

#include <algorithm>

#include "broker/config/definitions.h"
#include "broker/config/rules.h"
#include "broker/config/topic_config.h"

namespace weir::config {

namespace {

class Values {
public:
    explicit Values(const BrokerLayers& layers) : m_layers(layers) {}

    [[nodiscard]] std::string text(std::string_view name) const {
        const ConfigDef* def = findBrokerConfig(name);
        WEIR_ASSERT(def != nullptr);
        return effectiveValue(*def, brokerChain(m_layers, name)).value_or("");
    }
    [[nodiscard]] std::int64_t number(std::string_view name) const {
        const auto value = parseLong(text(name));
        WEIR_ASSERT(value.has_value());
        return *value;
    }
    [[nodiscard]] std::int32_t number32(std::string_view name) const {
        return static_cast<std::int32_t>(std::clamp<std::int64_t>(number(name), INT32_MIN, INT32_MAX));
    }
    [[nodiscard]] double real(std::string_view name) const {
        const auto value = parseDouble(text(name));
        WEIR_ASSERT(value.has_value());
        return *value;
    }
    [[nodiscard]] bool flag(std::string_view name) const { return text(name) == "true"; }

private:
    const BrokerLayers& m_layers;
};

Durability durabilityOf(const std::string& name) {
    if (name == "durable") {
        return Durability::kDurable;
    }
    return name == "interval" ? Durability::kInterval : Durability::kKernel;
}

/// "User:alice;User:bob": semicolons, because distinguished names have commas.
std::vector<std::string> splitUsers(const std::string& text) {
    std::vector<std::string> users;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(';', at), text.size());
        const auto first = text.find_first_not_of(" \t", at);
        const auto last = text.find_last_not_of(" \t", end - 1);
        if (first < end && last != std::string::npos && last >= first) {
            users.push_back(text.substr(first, last - first + 1));
        }
        at = end + 1;
    }
    return users;
}

Result<std::map<std::string, std::int32_t>, ConfigError> parsePerIp(std::string_view text) {
    std::map<std::string, std::int32_t> result;
    for (const std::string& element : listElements(text)) {
        const auto colon = element.rfind(':');
        const auto limit = colon == std::string::npos ? std::nullopt : parseLong(element.substr(colon + 1));
        if (!limit || *limit < 0 || *limit > INT32_MAX || colon == 0) {
            return fail(ConfigErrc::kInvalidValue, "max.connections.per.ip.overrides has \"" + element +
                                                       "\", which is not of the form address:number.");
        }
        result[element.substr(0, colon)] = static_cast<std::int32_t>(*limit);
    }
    return result;
}

Result<Listener, ConfigError> parseListener(const std::string& text) {
    const auto bad = [&](const std::string& why) {
        return fail(ConfigErrc::kInvalidValue, "The listener \"" + text + "\" cannot be served: " + why + ".");
    };
    const auto scheme = text.find("://");
    const auto colon = text.rfind(':');
    if (scheme == std::string::npos || scheme == 0 || colon < scheme + 3) {
        return bad("it must be of the form PLAINTEXT://host:port");
    }
    Listener listener{text.substr(0, scheme), text.substr(scheme + 3, colon - scheme - 3), 0};
    const auto port = parseLong(text.substr(colon + 1));
    if (!port || *port < 0 || *port > 65535) {
        return bad("the port must be between 0 and 65535");
    }
    listener.port = static_cast<std::uint16_t>(*port);
    const bool bracketed = listener.host.starts_with('[') && listener.host.ends_with(']');
    if (bracketed) {
        listener.host = listener.host.substr(1, listener.host.size() - 2);
    } else if (listener.host.find(':') != std::string::npos) {
        return bad("an IPv6 address needs brackets");
    }
    return listener;
}

Result<void, ConfigError> checkListeners(const ConfigMap& settings, std::string_view key) {
    const auto at = settings.find(key);
    if (at == settings.end()) {
        return {};
    }
    auto listeners = parseListeners(at->second);
    if (!listeners) {
        return fail(listeners.error());
    }
    for (const Listener& listener : *listeners) {
        const std::string protocol = protocolOf(listener.name, settings);
        const bool isServed = protocol == "PLAINTEXT" || protocol == "SSL" || protocol == "SASL_PLAINTEXT" ||
                              protocol == "SASL_SSL" || listener.name == "CONTROLLER";
        if (!isServed) {
            return fail(ConfigErrc::kInvalidValue, "The listener " + listener.name + " has the protocol " + protocol +
                                                       ", which is none of PLAINTEXT, SSL, SASL_PLAINTEXT and "
                                                       "SASL_SSL; name one in listener.security.protocol.map.");
        }
    }
    return {};
}

std::vector<Listener> served(const std::string& text) {
    auto listeners = parseListeners(text);
    WEIR_ASSERT(listeners.ok());
    // A server.properties of Kafka's own names the controller's listener beside the clients'; nobody is behind it here.
    std::erase_if(*listeners, [](const Listener& listener) { return listener.name == "CONTROLLER"; });
    return *std::move(listeners);
}

}  // namespace

std::string protocolOf(const std::string& listener, const ConfigMap& settings) {
    if (const auto at = settings.find("listener.security.protocol.map"); at != settings.end()) {
        for (const std::string& element : listElements(at->second)) {
            const auto colon = element.find(':');
            if (colon != std::string::npos && element.substr(0, colon) == listener) {
                return element.substr(colon + 1);
            }
        }
    }
    return listener;
}

Result<std::vector<Listener>, ConfigError> parseListeners(std::string_view text) {
    std::vector<Listener> result;
    for (const std::string& element : listElements(text)) {
        auto listener = parseListener(element);
        if (!listener) {
            return fail(listener.error());
        }
        result.push_back(*std::move(listener));
    }
    return result;
}

BrokerConfig resolveBrokerConfig(const BrokerLayers& layers) {
    const Values values(layers);
    BrokerConfig config;
    const ConfigMap& fixed = layers.fixed;
    const bool oldIdOnly = fixed.contains("broker.id") && !fixed.contains("node.id");
    config.nodeId = BrokerId(values.number32(oldIdOnly ? "broker.id" : "node.id"));
    config.rack = values.text("broker.rack");
    config.listeners = served(values.text("listeners"));
    config.advertisedListeners = served(values.text("advertised.listeners"));
    config.dataFolder = values.text("log.dirs");
    config.durability = durabilityOf(values.text("weir.durability"));
    config.durabilityIntervalMs = values.number32("weir.durability.interval.ms");
    config.schemaRegistryPort = values.number32("weir.schema.registry.port");
    config.undoMs = values.number("weir.undo.ms");
    config.autoCreateTopics = values.flag("auto.create.topics.enable");
    config.cleanerEnabled = values.flag("log.cleaner.enable");
    config.cleanerThreads = values.number32("log.cleaner.threads");
    config.cleanerBackoffMs = values.number("log.cleaner.backoff.ms");
    config.cleanerDedupeBufferBytes = values.number("log.cleaner.dedupe.buffer.size");
    config.cleanerLoadFactor = values.real("log.cleaner.io.buffer.load.factor");
    config.cleanerIoBufferBytes = values.number32("log.cleaner.io.buffer.size");
    config.cleanerMaxBytesPerSecond = values.real("log.cleaner.io.max.bytes.per.second");
    config.deleteTopics = values.flag("delete.topic.enable");
    config.numPartitions = values.number32("num.partitions");
    config.networkThreads = values.number32("num.network.threads");
    config.socketRequestMaxBytes = values.number32("socket.request.max.bytes");
    config.connectionsMaxIdleMs = values.number("connections.max.idle.ms");
    config.maxConnections = values.number32("max.connections");
    config.queuedMaxRequestBytes = values.number("queued.max.request.bytes");
    config.fetchMaxBytes = values.number32("fetch.max.bytes");
    config.fetchSessionSlots = values.number32("max.incremental.fetch.session.cache.slots");
    config.maxRequestPartitionSizeLimit = values.number32("max.request.partition.size.limit");
    config.telemetryMaxBytes = values.number32("telemetry.max.bytes");
    config.maxConnectionsPerIp = values.number32("max.connections.per.ip");
    if (auto overrides = parsePerIp(values.text("max.connections.per.ip.overrides"))) {
        config.maxConnectionsPerIpOverrides = *std::move(overrides);
    }
    config.maxConnectionCreationRate = values.number32("max.connection.creation.rate");
    for (const ConfigDef& def : brokerConfigs()) {
        const bool protects = def.name.starts_with("ssl.") || def.name.starts_with("sasl.") ||
                              def.name.starts_with("connections.max.reauth") ||
                              def.name.starts_with("connection.failed") || def.name == "listener.security.protocol.map";
        if (const auto at = fixed.find(def.name); protects && def.hasEffect() && at != fixed.end()) {
            config.protection.insert(*at);
        }
    }
    config.allowStrangers = values.flag("weir.allow.strangers");
    config.tokenSecret = values.text("delegation.token.secret.key");
    config.tokenMaxLifetimeMs = values.number("delegation.token.max.lifetime.ms");
    config.tokenExpiryMs = values.number("delegation.token.expiry.time.ms");
    config.tokenCheckIntervalMs = values.number("delegation.token.expiry.check.interval.ms");
    config.hasAuthorizer = !values.text("authorizer.class.name").empty();
    config.superUsers = splitUsers(values.text("super.users"));
    config.allowIfNoAcl = values.flag("allow.everyone.if.no.acl.found");
    config.groupMinSessionTimeoutMs = values.number32("group.min.session.timeout.ms");
    config.groupMaxSessionTimeoutMs = values.number32("group.max.session.timeout.ms");
    config.groupMaxSize = values.number32("group.max.size");
    config.groupInitialRebalanceDelayMs = values.number32("group.initial.rebalance.delay.ms");
    config.offsetMetadataMaxBytes = values.number32("offset.metadata.max.bytes");
    config.offsetsRetentionMs = values.number("offsets.retention.minutes") * 60'000;
    config.offsetsRetentionCheckIntervalMs = values.number("offsets.retention.check.interval.ms");
    config.producerIdExpirationMs = values.number("producer.id.expiration.ms");
    config.transactionMaxTimeoutMs = values.number32("transaction.max.timeout.ms");
    config.transactionalIdExpirationMs = values.number32("transactional.id.expiration.ms");
    config.transactionAbortIntervalMs = values.number32("transaction.abort.timed.out.transaction.cleanup.interval.ms");
    config.transactionExpiryIntervalMs = values.number32("transaction.remove.expired.transaction.cleanup.interval.ms");
    config.transactionVersion = values.text("weir.transaction.version") == "1" ? 1 : 2;
    return config;
}

Result<void, ConfigError> checkBrokerMap(const ConfigMap& settings) {
    for (const std::string_view key : {"listeners", "advertised.listeners"}) {
        if (auto listeners = checkListeners(settings, key); !listeners) {
            return listeners;
        }
    }
    for (const std::string_view key : {"log.dirs", "log.dir"}) {
        const auto at = settings.find(key);
        if (at != settings.end() && listElements(at->second).size() > 1) {
            return fail(ConfigErrc::kInvalidValue,
                        std::string(key) + " names several folders, but Weir keeps everything in one.");
        }
    }
    if (const auto at = settings.find("authorizer.class.name"); at != settings.end() && !at->second.empty()) {
        if (!at->second.ends_with("StandardAuthorizer") && !at->second.ends_with("AclAuthorizer")) {
            return fail(ConfigErrc::kInvalidValue, "authorizer.class.name is " + at->second +
                                                       ", which cannot be loaded here; Weir has the rules of "
                                                       "org.apache.kafka.metadata.authorizer.StandardAuthorizer.");
        }
    }
    if (const auto at = settings.find("max.connections.per.ip.overrides"); at != settings.end()) {
        if (auto parsed = parsePerIp(at->second); !parsed) {
            return fail(parsed.error());
        }
    }
    BrokerLayers layers;
    layers.fixed = settings;
    const BrokerConfig whole = resolveBrokerConfig(layers);
    if (whole.listeners.empty()) {
        return fail(ConfigErrc::kInvalidValue, "listeners must name at least one address for clients.");
    }
    if (whole.groupMinSessionTimeoutMs > whole.groupMaxSessionTimeoutMs) {
        return fail(ConfigErrc::kConflict,
                    "group.min.session.timeout.ms must not be above "
                    "group.max.session.timeout.ms.");
    }
    // The defaults of topics must make sense together, too.
    if (auto topic = validateTopicConfig({}, layers); !topic) {
        return fail(topic.error());
    }
    return {};
}

Result<std::string, ConfigError> validateLiveBrokerConfig(std::string_view name, std::string_view value) {
    const ConfigDef* def = settingBehind(name);
    if (def == nullptr) {
        std::string message = "\"" + std::string(name) + "\" is not a broker setting";
        const auto nearest = nearestName(brokerConfigs(), name);
        message += nearest.empty() ? "." : "; did you mean \"" + std::string(nearest) + "\"?";
        return fail(ConfigErrc::kUnknownKey, std::move(message));
    }
    if (!changesLive(name, *def)) {
        return fail(ConfigErrc::kNotDynamic,
                    std::string(name) + " is read when the broker starts and cannot be changed while it runs.");
    }
    auto checked = checkValue(*def, value);
    if (checked && name == "max.connections.per.ip.overrides") {
        if (auto parsed = parsePerIp(*checked); !parsed) {
            return fail(parsed.error());
        }
    }
    return checked;
}

}  // namespace weir::config
