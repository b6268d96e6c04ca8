// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "broker/groups/classic/classic_record.h"
#include "broker/groups/consumer/consumer_record.h"
#include "broker/groups/topic_directory.h"

/// A group turns from one protocol into the other while its members live (KIP-848, migration policy "bidirectional"):
/// the first consumer-protocol member turns a classic group, the departure of the last one turns it back.
namespace weir::groups {

/// Members keep what they own and stay classic members of the consumer group, whose epochs go on from the generation.
/// Nothing when it is no group of consumers, or a subscription cannot be read.
[[nodiscard]] std::optional<ConsumerRecord> toConsumerRecord(const ClassicRecord& classic,
                                                             const TopicDirectory& topics);

/// The way back, for a group of classic members only. They are called to a rebalance.
[[nodiscard]] ClassicRecord toClassicRecord(const ConsumerRecord& consumer, Timestamp now,
                                            const TopicDirectory& topics);

[[nodiscard]] Assignment byId(const std::vector<TopicPartition>& partitions, const TopicDirectory& topics);
[[nodiscard]] std::vector<TopicPartition> byName(const Assignment& assignment, const TopicDirectory& topics);

}  // namespace weir::groups
