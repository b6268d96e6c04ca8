// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/groups/group_errc.h"
#include "broker/model/snapshot.h"

/// What can be seen of a group: answers of ListGroups and DescribeGroups. The window's picture is weir::GroupSnapshot.
namespace weir::groups {

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

/// A committed offset with what only the coordinator needs of it.
struct StoredOffset {
    CommittedOffset committed;
    /// OffsetCommit v2-4 with a retention of its own; none: the group's rule decides.
    Timestamp expireAt = kNoTimestamp;
};

}  // namespace weir::groups
