// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/consumer/assignment.h"

#include <algorithm>

namespace weir::groups {

bool contains(const Assignment& assignment, const TopicId& topic, PartitionId partition) {
    const auto it = assignment.find(topic);
    return it != assignment.end() && it->second.contains(partition);
}

bool isSubset(const Assignment& part, const Assignment& whole) {
    return difference(part, whole).empty();
}

bool intersects(const Assignment& a, const Assignment& b) {
    return !intersection(a, b).empty();
}

Assignment intersection(const Assignment& a, const Assignment& b) {
    Assignment common;
    for (const auto& [topic, partitions] : a) {
        for (const auto partition : partitions) {
            if (contains(b, topic, partition)) {
                common[topic].insert(partition);
            }
        }
    }
    return common;
}

Assignment difference(const Assignment& from, const Assignment& without) {
    Assignment rest;
    for (const auto& [topic, partitions] : from) {
        for (const auto partition : partitions) {
            if (!contains(without, topic, partition)) {
                rest[topic].insert(partition);
            }
        }
    }
    return rest;
}

void add(Assignment& to, const Assignment& more) {
    for (const auto& [topic, partitions] : more) {
        to[topic].insert(partitions.begin(), partitions.end());
    }
}

std::size_t partitionCount(const Assignment& assignment) {
    std::size_t count = 0;
    for (const auto& entry : assignment) {
        count += entry.second.size();
    }
    return count;
}

}  // namespace weir::groups
