// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <vector>

#include "broker/groups/consumer/assignor.h"

namespace weir::groups {

TargetAssignment assignRanges(const AssignorMembers& members, const TopicSizes& topics) {
    TargetAssignment target;
    std::map<TopicId, std::vector<std::string>> subscribers;
    for (const auto& [id, member] : members) {
        target[id];
        for (const auto& topic : member.topics) {
            subscribers[topic].push_back(id);
        }
    }
    for (auto& [topic, ids] : subscribers) {
        const auto size = topics.find(topic);
        if (size == topics.end()) {
            continue;
        }
        std::ranges::stable_sort(ids, {}, [&](const std::string& id) {
            const auto& instance = members.at(id).instanceId;
            return std::pair(!instance.has_value(), instance.value_or(id));
        });
        const auto count = static_cast<std::int32_t>(ids.size());
        const auto share = size->second / count;
        const auto larger = size->second % count;
        std::int32_t next = 0;
        for (std::int32_t i = 0; i < count; ++i) {
            const auto end = next + share + (i < larger ? 1 : 0);
            for (; next < end; ++next) {
                target[ids[static_cast<std::size_t>(i)]][topic].insert(PartitionId(next));
            }
        }
    }
    return target;
}

Assignor assignorNamed(std::string_view name) {
    if (name == kUniformAssignor) {
        return &assignUniformly;
    }
    return name == kRangeAssignor ? &assignRanges : nullptr;
}

}  // namespace weir::groups
