// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/random.h"
#include "broker/base/uuid.h"
#include "broker/catalog/catalog.h"
#include "broker/config/alter.h"
#include "broker/model/client_metrics.h"
#include "broker/telemetry/subscription.h"

namespace weir::telemetry {

/// Who asks: the client behind one request.
struct TelemetryClient {
    std::uint64_t connectionId = 0;
    std::string clientId;
    std::string softwareName;
    std::string softwareVersion;
    std::string host;
    std::uint16_t port = 0;
};

struct TelemetryPush {
    Uuid instance;
    std::int32_t subscriptionId = 0;
    bool isTerminating = false;
    std::int8_t compression = 0;
    ByteView metrics;
};

/// Client metrics (KIP-714): subscriptions as an administrator sets them, what each client is to push, and what it
/// pushed last. Rules: Kafka's ClientMetricsManager. Subscriptions are kept in the catalog; reports are not. Thread
/// safe; only changes of subscriptions wait for the disk.
class ClientTelemetry {
public:
    enum class Mode { kApply, kValidateOnly };
    struct Environment {
        catalog::Catalog& catalog;
        const Clock& clock;
        Random& random;
        /// telemetry.max.bytes
        std::size_t maxBytes = std::size_t{1} << 20;
    };

    static catalog::CatalogResult<std::unique_ptr<ClientTelemetry>> open(const Environment& environment);

    /// Subscriptions by name.
    [[nodiscard]] std::vector<std::string> subscriptions() const;
    /// What is set; empty where there is no such subscription.
    [[nodiscard]] config::ConfigMap settingsOf(const std::string& subscription) const;
    /// A subscription without settings is gone. Lists cannot be appended to, as in Kafka 4.2.
    TelemetryResult<void> alter(const std::string& subscription, const std::vector<config::Alteration>& changes,
                                Mode mode);
    /// Its settings become exactly these.
    TelemetryResult<void> replace(const std::string& subscription, const config::ConfigMap& settings, Mode mode);

    struct Wanted {
        TelemetryErrc error = TelemetryErrc::kNone;
        Uuid instance;
        std::int32_t subscriptionId = 0;
        std::int32_t intervalMs = 0;
        std::int32_t maxBytes = 0;
        std::set<std::string> metrics;
    };
    /// GetTelemetrySubscriptions. A zero id gets one.
    Wanted want(const Uuid& instance, const TelemetryClient& client);
    /// PushTelemetry.
    TelemetryErrc push(const TelemetryPush& push, const TelemetryClient& client);
    void connectionClosed(std::uint64_t connectionId);

    /// The last report of every client that has sent one and is still connected.
    [[nodiscard]] std::vector<ClientMetrics> reports() const;

private:
    struct Instance;
    struct Named {
        config::ConfigMap settings;
        Subscription subscription;
    };
    explicit ClientTelemetry(const Environment& environment);
    TelemetryResult<void> set(const std::string& subscription, config::ConfigMap settings, Mode mode);
    std::shared_ptr<Instance> instanceOf(const Uuid& id, const TelemetryClient& client);
    void subscribe(Instance& instance) const;
    void sweep(Clock::Steady now);
    TelemetryErrc judge(Instance& instance, const TelemetryPush& push);
    TelemetryErrc keep(Instance& instance, const TelemetryPush& push);

    const Environment m_environment;
    mutable std::mutex m_mutex;
    std::map<std::string, Named> m_subscriptions;
    std::uint64_t m_version = 0;
    std::map<Uuid, std::shared_ptr<Instance>> m_instances;
    std::multimap<std::uint64_t, Uuid> m_ofConnection;
    Clock::Steady m_swept{};
    std::mutex m_admin;  // changes take turns
};

}  // namespace weir::telemetry
