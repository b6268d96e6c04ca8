// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/tables.h"

namespace weir::config {

using enum ConfigType;
using enum Importance;
using enum Effect;
using enum Update;

namespace {

// Group settings of Kafka 4.2 (KIP-848, KIP-932, KIP-1071).
constexpr ConfigDef kTable[] = {
    {"consumer.heartbeat.interval.ms", kInt, "5000", kMedium, atLeast(1), kWorks, kLive,
     "Time between two heartbeats of a member of a consumer-protocol group.", "group.consumer.heartbeat.interval.ms"},
    {"consumer.session.timeout.ms", kInt, "45000", kMedium, atLeast(1), kWorks, kLive,
     "Silence after which a member of a consumer-protocol group is removed.", "group.consumer.session.timeout.ms"},
    {"share.auto.offset.reset",
     kString,
     "latest",
     kMedium,
     {},
     kWorks,
     kLive,
     "Where a share group without a position starts: latest, earliest or by_duration: and an ISO 8601 duration.",
     ""},
    {"share.heartbeat.interval.ms", kInt, "5000", kMedium, atLeast(1), kWorks, kLive,
     "Time between two heartbeats of a member of a share group.", "group.share.heartbeat.interval.ms"},
    {"share.isolation.level", kString, "read_uncommitted", kMedium, oneOf("read_committed|read_uncommitted"), kWorks,
     kLive, "Whether a share group sees records of transactions that are not committed.", ""},
    {"share.record.lock.duration.ms", kInt, "30000", kMedium, atLeast(1000), kWorks, kLive,
     "Time for which a record that a share consumer took is kept from the others.",
     "group.share.record.lock.duration.ms"},
    {"share.session.timeout.ms", kInt, "45000", kMedium, atLeast(1), kWorks, kLive,
     "Silence after which a member of a share group is removed.", "group.share.session.timeout.ms"},
    {"streams.heartbeat.interval.ms", kInt, "5000", kMedium, atLeast(1), kWorks, kLive,
     "Time between two heartbeats of a member of a streams group.", "group.streams.heartbeat.interval.ms"},
    {"streams.initial.rebalance.delay.ms", kInt, "3000", kMedium, atLeast(0), kWorks, kLive,
     "Time for which a new streams group waits for further members before it assigns tasks.",
     "group.streams.initial.rebalance.delay.ms"},
    {"streams.num.standby.replicas", kInt, "0", kMedium, atLeast(0), kWorks, kLive,
     "Number of standby copies of each stateful task of a streams group.", "group.streams.num.standby.replicas"},
    {"streams.session.timeout.ms", kInt, "45000", kMedium, atLeast(1), kWorks, kLive,
     "Silence after which a member of a streams group is removed.", "group.streams.session.timeout.ms"},
};

}  // namespace

std::span<const ConfigDef> groupTable() {
    return kTable;
}

}  // namespace weir::config
