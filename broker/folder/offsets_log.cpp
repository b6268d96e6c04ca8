// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/folder/offsets_log.h"

#include <utility>

#include "broker/folder/log_bytes.h"

namespace weir::folder {

namespace {

/// The first two bytes of a key: what kind of record it is.
enum KeyType : std::int16_t {
    kOldOffsetKey = 0,
    kOffsetKey = 1,
    kGroupKey = 2,
    kConsumerGroupKey = 3,
    kConsumerMemberKey = 5,
    kConsumerAssignmentKey = 8,
    kShareGroupKey = 11,
    kStreamsGroupKey = 17,
    kLastKnownKey = 24
};
constexpr std::int16_t kLastOffsetValue = 4;
constexpr std::int16_t kLastGroupValue = 4;

/// ConsumerProtocolAssignment.
std::vector<TopicPartition> assignmentOf(ByteView bytes) {
    std::vector<TopicPartition> assigned;
    LogBytes in(bytes);
    in.number<std::int16_t>();
    for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
        const std::string topic = in.text();
        for (const std::int32_t partition : in.numbers()) {
            assigned.push_back({topic, PartitionId(partition)});
        }
    }
    return in.ok() ? assigned : std::vector<TopicPartition>();
}

/// ConsumerProtocolSubscription.
std::vector<std::string> subscriptionOf(ByteView bytes) {
    std::vector<std::string> topics;
    LogBytes in(bytes);
    in.number<std::int16_t>();
    for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
        topics.push_back(in.text());
    }
    return in.ok() ? topics : std::vector<std::string>();
}

GroupMemberSnapshot classicMember(LogBytes& in, std::int16_t version) {
    GroupMemberSnapshot member;
    member.memberId = in.text();
    if (version >= 3) {
        member.instanceId = in.text();
    }
    member.clientId = in.text();
    member.host = in.text();
    if (version >= 1) {
        in.number<std::int32_t>();
    }
    in.number<std::int32_t>();
    member.subscribed = subscriptionOf(in.bytes());
    member.assigned = assignmentOf(in.bytes());
    in.skipTags();
    return member;
}

}  // namespace

void OffsetsLog::add(const RecordView& record) {
    if (!record.key) {
        ++m_unknown;
        return;
    }
    LogBytes start(*record.key);
    const auto type = start.number<std::int16_t>();
    bool isKnown = false;
    if (type == kOldOffsetKey || type == kOffsetKey) {
        isKnown = addOffset(*record.key, record.value);
    } else if (type == kGroupKey) {
        isKnown = addGroup(*record.key, record.value);
    } else if (start.ok() && type <= kLastKnownKey) {
        isKnown = addConsumerGroup(type, *record.key, record.value);
    }
    m_unknown += isKnown ? 0 : 1;
}

bool OffsetsLog::addOffset(ByteView key, const std::optional<ByteView>& value) {
    LogBytes name(key);
    name.number<std::int16_t>();
    const std::string group = name.text();
    CommittedOffset offset;
    offset.partition.topic = name.text();
    offset.partition.partition = PartitionId(name.number<std::int32_t>());
    if (!name.ok()) {
        return false;
    }
    if (!value) {
        if (const auto known = m_groups.find(group); known != m_groups.end()) {
            known->second.offsets.erase(offset.partition);
        }
        return true;
    }
    LogBytes in(*value);
    const auto version = in.number<std::int16_t>();
    in.setFlexible(version >= kLastOffsetValue);
    offset.offset = Offset(in.number<std::int64_t>());
    if (version >= 3) {
        offset.leaderEpoch = LeaderEpoch(in.number<std::int32_t>());
    }
    offset.metadata = in.text();
    offset.committedAt = Timestamp(in.number<std::int64_t>());
    if (!in.ok() || version < 0 || version > kLastOffsetValue) {
        return false;
    }
    m_groups[group].offsets[offset.partition] = std::move(offset);
    return true;
}

