// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>

#include "broker/groups/streams/topology.h"

namespace weir::groups {

/// What one member is to run.
struct TaskAssignment {
    Tasks active;
    Tasks standby;
    bool operator==(const TaskAssignment&) const = default;
};
using TargetTasks = std::map<std::string, TaskAssignment>;  // by member id

struct TaskMember {
    std::string processId;
    TaskAssignment current;  // the last target
};

/// Kafka's sticky task assignor (KIP-1071): tasks stay where they are as long as everybody has his share, go to who
/// has a standby of them next, and to who has least otherwise. Standbys of stateful subtopologies live in processes
/// that do not run the task. Pure: the same input gives the same assignment.
[[nodiscard]] TargetTasks assignTasks(const std::map<std::string, TaskMember>& members,
                                      const std::map<std::string, std::int32_t>& tasks,
                                      const std::set<std::string>& statefulSubtopologies, std::int32_t standbys);

}  // namespace weir::groups
