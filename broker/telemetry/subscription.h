// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "broker/config/config_def.h"
#include "broker/telemetry/telemetry_errc.h"

namespace weir::telemetry {

inline constexpr std::int32_t kDefaultIntervalMs = 300'000;
inline constexpr std::string_view kAllMetrics = "*";

/// A setting of a CLIENT_METRICS resource (Kafka's ClientMetricsConfigs), by name.
struct SubscriptionSetting {
    std::string_view name;
    config::ConfigType type;
    std::string_view defaultValue;
    std::string_view text;
};
inline constexpr std::array kSubscriptionSettings{
    SubscriptionSetting{"interval.ms", config::ConfigType::kInt, "300000",
                        "Time between two reports of a client, from 100 ms to an hour."},
    SubscriptionSetting{"match", config::ConfigType::kList, "",
                        "Which clients are asked: name=expression pairs that must all fit, with client_instance_id, "
                        "client_id, client_software_name, client_software_version, client_source_address or "
                        "client_source_port as the name. Empty: all."},
    SubscriptionSetting{"metrics", config::ConfigType::kList, "",
                        "Prefixes of the names of the figures that are asked for; * for all of them."},
};

/// What a client is matched by, under the names above.
using ClientFacts = std::map<std::string, std::string, std::less<>>;

/// One CLIENT_METRICS resource, understood. Immutable.
class Subscription {
public:
    /// Errors: kInvalidRequest, kInvalidConfig, as Kafka tells them apart.
    static TelemetryResult<Subscription> parse(const config::ConfigMap& settings);

    [[nodiscard]] bool matches(const ClientFacts& facts) const;
    [[nodiscard]] const std::set<std::string>& metrics() const { return m_metrics; }
    [[nodiscard]] std::int32_t intervalMs() const { return m_intervalMs; }

private:
    struct Pattern;
    std::set<std::string> m_metrics;
    std::int32_t m_intervalMs = kDefaultIntervalMs;
    std::map<std::string, std::shared_ptr<const Pattern>> m_patterns;
};

}  // namespace weir::telemetry
