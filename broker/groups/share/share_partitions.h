// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/groups/share/share_partition.h"

namespace weir::groups {

/// Every share-partition of this broker, by group. Thread safe. All that the environment names outlives it and every
/// write that was given to the store.
class SharePartitions {
public:
    SharePartitions(const SharePartition::Environment& environment, DeliveryRanges::Limits limits)
        : m_environment(environment), m_limits(limits) {}

    /// Before anything else: what the store has.
    [[nodiscard]] StoreStatus load();
    /// No alarm rings any more; nothing is written.
    void stop();

    [[nodiscard]] std::shared_ptr<SharePartition> find(const SharePartition::Id& id) const;
    /// nullptr once stopped. One that is new begins at `start` and is stored so.
    [[nodiscard]] std::shared_ptr<SharePartition> findOrCreate(const SharePartition::Id& id, Offset start);
    /// In order of topic id and partition.
    [[nodiscard]] std::vector<std::shared_ptr<SharePartition>> ofGroup(const std::string& groupId) const;

    /// The member's session is over: what it held is available to others.
    void release(const std::string& groupId, const std::string& member);
    /// The group is gone, and its rows with it.
    void groupDeleted(const std::string& groupId);
    /// The group is to forget where it was in this topic. kUnknownTopicOrPartition: it never was.
    void removeTopic(const std::string& groupId, const TopicId& topic, Completion<GroupErrc> done);

private:
    using Partitions = std::map<SharePartition::Id, std::shared_ptr<SharePartition>>;

    /// Takes those that fit out of the map and retires them; how many there were.
    template <class Fits>
    std::size_t drop(const Fits& fits);

    const SharePartition::Environment m_environment;
    const DeliveryRanges::Limits m_limits;
    mutable std::mutex m_mutex;
    bool m_isStopped = false;
    Partitions m_partitions;
};

}  // namespace weir::groups
