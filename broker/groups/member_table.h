// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/groups/membership_requests.h"
#include "broker/groups/offset_requests.h"

/// What the groups in which the broker assigns do alike with their members, whatever else a member is to them. A table
/// maps member ids to members.
namespace weir::groups {

/// Whether a member (or somebody from outside, who names none) may read the commits.
template <class Table>
GroupErrc checkMemberFetch(const Table& members, const OffsetFetchRequest& request) {
    if (!request.memberId && request.memberEpoch < 0) {
        return GroupErrc::kNone;
    }
    const auto it = members.find(request.memberId.value_or(""));
    if (it == members.end()) {
        return GroupErrc::kUnknownMemberId;
    }
    return request.memberEpoch == it->second.epoch ? GroupErrc::kNone : GroupErrc::kStaleMemberEpoch;
}

struct Leaving {
    LeaveGroupResponse response;
    bool anyoneLeft = false;
};

/// Members that an admin tool takes out by their ids; `remove` is called for each that is there.
template <class Table, class Remove>
Leaving removeMembers(const Table& members, const LeaveGroupRequest& request, Remove remove) {
    Leaving leaving;
    for (const auto& leaver : request.members) {
        const bool isMember = members.contains(leaver.memberId);
        if (isMember) {
            remove(leaver.memberId);
            leaving.anyoneLeft = true;
        }
        leaving.response.members.push_back(
            {leaver.memberId, leaver.instanceId, isMember ? GroupErrc::kNone : GroupErrc::kUnknownMemberId});
    }
    return leaving;
}

}  // namespace weir::groups
