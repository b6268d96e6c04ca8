// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "broker/groups/consumer/assignor.h"

namespace weir::groups {

inline constexpr std::string_view kSimpleAssignor = "simple";

/// Kafka's SimpleAssignor for share groups: every partition has at least one member, and where there are more members
/// than partitions, partitions have several, so that nobody is idle. Moves as little as that allows. Members that
/// subscribe to the same topics are served together.
[[nodiscard]] TargetAssignment assignShares(const AssignorMembers& members, const TopicSizes& topics);

}  // namespace weir::groups
