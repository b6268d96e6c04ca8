// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include "broker/groups/consumer/consumer_member.h"

namespace weir::groups {

/// Whether a member other than the one in hand still holds the partition.
using HeldByAnother = std::function<bool(const TopicId&, PartitionId)>;

/// Brings a member one step nearer to `target`, which belongs to `targetEpoch` (Kafka's CurrentAssignmentBuilder):
/// first it gives up what it shall not keep and stays in its epoch until `owned` shows that it did; then it moves to
/// the target's epoch with those new partitions that nobody holds any more, and gets the others as they come free.
/// `owned` is what the member says it holds; nothing when it did not say.
void reconcile(ConsumerMember& member, std::int32_t targetEpoch, const Assignment& target,
               const std::optional<Assignment>& owned, const HeldByAnother& heldByAnother);

}  // namespace weir::groups
