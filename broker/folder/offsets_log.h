// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/model/record.h"
#include "broker/model/snapshot.h"

namespace weir::folder {

/// Groups as the records of __consumer_offsets tell them, the latest of each key: committed offsets, generation and
/// members of classic groups, and the members of consumer groups (KIP-848). Rules: Kafka's OffsetCommitKey and -Value,
/// GroupMetadataKey and -Value, ConsumerGroupMetadata*, ConsumerGroupMember*. What is of another kind or a later
/// version is counted and left out. Records of one partition come in their order; those of aborted or open
/// transactions must be left out by the caller. One thread.
class OffsetsLog {
public:
    /// By `topics` members of consumer groups name what they read.
    explicit OffsetsLog(std::map<TopicId, std::string> topics) : m_topics(std::move(topics)) {}

    void add(const RecordView& record);

    /// By id. What is there of a group says how it was when it was last written down: nobody is a member of it now.
    [[nodiscard]] std::vector<GroupSnapshot> groups() const;
    /// Records that were not understood.
    [[nodiscard]] std::int64_t unknown() const { return m_unknown; }

private:
    struct Group {
        GroupSnapshot facts;
        std::map<TopicPartition, CommittedOffset> offsets;
        std::map<std::string, GroupMemberSnapshot> members;
        /// A record said that the group as such is there.
        bool isNamed = false;
    };
    bool addOffset(ByteView key, const std::optional<ByteView>& value);
    bool addGroup(ByteView key, const std::optional<ByteView>& value);
    bool addConsumerGroup(std::int16_t type, ByteView key, const std::optional<ByteView>& value);

    std::map<TopicId, std::string> m_topics;
    std::map<std::string, Group> m_groups;
    std::int64_t m_unknown = 0;
};

}  // namespace weir::folder
