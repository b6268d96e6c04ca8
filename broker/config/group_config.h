// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/config/config_def.h"
#include "broker/config/layers.h"

namespace weir::config {

/// Where a share group without a position begins (share.auto.offset.reset).
struct ShareReset {
    enum class Where : std::uint8_t { kLatest, kEarliest, kByDuration };
    Where where = Where::kLatest;
    std::chrono::milliseconds back{0};
    bool operator==(const ShareReset&) const = default;
};

/// The effective settings of one group (Kafka's GroupConfig): its own, else the broker's. Immutable once made.
struct GroupConfig {
    using Ms = std::chrono::milliseconds;
    Ms consumerSessionTimeout{45'000};
    Ms consumerHeartbeatInterval{5'000};
    Ms shareSessionTimeout{45'000};
    Ms shareHeartbeatInterval{5'000};
    Ms shareRecordLock{30'000};
    ShareReset shareReset;
    bool shareReadCommitted = false;
    Ms streamsSessionTimeout{45'000};
    Ms streamsHeartbeatInterval{5'000};
    Ms streamsInitialRebalanceDelay{3'000};
    std::int32_t streamsStandbyReplicas = 0;
    bool operator==(const GroupConfig&) const = default;
};

/// group.consumer.migration.policy.
enum class MigrationPolicy : std::uint8_t { kDisabled, kUpgrade, kDowngrade, kBidirectional };

/// What holds for all groups of the protocols in which the broker assigns; read at start.
struct NewGroupsConfig {
    std::vector<std::string> consumerAssignors{"uniform", "range"};
    std::size_t consumerMaxSize = INT32_MAX;
    MigrationPolicy migration = MigrationPolicy::kBidirectional;
    std::size_t shareMaxSize = 200;
    std::size_t shareMaxSessions = 2000;
    int shareDeliveryLimit = 5;
    std::int64_t shareMaxLocksPerPartition = 2000;
    std::size_t streamsMaxSize = INT32_MAX;
    bool operator==(const NewGroupsConfig&) const = default;
};

/// `overrides` are checked.
GroupConfig resolveGroupConfig(const ConfigMap& overrides, const BrokerLayers& layers);
NewGroupsConfig resolveNewGroups(const BrokerLayers& layers);

/// "latest", "earliest" or "by_duration:" with an ISO 8601 duration of whole days to seconds ("by_duration:P1DT2H").
Result<ShareReset, ConfigError> parseShareReset(std::string_view text);

/// What must hold of a group's overrides on top of each value by itself: the broker's bounds, and no session shorter
/// than a heartbeat (Kafka's GroupConfig.validate).
Result<void, ConfigError> checkGroupBounds(const ConfigMap& overrides, const BrokerLayers& layers);

}  // namespace weir::config
