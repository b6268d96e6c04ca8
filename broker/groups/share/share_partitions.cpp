// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/share/share_partitions.h"

#include <set>

namespace weir::groups {

StoreStatus SharePartitions::load() {
    auto states = m_environment.store.load();
    if (!states.ok()) {
        return fail(states.error());
    }
    const std::lock_guard lock(m_mutex);
    for (auto& state : *states) {
        SharePartition::Id id{state.groupId, state.topicId, state.partition};
        DeliveryRanges ranges(state.start, m_limits);
        if (!ranges.restore(state.ranges)) {
            m_environment.logger.warn("share group {}: what was delivered of partition {} above {} cannot be read",
                                      id.groupId, id.partition.value, state.start.value);
        }
        auto partition = std::make_shared<SharePartition>(m_environment, id, std::move(ranges));
        m_partitions.emplace(std::move(id), std::move(partition));
    }
    return {};
}

template <class Fits>
std::size_t SharePartitions::drop(const Fits& fits) {
    std::vector<std::shared_ptr<SharePartition>> dropped;
    {
        const std::lock_guard lock(m_mutex);
        for (auto it = m_partitions.begin(); it != m_partitions.end();) {
            if (fits(it->first)) {
                dropped.push_back(std::move(it->second));
                it = m_partitions.erase(it);
            } else {
                ++it;
            }
        }
    }
    for (const auto& partition : dropped) {
        partition->retire();
    }
    return dropped.size();
}

void SharePartitions::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_isStopped = true;
    }
    drop([](const SharePartition::Id&) { return true; });
}

std::shared_ptr<SharePartition> SharePartitions::find(const SharePartition::Id& id) const {
    const std::lock_guard lock(m_mutex);
    const auto it = m_partitions.find(id);
    return it == m_partitions.end() ? nullptr : it->second;
}

std::shared_ptr<SharePartition> SharePartitions::findOrCreate(const SharePartition::Id& id, Offset start) {
    std::shared_ptr<SharePartition> made;
    {
        const std::lock_guard lock(m_mutex);
        if (m_isStopped) {
            return nullptr;
        }
        auto& partition = m_partitions[id];
        if (partition) {
            return partition;
        }
        made = std::make_shared<SharePartition>(m_environment, id, DeliveryRanges(start, m_limits));
        partition = made;
    }
    made->save([](GroupErrc) {});
    return made;
}

std::vector<std::shared_ptr<SharePartition>> SharePartitions::ofGroup(const std::string& groupId) const {
    std::vector<std::shared_ptr<SharePartition>> partitions;
    const std::lock_guard lock(m_mutex);
    for (auto it = m_partitions.lower_bound({groupId, {}, PartitionId(INT32_MIN)});
         it != m_partitions.end() && it->first.groupId == groupId; ++it) {
        partitions.push_back(it->second);
    }
    return partitions;
}

void SharePartitions::release(const std::string& groupId, const std::string& member) {
    for (const auto& partition : ofGroup(groupId)) {
        partition->release(member);
    }
}

void SharePartitions::groupDeleted(const std::string& groupId) {
    std::set<TopicId> topics;
    drop([&](const SharePartition::Id& id) {
        const bool fits = id.groupId == groupId;
        if (fits) {
            topics.insert(id.topicId);
        }
        return fits;
    });
    // Rows went with the group; what was written since goes now.
    m_environment.store.remove(groupId, {topics.begin(), topics.end()}, [](StoreStatus) {});
}

void SharePartitions::removeTopic(const std::string& groupId, const TopicId& topic, Completion<GroupErrc> done) {
    const auto dropped =
        drop([&](const SharePartition::Id& id) { return id.groupId == groupId && id.topicId == topic; });
    if (dropped == 0) {
        return done(GroupErrc::kUnknownTopicOrPartition);
    }
    m_environment.store.remove(groupId, {topic}, [done = std::move(done)](StoreStatus status) mutable {
        done(status.ok() ? GroupErrc::kNone : GroupErrc::kCoordinatorNotAvailable);
    });
}

}  // namespace weir::groups
