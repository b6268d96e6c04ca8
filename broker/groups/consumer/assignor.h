// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "broker/groups/consumer/assignment.h"

/// Who shall own what, decided by the broker (KIP-848). Pure functions: the same input gives the same assignment.
namespace weir::groups {

struct AssignorMember {
    std::optional<std::string> instanceId;
    std::set<TopicId> topics;
    Assignment current;  // the last target, which an assignor may try to keep
};
using AssignorMembers = std::map<std::string, AssignorMember>;  // by member id
using TopicSizes = std::map<TopicId, std::int32_t>;             // partitions of every topic that there is
using TargetAssignment = std::map<std::string, Assignment>;     // by member id, every member in it
using Assignor = TargetAssignment (*)(const AssignorMembers&, const TopicSizes&);

inline constexpr std::string_view kUniformAssignor = "uniform";
inline constexpr std::string_view kRangeAssignor = "range";

/// Balances the number of partitions over all topics, and moves as few as that allows (Kafka's UniformAssignor).
[[nodiscard]] TargetAssignment assignUniformly(const AssignorMembers& members, const TopicSizes& topics);
/// A contiguous range of each topic to each of its members, the same partition numbers of equal topics together
/// (Kafka's RangeAssignor). Members are ordered by instance id where they have one, so a restart changes nothing.
[[nodiscard]] TargetAssignment assignRanges(const AssignorMembers& members, const TopicSizes& topics);

/// nullptr: there is none of that name.
[[nodiscard]] Assignor assignorNamed(std::string_view name);

}  // namespace weir::groups
