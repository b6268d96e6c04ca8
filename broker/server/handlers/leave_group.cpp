// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/leave_group.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::LeaveGroupRequest;
using protocol::LeaveGroupResponse;

constexpr std::int16_t kFirstWithManyMembers = 3;

LeaveGroupResponse leaveGroup(Services& services, const Call& call, LeaveGroupRequest request) {
    if (!mayGroup(services, call, AclOperation::kRead, request.groupId)) {
        LeaveGroupResponse refused;
        refused.errorCode = refusalOf(ResourceType::kGroup);
        return refused;
    }
    groups::LeaveGroupRequest leave;
    leave.groupId = std::move(request.groupId);
    if (call.isBefore(kFirstWithManyMembers)) {
        leave.members.push_back({std::move(request.memberId), {}, {}});
    }
    for (auto& member : request.members) {
        leave.members.push_back(
            {std::move(member.memberId), std::move(member.groupInstanceId), std::move(member.reason)});
    }
    auto left = services.groups.leaveGroup(leave);
    LeaveGroupResponse response;
    response.errorCode = toKafka(left.error);
    if (call.isBefore(kFirstWithManyMembers)) {
        if (response.errorCode == ErrorCode::kNone && !left.members.empty()) {
            response.errorCode = toKafka(left.members.front().error);
        }
        return response;
    }
    if (response.errorCode == ErrorCode::kUnknownMemberId && left.members.empty()) {
        // A group that nobody knows is told member by member (GroupMetadataManager.classicGroupLeave).
        response.errorCode = ErrorCode::kNone;
        for (auto& member : leave.members) {
            response.members.push_back(
                {std::move(member.memberId), std::move(member.instanceId), ErrorCode::kUnknownMemberId, {}});
        }
    }
    for (auto& member : left.members) {
        response.members.push_back(
            {std::move(member.memberId), std::move(member.instanceId), toKafka(member.error), {}});
    }
    return response;
}

}  // namespace

constinit const Handler kLeaveGroupHandler = handledBy<leaveGroup>(LeaveGroupRequest::kVersions);

}  // namespace weir::server
