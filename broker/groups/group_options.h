// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <limits>

#include "broker/config/group_config.h"

namespace weir::groups {

/// The coordinator's settings, with Kafka 4.2's names in the comments and its defaults as values.
struct GroupOptions {
    std::chrono::milliseconds minSessionTimeout{6'000};                      // group.min.session.timeout.ms
    std::chrono::milliseconds maxSessionTimeout{1'800'000};                  // group.max.session.timeout.ms
    std::chrono::milliseconds initialRebalanceDelay{3'000};                  // group.initial.rebalance.delay.ms
    std::size_t maxGroupSize = std::numeric_limits<int>::max();              // group.max.size
    std::size_t maxOffsetMetadataBytes = 4'096;                              // offset.metadata.max.bytes
    std::chrono::milliseconds offsetsRetention{std::chrono::hours(24 * 7)};  // offsets.retention.minutes
    std::chrono::milliseconds offsetsRetentionCheckInterval{std::chrono::minutes(10)};  // offsets.retention.check…

    /// Of the protocols in which the broker assigns.
    config::NewGroupsConfig broker;

    /// A JoinGroup of a member that is new to the group is given up after this long (Kafka's constant).
    std::chrono::milliseconds newMemberJoinTimeout{std::chrono::minutes(5)};
    /// How many rebalances a group remembers for the window.
    std::size_t rebalanceHistory = 100;
};

}  // namespace weir::groups
