// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/config/config_def.h"

namespace weir::config {

/// Every setting a topic can carry (Kafka's LogConfig), by name.
std::span<const ConfigDef> topicConfigs();
/// Every setting a group can carry (Kafka's GroupConfig), by name.
std::span<const ConfigDef> groupConfigs();
/// Every setting of a broker (Kafka's KafkaConfig without its internal ones, and Weir's own), by name.
std::span<const ConfigDef> brokerConfigs();

/// nullptr when there is none.
const ConfigDef* findTopicConfig(std::string_view name);
const ConfigDef* findGroupConfig(std::string_view name);
const ConfigDef* findBrokerConfig(std::string_view name);
/// The broker setting behind a key that a listener or a SASL mechanism has of its own
/// (listener.name.NAME.plain.sasl.jaas.config); a setting without such a prefix is behind itself. nullptr: none is.
const ConfigDef* settingBehind(std::string_view key);
/// Whether `key`, with `def` behind it, may change while the broker runs. As in Kafka, what protects one listener may,
/// under its own prefix, also where the setting of all is read at the start.
bool changesLive(std::string_view key, const ConfigDef& def);

/// The name in `table` that `name` was probably meant to be; empty when nothing is near.
std::string_view nearestName(std::span<const ConfigDef> table, std::string_view name);

/// What the setting is for and, where it does nothing, that and why: whole sentences for a person.
std::string documentationOf(const ConfigDef& def);

/// The broker settings that can stand for `brokerKey`, the strongest first, itself included: for log.retention.ms also
/// log.retention.minutes and log.retention.hours (Kafka's ServerTopicConfigSynonyms).
std::vector<std::string_view> brokerSynonyms(std::string_view brokerKey);

/// Milliseconds in one unit of a broker setting that has another unit than the topic's: 60000 for
/// log.retention.minutes, 3600000 for log.*.hours, else 1.
std::int64_t millisPerUnit(std::string_view brokerKey);

}  // namespace weir::config