bool OffsetsLog::addGroup(ByteView key, const std::optional<ByteView>& value) {
    LogBytes name(key);
    name.number<std::int16_t>();
    Group& group = m_groups[name.text()];
    if (!name.ok() || !value) {
        group.facts = {};
        group.members.clear();
        group.isNamed = false;
        return name.ok();
    }
    LogBytes in(*value);
    const auto version = in.number<std::int16_t>();
    in.setFlexible(version >= kLastGroupValue);
    GroupSnapshot facts;
    facts.protocolType = in.text();
    facts.generation = GenerationId(in.number<std::int32_t>());
    facts.protocolName = in.text();
    facts.leaderId = in.text();
    if (version >= 2) {
        in.number<std::int64_t>();
    }
    std::map<std::string, GroupMemberSnapshot> members;
    for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
        GroupMemberSnapshot member = classicMember(in, version);
        members.insert_or_assign(member.memberId, std::move(member));
    }
    if (!in.ok() || version < 0 || version > kLastGroupValue) {
        return false;
    }
    group.facts = std::move(facts);
    group.members = std::move(members);
    group.isNamed = true;
    return true;
}

bool OffsetsLog::addConsumerGroup(std::int16_t type, ByteView key, const std::optional<ByteView>& value) {
    LogBytes name(key);
    name.number<std::int16_t>();
    const std::string id = name.text();
    if (!name.ok()) {
        return false;
    }
    if (type == kConsumerGroupKey || type == kShareGroupKey || type == kStreamsGroupKey) {
        Group& group = m_groups[id];
        group.isNamed = value.has_value();
        group.facts = {};
        group.facts.type = type == kConsumerGroupKey ? GroupType::kConsumer
                           : type == kShareGroupKey  ? GroupType::kShare
                                                     : GroupType::kStreams;
        if (!value) {
            group.members.clear();
            return true;
        }
        LogBytes in(*value, true);
        in.number<std::int16_t>();
        group.facts.generation = GenerationId(in.number<std::int32_t>());
        return in.ok();
    }
    if (type != kConsumerMemberKey && type != kConsumerAssignmentKey) {
        // What the coordinator plans with; nothing that a group shows.
        return true;
    }
    const std::string memberId = name.text();
    auto& members = m_groups[id].members;
    if (!value) {
        members.erase(memberId);
        return name.ok();
    }
    LogBytes in(*value, true);
    in.number<std::int16_t>();
    GroupMemberSnapshot& member = members[memberId];
    member.memberId = memberId;
    if (type == kConsumerMemberKey) {
        member.instanceId = in.text();
        in.text();
        member.clientId = in.text();
        member.host = in.text();
        member.subscribed.clear();
        for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
            member.subscribed.push_back(in.text());
        }
        return in.ok();
    }
    // Epoch, the one before, state.
    in.number<std::int32_t>();
    in.number<std::int32_t>();
    in.byte();
    member.assigned.clear();
    for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
        const auto topic = m_topics.find(in.uuid());
        for (const std::int32_t partition : in.numbers()) {
            if (topic != m_topics.end()) {
                member.assigned.push_back({topic->second, PartitionId(partition)});
            }
        }
        in.skipTags();
    }
    return in.ok();
}

std::vector<GroupSnapshot> OffsetsLog::groups() const {
    std::vector<GroupSnapshot> all;
    for (const auto& [id, group] : m_groups) {
        if (!group.isNamed && group.offsets.empty()) {
            continue;
        }
        GroupSnapshot made = group.facts;
        made.id = id;
        made.state = group.members.empty() ? GroupState::kEmpty : GroupState::kStable;
        for (const auto& [memberId, member] : group.members) {
            made.members.push_back(member);
        }
        for (const auto& [partition, offset] : group.offsets) {
            made.offsets.push_back(offset);
        }
        all.push_back(std::move(made));
    }
    return all;
}

}  // namespace weir::folder
