// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_groups.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/authorized_operations.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DescribeGroupsRequest;
using protocol::DescribeGroupsResponse;
using protocol::ErrorCode;

/// Before this version an unknown group is a dead one without error.
constexpr std::int16_t kFirstWithNotFound = 6;

DescribeGroupsResponse describeGroups(Services& services, const Call& call, DescribeGroupsRequest request) {
    DescribeGroupsResponse response;
    for (const std::string& groupId : request.groups) {
        if (!mayGroup(services, call, AclOperation::kDescribe, groupId)) {
            auto& refused = response.groups.emplace_back();
            refused.errorCode = ErrorCode::kGroupAuthorizationFailed;
            refused.groupId = groupId;
            call.noteError();
            continue;
        }
        auto found = services.groups.describeGroup(groupId);
        DescribeGroupsResponse::DescribedGroup group;
        group.errorCode = toKafka(found.error);
        if (!call.isBefore(kFirstWithNotFound)) {
            if (found.error != groups::GroupErrc::kNone) {
                group.errorMessage = std::move(found.errorMessage);
            }
        } else if (found.error == groups::GroupErrc::kGroupIdNotFound) {
            group.errorCode = ErrorCode::kNone;
        }
        group.groupId = groupId;
        group.groupState = groups::stateName(found.state);
        group.protocolType = std::move(found.protocolType);
        group.protocolData = std::move(found.protocolName);
        for (auto& member : found.members) {
            group.members.push_back({std::move(member.memberId),
                                     std::move(member.instanceId),
                                     std::move(member.clientId),
                                     std::move(member.clientHost),
                                     std::move(member.metadata),
                                     std::move(member.assignment),
                                     {}});
        }
        group.authorizedOperations =
            request.includeAuthorizedOperations
                ? allowedOperations(services, call, kGroupOperations, ResourceType::kGroup, groupId)
                : kOperationsNotAsked;
        response.groups.push_back(std::move(group));
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeGroupsHandler = handledBy<describeGroups>(DescribeGroupsRequest::kVersions);

}  // namespace weir::server
