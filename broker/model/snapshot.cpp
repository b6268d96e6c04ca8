// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/model/snapshot.h"

#include <algorithm>

namespace weir {

std::int64_t TopicSnapshot::recordCount() const {
    std::int64_t count = 0;
    for (const PartitionSnapshot& p : partitions) {
        count += p.highWatermark - p.logStart;
    }
    return count;
}

std::int64_t TopicSnapshot::sizeBytes() const {
    std::int64_t bytes = 0;
    for (const PartitionSnapshot& p : partitions) {
        bytes += p.sizeBytes;
    }
    return bytes;
}

const TopicSnapshot* Snapshot::findTopic(const std::string& name) const {
    const auto it = std::lower_bound(topics.begin(), topics.end(), name,
                                     [](const auto& topic, const std::string& n) { return topic->name < n; });
    return it != topics.end() && (*it)->name == name ? it->get() : nullptr;
}

const GroupSnapshot* Snapshot::findGroup(const std::string& id) const {
    const auto it = std::lower_bound(groups.begin(), groups.end(), id,
                                     [](const auto& group, const std::string& n) { return group->id < n; });
    return it != groups.end() && (*it)->id == id ? it->get() : nullptr;
}

}  // namespace weir
