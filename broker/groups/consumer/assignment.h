// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <set>

#include "broker/model/ids.h"

namespace weir::groups {

/// Partitions by what they belong to; an owner without partitions does not stand in it.
template <class Owner>
using PartitionSets = std::map<Owner, std::set<PartitionId>>;
/// By topic id.
using Assignment = PartitionSets<TopicId>;

template <class Owner>
[[nodiscard]] bool contains(const PartitionSets<Owner>& sets, const Owner& owner, PartitionId partition) {
    const auto it = sets.find(owner);
    return it != sets.end() && it->second.contains(partition);
}

template <class Owner>
[[nodiscard]] PartitionSets<Owner> intersection(const PartitionSets<Owner>& a, const PartitionSets<Owner>& b) {
    PartitionSets<Owner> common;
    for (const auto& [owner, partitions] : a) {
        for (const auto partition : partitions) {
            if (contains(b, owner, partition)) {
                common[owner].insert(partition);
            }
        }
    }
    return common;
}

template <class Owner>
[[nodiscard]] PartitionSets<Owner> difference(const PartitionSets<Owner>& from, const PartitionSets<Owner>& without) {
    PartitionSets<Owner> rest;
    for (const auto& [owner, partitions] : from) {
        for (const auto partition : partitions) {
            if (!contains(without, owner, partition)) {
                rest[owner].insert(partition);
            }
        }
    }
    return rest;
}

template <class Owner>
[[nodiscard]] bool isSubset(const PartitionSets<Owner>& part, const PartitionSets<Owner>& whole) {
    return difference(part, whole).empty();
}

template <class Owner>
[[nodiscard]] bool intersects(const PartitionSets<Owner>& a, const PartitionSets<Owner>& b) {
    return !intersection(a, b).empty();
}

template <class Owner>
void add(PartitionSets<Owner>& to, const PartitionSets<Owner>& more) {
    for (const auto& [owner, partitions] : more) {
        to[owner].insert(partitions.begin(), partitions.end());
    }
}

template <class Owner>
[[nodiscard]] std::size_t partitionCount(const PartitionSets<Owner>& sets) {
    std::size_t count = 0;
    for (const auto& entry : sets) {
        count += entry.second.size();
    }
    return count;
}

}  // namespace weir::groups
