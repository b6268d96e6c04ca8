// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/group_config.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "broker/config/definitions.h"
#include "broker/config/rules.h"

namespace weir::config {
namespace {

using std::chrono::milliseconds;

std::string groupText(const ConfigMap& overrides, const BrokerLayers& layers, std::string_view name) {
    const ConfigDef* def = findGroupConfig(name);
    WEIR_ASSERT(def != nullptr);
    return effectiveValue(*def, chainOf(*def, overrides, ConfigSource::kDynamicGroup, layers)).value_or("");
}

std::int64_t numberIn(const std::string& text) {
    const auto value = parseLong(text);
    WEIR_ASSERT(value.has_value());
    return *value;
}

std::int64_t groupNumber(const ConfigMap& overrides, const BrokerLayers& layers, std::string_view name) {
    return numberIn(groupText(overrides, layers, name));
}

std::string brokerText(const BrokerLayers& layers, std::string_view name) {
    const auto chain = brokerChain(layers, name);
    return chain.empty() ? std::string() : chain.front().value;
}

std::int64_t brokerNumber(const BrokerLayers& layers, std::string_view name) {
    return numberIn(brokerText(layers, name));
}

std::string lowered(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

MigrationPolicy policyOf(const std::string& name) {
    if (name == "disabled") {
        return MigrationPolicy::kDisabled;
    }
    if (name == "upgrade") {
        return MigrationPolicy::kUpgrade;
    }
    return name == "downgrade" ? MigrationPolicy::kDowngrade : MigrationPolicy::kBidirectional;
}

/// A group's setting between two of the broker's; an empty bound is none.
struct Bound {
    std::string_view name;
    std::string_view min;
    std::string_view max;
};
constexpr std::array kBounds{
    Bound{"consumer.heartbeat.interval.ms", "group.consumer.min.heartbeat.interval.ms",
          "group.consumer.max.heartbeat.interval.ms"},
    Bound{"consumer.session.timeout.ms", "group.consumer.min.session.timeout.ms",
          "group.consumer.max.session.timeout.ms"},
    Bound{"share.heartbeat.interval.ms", "group.share.min.heartbeat.interval.ms",
          "group.share.max.heartbeat.interval.ms"},
    Bound{"share.session.timeout.ms", "group.share.min.session.timeout.ms", "group.share.max.session.timeout.ms"},
    Bound{"share.record.lock.duration.ms", "group.share.min.record.lock.duration.ms",
          "group.share.max.record.lock.duration.ms"},
    Bound{"streams.heartbeat.interval.ms", "group.streams.min.heartbeat.interval.ms",
          "group.streams.max.heartbeat.interval.ms"},
    Bound{"streams.session.timeout.ms", "group.streams.min.session.timeout.ms", "group.streams.max.session.timeout.ms"},
    Bound{"streams.num.standby.replicas", "", "group.streams.max.standby.replicas"},
};

/// Seconds of one unit of an ISO 8601 duration; 0 for what is no unit in that part.
std::int64_t secondsOf(char unit, bool isTime) {
    switch (unit) {
        case 'D':
            return isTime ? 0 : 86'400;
        case 'H':
            return isTime ? 3'600 : 0;
        case 'M':
            return isTime ? 60 : 0;
        case 'S':
            return isTime ? 1 : 0;
        default:
            return 0;
    }
}

std::optional<milliseconds> parseDuration(std::string_view text) {
    if (!text.starts_with('P') || text.size() < 3) {
        return std::nullopt;
    }
    constexpr std::int64_t kMostSeconds = std::int64_t{1} << 40;
    std::int64_t total = 0;
    std::string digits;
    bool isTime = false;
    for (const char c : text.substr(1)) {
        if (c == 'T' && !isTime && digits.empty()) {
            isTime = true;
        } else if (c >= '0' && c <= '9' && digits.size() < 10) {
            digits += c;
        } else {
            const auto unit = secondsOf(c, isTime);
            if (unit == 0 || digits.empty()) {
                return std::nullopt;
            }
            total += numberIn(digits) * unit;
            digits.clear();
        }
    }
    if (!digits.empty() || total > kMostSeconds) {
        return std::nullopt;
    }
    return std::chrono::seconds(total);
}

}  // namespace

Result<ShareReset, ConfigError> parseShareReset(std::string_view text) {
    constexpr std::string_view kByDuration = "by_duration:";
    if (text == "latest") {
        return ShareReset{};
    }
    if (text == "earliest") {
        return ShareReset{ShareReset::Where::kEarliest, milliseconds(0)};
    }
    if (text.starts_with(kByDuration)) {
        if (const auto back = parseDuration(text.substr(kByDuration.size()))) {
            return ShareReset{ShareReset::Where::kByDuration, *back};
        }
    }
    return fail(ConfigErrc::kInvalidValue,
                fmt::format("share.auto.offset.reset cannot be \"{}\": it is latest, earliest or by_duration: and an "
                            "ISO 8601 duration.",
                            text));
}

GroupConfig resolveGroupConfig(const ConfigMap& overrides, const BrokerLayers& layers) {
    const auto ms = [&](std::string_view name) { return milliseconds(groupNumber(overrides, layers, name)); };
    GroupConfig config;
    config.consumerSessionTimeout = ms("consumer.session.timeout.ms");
    config.consumerHeartbeatInterval = ms("consumer.heartbeat.interval.ms");
    config.shareSessionTimeout = ms("share.session.timeout.ms");
    config.shareHeartbeatInterval = ms("share.heartbeat.interval.ms");
    config.shareRecordLock = ms("share.record.lock.duration.ms");
    if (const auto reset = parseShareReset(groupText(overrides, layers, "share.auto.offset.reset"))) {
        config.shareReset = *reset;
    }
    config.shareReadCommitted = groupText(overrides, layers, "share.isolation.level") == "read_committed";
    config.streamsSessionTimeout = ms("streams.session.timeout.ms");
    config.streamsHeartbeatInterval = ms("streams.heartbeat.interval.ms");
    config.streamsInitialRebalanceDelay = ms("streams.initial.rebalance.delay.ms");
    config.streamsStandbyReplicas =
        static_cast<std::int32_t>(groupNumber(overrides, layers, "streams.num.standby.replicas"));
    return config;
}

NewGroupsConfig resolveNewGroups(const BrokerLayers& layers) {
    const auto size = [&](std::string_view name) { return static_cast<std::size_t>(brokerNumber(layers, name)); };
    NewGroupsConfig config;
    config.consumerAssignors = listElements(brokerText(layers, "group.consumer.assignors"));
    config.consumerMaxSize = size("group.consumer.max.size");
    config.migration = policyOf(lowered(brokerText(layers, "group.consumer.migration.policy")));
    config.shareMaxSize = size("group.share.max.size");
    config.shareMaxSessions = size("group.share.max.share.sessions");
    config.shareDeliveryLimit = static_cast<int>(brokerNumber(layers, "group.share.delivery.count.limit"));
    config.shareMaxLocksPerPartition = brokerNumber(layers, "group.share.partition.max.record.locks");
    config.streamsMaxSize = size("group.streams.max.size");
    return config;
}

Result<void, ConfigError> checkGroupBounds(const ConfigMap& overrides, const BrokerLayers& layers) {
    if (const auto at = overrides.find("share.auto.offset.reset"); at != overrides.end()) {
        if (const auto reset = parseShareReset(at->second); !reset) {
            return fail(reset.error());
        }
    }
    for (const Bound& bound : kBounds) {
        const auto at = overrides.find(bound.name);
        if (at == overrides.end()) {
            continue;
        }
        const auto value = numberIn(at->second);
        if (!bound.min.empty() && value < brokerNumber(layers, bound.min)) {
            return fail(ConfigErrc::kInvalidValue,
                        fmt::format("{} must be greater than or equal to {}", bound.name, bound.min));
        }
        if (!bound.max.empty() && value > brokerNumber(layers, bound.max)) {
            return fail(ConfigErrc::kInvalidValue,
                        fmt::format("{} must be less than or equal to {}", bound.name, bound.max));
        }
    }
    for (const std::string_view kind : {"consumer", "share", "streams"}) {
        const auto session = groupNumber(overrides, layers, fmt::format("{}.session.timeout.ms", kind));
        const auto beat = groupNumber(overrides, layers, fmt::format("{}.heartbeat.interval.ms", kind));
        if (session <= beat) {
            return fail(ConfigErrc::kConflict,
                        fmt::format("{0}.session.timeout.ms must be greater than {0}.heartbeat.interval.ms", kind));
        }
    }
    return {};
}

}  // namespace weir::config
