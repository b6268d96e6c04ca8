// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <set>

#include "broker/model/ids.h"

namespace weir::groups {

/// Partitions by topic id; a topic without partitions does not stand in it.
using Assignment = std::map<TopicId, std::set<PartitionId>>;

[[nodiscard]] bool contains(const Assignment& assignment, const TopicId& topic, PartitionId partition);
[[nodiscard]] bool isSubset(const Assignment& part, const Assignment& whole);
[[nodiscard]] bool intersects(const Assignment& a, const Assignment& b);
[[nodiscard]] Assignment intersection(const Assignment& a, const Assignment& b);
[[nodiscard]] Assignment difference(const Assignment& from, const Assignment& without);
void add(Assignment& to, const Assignment& more);
[[nodiscard]] std::size_t partitionCount(const Assignment& assignment);

}  // namespace weir::groups
