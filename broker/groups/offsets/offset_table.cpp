// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/offsets/offset_table.h"

namespace weir::groups {

void OffsetTable::put(StoredOffset offset) {
    auto& partitions = m_topics[offset.committed.partition.topic];
    partitions.insert_or_assign(offset.committed.partition.partition, std::move(offset));
}

void OffsetTable::remove(const TopicPartition& partition) {
    const auto topic = m_topics.find(partition.topic);
    if (topic == m_topics.end()) {
        return;
    }
    topic->second.erase(partition.partition);
    if (topic->second.empty()) {
        m_topics.erase(topic);
    }
}

const StoredOffset* OffsetTable::find(const std::string& topic, PartitionId partition) const {
    const auto partitions = m_topics.find(topic);
    if (partitions == m_topics.end()) {
        return nullptr;
    }
    const auto it = partitions->second.find(partition);
    return it == partitions->second.end() ? nullptr : &it->second;
}

std::vector<TopicPartition> OffsetTable::partitionsOf(const std::string& topic) const {
    std::vector<TopicPartition> partitions;
    if (const auto it = m_topics.find(topic); it != m_topics.end()) {
        for (const auto& entry : it->second) {
            partitions.push_back({topic, entry.first});
        }
    }
    return partitions;
}

void OffsetTable::forEach(const std::function<void(const StoredOffset&)>& visit) const {
    for (const auto& topic : m_topics) {
        for (const auto& partition : topic.second) {
            visit(partition.second);
        }
    }
}

}  // namespace weir::groups
