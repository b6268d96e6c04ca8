// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/groups/group_errc.h"
#include "broker/model/ids.h"

/// What can be seen of a group: answers of ListGroups and DescribeGroups, and the window's picture of it.
namespace weir::groups {

enum class GroupType : std::uint8_t { kClassic, kConsumer, kShare, kStreams };
enum class GroupState : std::uint8_t {
    kEmpty,
    kPreparingRebalance,   // classic: members are asked to join again
    kCompletingRebalance,  // classic: waiting for the leader's assignment
    kAssigning,            // consumer
    kReconciling,          // consumer
    kStable,
    kDead,
};
/// Kafka's names on the wire: "classic", "PreparingRebalance"; filters of ListGroups match them in any case.
[[nodiscard]] std::string_view typeName(GroupType type);
[[nodiscard]] std::string_view stateName(GroupState state);

struct ListedGroup {
    std::string groupId;
    GroupType type = GroupType::kClassic;
    GroupState state = GroupState::kEmpty;
    std::string protocolType;  // "" for a group that only stores offsets
};

struct ListGroupsFilter {
    std::vector<std::string> states;  // empty: every state
    std::vector<std::string> types;   // empty: every type
};

struct DescribedGroup {
    struct Member {
        std::string memberId;
        std::optional<std::string> instanceId;
        std::string clientId;
        std::string clientHost;
        Bytes metadata;  // of the chosen protocol, empty unless the group is stable
        Bytes assignment;
    };
    GroupErrc error = GroupErrc::kNone;  // unknown group: v6+ writes it with the message, v0-5 write 0 and state "Dead"
    std::string errorMessage;
    std::string groupId;
    GroupState state = GroupState::kDead;
    std::string protocolType;
    std::string protocolName;
    std::vector<Member> members;
};

struct CommittedOffset {
    TopicPartition partition;
    Offset offset;
    LeaderEpoch leaderEpoch = kNoLeaderEpoch;
    std::string metadata;
    Timestamp commitTime = kNoTimestamp;
    Timestamp expireTime = kNoTimestamp;  // OffsetCommit v2-4 with a retention; none: the group's rule
    bool operator==(const CommittedOffset&) const = default;
};

/// One finished rebalance, for the timeline.
struct RebalanceRecord {
    Timestamp startedAt = kNoTimestamp;
    std::chrono::milliseconds duration{0};
    GenerationId generation;
    std::string reason;               // a sentence
    std::vector<std::string> joined;  // member ids that the previous generation did not have
    std::vector<std::string> left;    // and those that it had and this one does not
    std::size_t members = 0;
    std::string leader;
};

struct MemberView {
    std::string memberId;
    std::optional<std::string> instanceId;
    std::optional<std::string> rackId;
    std::string clientId;
    std::string clientHost;
    std::chrono::milliseconds sessionTimeout{0};
    std::chrono::milliseconds rebalanceTimeout{0};
    std::int32_t epoch = -1;  // generation, or member epoch in a consumer group
    bool isLeader = false;
    bool usesClassicProtocol = true;
    std::vector<std::string> subscribedTopics;  // what could be read of the subscription
    std::string subscribedRegex;
    std::vector<TopicPartition> assignment;
    std::vector<TopicPartition> targetAssignment;  // consumer groups; classic: as assignment
};

/// One immutable picture of one group.
struct GroupView {
    std::string groupId;
    GroupType type = GroupType::kClassic;
    GroupState state = GroupState::kEmpty;
    Timestamp stateSince = kNoTimestamp;
    std::string protocolType;
    std::string protocolName;  // or the server-side assignor
    GenerationId generation;   // or group epoch
    std::vector<MemberView> members;
    std::vector<CommittedOffset> offsets;        // by topic, then partition
    std::vector<RebalanceRecord> rebalances;     // oldest first
    std::optional<std::string> rebalanceReason;  // while one is under way
    std::uint64_t revision = 0;                  // grows with every change; equal revisions are equal pictures
};

}  // namespace weir::groups
