// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "broker/groups/group_view.h"
#include "broker/model/ids.h"

namespace weir::groups {

/// The durable offsets of one group, in memory. Changed only when the store has answered, so whoever reads an offset
/// here also finds it after a crash. Used under the group's lock.
class OffsetTable {
public:
    void put(StoredOffset offset);
    void remove(const TopicPartition& partition);
    void removeTopic(const std::string& topic) { m_topics.erase(topic); }
    void clear() { m_topics.clear(); }

    [[nodiscard]] const StoredOffset* find(const std::string& topic, PartitionId partition) const;
    [[nodiscard]] bool empty() const { return m_topics.empty(); }
    /// Nothing when the group has no offset in the topic.
    [[nodiscard]] std::vector<TopicPartition> partitionsOf(const std::string& topic) const;
    /// By topic, then partition.
    void forEach(const std::function<void(const StoredOffset&)>& visit) const;

private:
    std::map<std::string, std::map<PartitionId, StoredOffset>> m_topics;
};

}  // namespace weir::groups
