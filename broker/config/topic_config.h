// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "broker/config/config_def.h"
#include "broker/config/layers.h"
#include "broker/model/record.h"

namespace weir::config {

/// The effective settings of one topic, of those that do something. Immutable once made; shared by
/// shared_ptr<const TopicConfig> and replaced as a whole when a setting changes. Defaults are Kafka 4.2's.
struct TopicConfig {
    bool cleanupDelete = true;
    bool cleanupCompact = false;
    /// nullopt: batches stay in the producer's codec.
    std::optional<Compression> compression;
    int gzipLevel = -1;
    int lz4Level = 9;
    int zstdLevel = 3;
    std::int64_t deleteRetentionMs = 86'400'000;
    std::int64_t fileDeleteDelayMs = 60'000;
    /// INT64_MAX: never by this rule.
    std::int64_t flushMessages = INT64_MAX;
    std::int64_t flushMs = INT64_MAX;
    std::int32_t indexIntervalBytes = 4096;
    std::int64_t minCompactionLagMs = 0;
    std::int64_t maxCompactionLagMs = INT64_MAX;
    double minCleanableDirtyRatio = 0.5;
    std::int32_t maxMessageBytes = 1'048'588;
    TimestampType timestampType = TimestampType::kCreateTime;
    /// INT64_MAX: any distance.
    std::int64_t timestampBeforeMaxMs = INT64_MAX;
    std::int64_t timestampAfterMaxMs = 3'600'000;
    /// -1: without limit.
    std::int64_t retentionBytes = -1;
    std::int64_t retentionMs = 604'800'000;
    std::int32_t segmentBytes = 1'073'741'824;
    std::int32_t segmentIndexBytes = 10'485'760;
    std::int64_t segmentMs = 604'800'000;
    std::int64_t segmentJitterMs = 0;

    bool operator==(const TopicConfig&) const = default;
};

/// `overrides` hold checked values of known topic settings.
TopicConfig resolveTopicConfig(const ConfigMap& overrides, const BrokerLayers& layers);

/// Checks a topic's whole set of overrides as it would stand: names, values, and what must hold between them on top of
/// the broker's defaults (Kafka's LogConfig.validate). Answers the overrides in canonical form.
Result<ConfigMap, ConfigError> validateTopicConfig(const ConfigMap& overrides, const BrokerLayers& layers);

/// Checks a group's overrides.
Result<ConfigMap, ConfigError> validateGroupConfig(const ConfigMap& overrides);

}  // namespace weir::config
