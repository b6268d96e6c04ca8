// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cluster/remote/wire.h"

/// Topics and settings of a remote cluster. Blocking; any thread.
namespace weir::app {

ClusterResult<void> createRemoteTopic(Wire& wire, const NewTopic& topic);
ClusterResult<void> deleteRemoteTopic(Wire& wire, const std::string& name);
ClusterResult<void> addRemotePartitions(Wire& wire, const std::string& topic, std::int32_t total);
ClusterResult<Offset> deleteRemoteRecords(Wire& wire, const TopicPartition& partition, Offset before);

enum class ConfigResource : std::int8_t { kTopic = 2, kBroker = 4, kGroup = 32 };
ClusterResult<std::vector<ConfigEntry>> describeRemoteConfig(Wire& wire, ConfigResource type, const std::string& name);
/// Only what is named changes, and only brokers that know how (KIP-339) are asked.
ClusterResult<void> alterRemoteConfig(Wire& wire, ConfigResource type, const std::string& name,
                                      const std::vector<ConfigChange>& changes, bool validateOnly);

}  // namespace weir::app
