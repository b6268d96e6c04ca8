// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/config/config_def.h"
#include "broker/config/layers.h"
#include "broker/model/ids.h"

namespace weir::config {

/// What an acknowledgement promises (weir.durability).
enum class Durability { kKernel, kInterval, kDurable };

/// One entry of `listeners` or `advertised.listeners`. An empty host stands for every address. IPv6 without brackets.
struct Listener {
    std::string name;
    std::string host;
    std::uint16_t port = 0;
    bool operator==(const Listener&) const = default;
};

/// The effective broker settings that do something. Immutable once made; live changes make a new one. Defaults are
/// Kafka 4.2's except where Weir's own is named in the setting's documentation. Defaults of topics are not here: they
/// reach topics through resolveTopicConfig.
struct BrokerConfig {
    BrokerId nodeId{1};
    std::string rack;
    std::vector<Listener> listeners;
    /// Empty: what clients connected to.
    std::vector<Listener> advertisedListeners;
    /// Empty: the platform's data location.
    std::string dataFolder;

    Durability durability = Durability::kKernel;
    std::int32_t durabilityIntervalMs = 1000;
    /// On the loopback address: -1 is off, 0 any free port.
    std::int32_t schemaRegistryPort = -1;
    std::int64_t undoMs = 1'800'000;

    bool cleanerEnabled = true;
    std::int32_t cleanerThreads = 1;
    std::int64_t cleanerBackoffMs = 15'000;
    std::int64_t cleanerDedupeBufferBytes = 134'217'728;
    double cleanerLoadFactor = 0.9;
    std::int32_t cleanerIoBufferBytes = 524'288;
    double cleanerMaxBytesPerSecond = 1.7976931348623157E308;

    bool autoCreateTopics = true;
    bool deleteTopics = true;
    std::int32_t numPartitions = 1;

    int networkThreads = 2;
    std::int32_t socketRequestMaxBytes = 104'857'600;
    std::int64_t connectionsMaxIdleMs = 600'000;
    std::int32_t maxConnections = INT32_MAX;
    /// -1: Weir's choice.
    std::int64_t queuedMaxRequestBytes = -1;
    std::int32_t fetchMaxBytes = 57'671'680;
    std::int32_t fetchSessionSlots = 1000;
    std::int32_t maxRequestPartitionSizeLimit = 2000;
    std::int32_t telemetryMaxBytes = 1'048'576;

    std::int32_t maxConnectionsPerIp = INT32_MAX;
    std::map<std::string, std::int32_t> maxConnectionsPerIpOverrides;
    std::int32_t maxConnectionCreationRate = INT32_MAX;
    /// What is set of TLS and SASL, as text: each listener makes its own of it. Has passwords, so it is never shown.
    ConfigMap protection;
    /// weir.allow.strangers
    bool allowStrangers = false;
    /// Empty: there are no delegation tokens.
    std::string tokenSecret;
    std::int64_t tokenMaxLifetimeMs = 604'800'000;
    std::int64_t tokenExpiryMs = 86'400'000;
    std::int64_t tokenCheckIntervalMs = 3'600'000;
    /// authorizer.class.name names one.
    bool hasAuthorizer = false;
    /// "User:admin"
    std::vector<std::string> superUsers;
    bool allowIfNoAcl = false;

    std::int32_t groupMinSessionTimeoutMs = 6000;
    std::int32_t groupMaxSessionTimeoutMs = 1'800'000;
    std::int32_t groupMaxSize = INT32_MAX;
    std::int32_t groupInitialRebalanceDelayMs = 3000;
    std::int32_t offsetMetadataMaxBytes = 4096;
    std::int64_t offsetsRetentionMs = 604'800'000;
    std::int64_t offsetsRetentionCheckIntervalMs = 600'000;
    std::int64_t producerIdExpirationMs = 86'400'000;
    std::int32_t transactionMaxTimeoutMs = 900'000;
    std::int32_t transactionalIdExpirationMs = 604'800'000;
    std::int32_t transactionAbortIntervalMs = 10'000;
    std::int32_t transactionExpiryIntervalMs = 3'600'000;
    /// 1 or 2: the generation of the protocol that clients are told to use.
    std::int16_t transactionVersion = 2;

    bool operator==(const BrokerConfig&) const = default;
};

/// `layers` hold checked values.
BrokerConfig resolveBrokerConfig(const BrokerLayers& layers);

/// What must hold of a broker's static settings as a whole, beyond each value by itself: listeners that Weir can serve,
/// one data folder, sensible group timeouts, an authorizer that Weir has.
Result<void, ConfigError> checkBrokerMap(const ConfigMap& settings);

/// The security protocol of a listener's name: by listener.security.protocol.map, else the name itself.
std::string protocolOf(const std::string& listener, const ConfigMap& settings);

/// Checks one live change of a broker setting: known, legal, and changeable while the broker runs.
Result<std::string, ConfigError> validateLiveBrokerConfig(std::string_view name, std::string_view value);

/// "PLAINTEXT://127.0.0.1:9092,PLAINTEXT://[::1]:9092".
Result<std::vector<Listener>, ConfigError> parseListeners(std::string_view text);

}  // namespace weir::config
