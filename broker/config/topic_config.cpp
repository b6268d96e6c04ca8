// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/topic_config.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "broker/config/definitions.h"
#include "broker/config/rules.h"

namespace weir::config {

namespace {

/// Reads effective values by name; a value that does not parse was not checked before, which is a bug.
class Values {
public:
    Values(const ConfigMap& overrides, const BrokerLayers& layers) : m_overrides(overrides), m_layers(layers) {}

    [[nodiscard]] std::string text(std::string_view name) const {
        const ConfigDef* def = findTopicConfig(name);
        WEIR_ASSERT(def != nullptr);
        return effectiveValue(*def, chainOf(*def, m_overrides, ConfigSource::kDynamicTopic, m_layers)).value_or("");
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

private:
    const ConfigMap& m_overrides;
    const BrokerLayers& m_layers;
};

std::optional<Compression> compressionOf(const std::string& name) {
    if (name == "uncompressed") {
        return Compression::kNone;
    }
    if (name == "gzip") {
        return Compression::kGzip;
    }
    if (name == "snappy") {
        return Compression::kSnappy;
    }
    if (name == "lz4") {
        return Compression::kLz4;
    }
    return name == "zstd" ? std::optional(Compression::kZstd) : std::nullopt;
}

Result<ConfigMap, ConfigError> checkAll(std::span<const ConfigDef> table, std::string_view owner,
                                        const ConfigMap& overrides) {
    ConfigMap result;
    for (const auto& [name, text] : overrides) {
        const auto at =
            std::find_if(table.begin(), table.end(), [&key = name](const ConfigDef& def) { return def.name == key; });
        if (at == table.end()) {
            std::string message = "\"" + name + "\" is not a " + std::string(owner) + " setting";
            const auto nearest = nearestName(table, name);
            message += nearest.empty() ? "." : "; did you mean \"" + std::string(nearest) + "\"?";
            return fail(ConfigErrc::kUnknownKey, std::move(message));
        }
        auto value = checkValue(*at, text);
        if (!value) {
            return fail(value.error());
        }
        result.emplace(name, *std::move(value));
    }
    return result;
}

bool isTrue(const ConfigMap& map, std::string_view name) {
    const auto at = map.find(name);
    return at != map.end() && at->second == "true";
}

}  // namespace

TopicConfig resolveTopicConfig(const ConfigMap& overrides, const BrokerLayers& layers) {
    const Values values(overrides, layers);
    TopicConfig config;
    const auto policies = listElements(values.text("cleanup.policy"));
    config.cleanupDelete = std::find(policies.begin(), policies.end(), "delete") != policies.end();
    config.cleanupCompact = std::find(policies.begin(), policies.end(), "compact") != policies.end();
    config.compression = compressionOf(values.text("compression.type"));
    config.gzipLevel = values.number32("compression.gzip.level");
    config.lz4Level = values.number32("compression.lz4.level");
    config.zstdLevel = values.number32("compression.zstd.level");
    config.deleteRetentionMs = values.number("delete.retention.ms");
    config.fileDeleteDelayMs = values.number("file.delete.delay.ms");
    config.flushMessages = values.number("flush.messages");
    config.flushMs = values.number("flush.ms");
    config.indexIntervalBytes = values.number32("index.interval.bytes");
    config.minCompactionLagMs = values.number("min.compaction.lag.ms");
    config.maxCompactionLagMs = values.number("max.compaction.lag.ms");
    config.minCleanableDirtyRatio = values.real("min.cleanable.dirty.ratio");
    config.maxMessageBytes = values.number32("max.message.bytes");
    config.timestampType = values.text("message.timestamp.type") == "LogAppendTime" ? TimestampType::kLogAppendTime
                                                                                    : TimestampType::kCreateTime;
    config.timestampBeforeMaxMs = values.number("message.timestamp.before.max.ms");
    config.timestampAfterMaxMs = values.number("message.timestamp.after.max.ms");
    config.retentionBytes = values.number("retention.bytes");
    config.retentionMs = values.number("retention.ms");
    config.segmentBytes = values.number32("segment.bytes");
    config.segmentIndexBytes = values.number32("segment.index.bytes");
    config.segmentMs = values.number("segment.ms");
    config.segmentJitterMs = values.number("segment.jitter.ms");
    return config;
}

Result<ConfigMap, ConfigError> validateTopicConfig(const ConfigMap& overrides, const BrokerLayers& layers) {
    auto checked = checkAll(topicConfigs(), "topic", overrides);
    if (!checked) {
        return checked;
    }
    const TopicConfig whole = resolveTopicConfig(*checked, layers);
    if (whole.minCompactionLagMs > whole.maxCompactionLagMs) {
        return fail(ConfigErrc::kConflict, fmt::format("min.compaction.lag.ms ({}) must not be above "
                                                       "max.compaction.lag.ms ({}).",
                                                       whole.minCompactionLagMs, whole.maxCompactionLagMs));
    }
    if (isTrue(*checked, "remote.storage.enable")) {
        return fail(ConfigErrc::kInvalidValue, "remote.storage.enable cannot be true: there is no remote tier.");
    }
    return checked;
}

Result<ConfigMap, ConfigError> validateGroupConfig(const ConfigMap& overrides) {
    return checkAll(groupConfigs(), "group", overrides);
}

}  // namespace weir::config
