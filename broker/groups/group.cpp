// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/group.h"

namespace weir::groups {

void Group::join(JoinGroupRequest request, Completion<JoinGroupResponse> done) {
    JoinGroupResponse response;
    response.error = GroupErrc::kInconsistentGroupProtocol;
    response.memberId = std::move(request.memberId);
    m_context.answer(std::move(done), std::move(response));
}

void Group::sync(SyncGroupRequest /*request*/, Completion<SyncGroupResponse> done) {
    SyncGroupResponse response;
    response.error = GroupErrc::kUnknownMemberId;
    m_context.answer(std::move(done), std::move(response));
}

GroupErrc Group::heartbeat(const HeartbeatRequest& /*request*/) {
    return GroupErrc::kUnknownMemberId;
}

LeaveGroupResponse Group::leave(const LeaveGroupRequest& /*request*/) {
    LeaveGroupResponse response;
    response.error = GroupErrc::kUnknownMemberId;
    return response;
}

DescribedGroup Group::describe() const {
    DescribedGroup group;
    group.groupId = m_context.groupId();
    group.error = GroupErrc::kGroupIdNotFound;
    group.errorMessage = "Group " + group.groupId + " is not a classic group.";
    return group;
}

}  // namespace weir::groups
