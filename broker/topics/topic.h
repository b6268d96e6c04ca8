// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/config/topic_config.h"
#include "broker/model/ids.h"

namespace weir::topics {

class Partition;

/// A topic as it was at one instant. Immutable; a change makes a new one.
struct Topic {
    struct Slot {
        /// nullptr: the partition could not be opened and serves nothing until a restart (Kafka's code 56), or until
        /// there is room.
        std::shared_ptr<Partition> partition;
        /// Why, in words; empty when it is open.
        std::string offlineReason;
        /// It could not be opened because the disk is full.
        bool waitsForRoom = false;
    };

    std::string name;
    TopicId id;
    Timestamp createdAt = kNoTimestamp;
    /// What was set for this topic itself.
    config::ConfigMap overrides;
    /// What stands, defaults included.
    std::shared_ptr<const config::TopicConfig> config;
    /// By partition id, without gaps.
    std::vector<Slot> partitions;

    [[nodiscard]] bool has(PartitionId partition) const {
        return partition.value >= 0 && static_cast<std::size_t>(partition.value) < partitions.size();
    }
    /// nullptr when there is no such partition, or when it is offline; `has` tells which.
    [[nodiscard]] std::shared_ptr<Partition> partition(PartitionId partition) const {
        return has(partition) ? partitions[static_cast<std::size_t>(partition.value)].partition : nullptr;
    }
    /// Kafka's own book-keeping topics (Topic.isInternal).
    [[nodiscard]] bool isInternal() const {
        return name == "__consumer_offsets" || name == "__transaction_state" || name == "__share_group_state";
    }
};
using TopicPtr = std::shared_ptr<const Topic>;

/// All topics at one instant: what every request looks things up in. Immutable, shared freely.
class TopicsSnapshot {
public:
    TopicsSnapshot() = default;
    /// In any order.
    explicit TopicsSnapshot(std::vector<TopicPtr> topics);

    /// nullptr when there is none.
    [[nodiscard]] TopicPtr byName(std::string_view name) const;
    [[nodiscard]] TopicPtr byId(const TopicId& id) const;
    /// nullptr when the topic or the partition is unknown or offline.
    [[nodiscard]] std::shared_ptr<Partition> partition(std::string_view topic, PartitionId partition) const;
    /// By name.
    [[nodiscard]] const std::vector<TopicPtr>& topics() const { return m_byName; }
    /// A topic whose name differs from `name` by '.' against '_' only; nullptr when there is none.
    [[nodiscard]] TopicPtr colliding(std::string_view name) const;

    /// This with `added` put in (taking the place of one with the same name) and `removed` left out.
    [[nodiscard]] std::shared_ptr<const TopicsSnapshot> with(const std::vector<TopicPtr>& added,
                                                             const std::vector<std::string>& removed) const;

private:
    std::vector<TopicPtr> m_byName;
    std::vector<TopicPtr> m_byId;
};

}  // namespace weir::topics
