// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/share_group_describe.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/authorized_operations.h"
#include "broker/server/handlers/group_wire.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ShareGroupDescribeRequest;
using protocol::ShareGroupDescribeResponse;

ShareGroupDescribeResponse shareGroupDescribe(Services& services, const Call& call, ShareGroupDescribeRequest request) {
    ShareGroupDescribeResponse response;
    for (auto& groupId : request.groupIds) {
        if (!mayGroup(services, call, AclOperation::kDescribe, groupId)) {
            auto& refused = response.groups.emplace_back();
            refused.groupId = std::move(groupId);
            refused.errorCode = protocol::ErrorCode::kGroupAuthorizationFailed;
            call.noteError();
            continue;
        }
        auto found = services.groups.describeShareGroup(groupId);
        auto& group = response.groups.emplace_back();
        group.groupId = std::move(groupId);
        group.errorCode = toKafka(found.error);
        if (found.error != groups::GroupErrc::kNone) {
            group.errorMessage = std::move(found.errorMessage);
            call.noteError();
            continue;
        }
        group.groupState = groups::stateName(found.state);
        group.groupEpoch = found.groupEpoch;
        group.assignmentEpoch = found.assignmentEpoch;
        group.assignorName = std::move(found.assignor);
        for (auto& member : found.members) {
            auto& made = group.members.emplace_back();
            made.memberId = std::move(member.memberId);
            made.rackId = std::move(member.rackId);
            made.memberEpoch = member.memberEpoch;
            made.clientId = std::move(member.clientId);
            made.clientHost = std::move(member.clientHost);
            made.subscribedTopicNames = std::move(member.subscribedTopics);
            made.assignment.topicPartitions =
                toNamedWire<ShareGroupDescribeResponse::TopicPartitions>(member.assignment, services.topicFacts);
        }
        if (request.includeAuthorizedOperations) {
            group.authorizedOperations =
                allowedOperations(services, call, kGroupOperations, ResourceType::kGroup, group.groupId);
        }
    }
    return response;
}

}  // namespace

constinit const Handler kShareGroupDescribeHandler =
    handledBy<shareGroupDescribe>(ShareGroupDescribeRequest::kVersions);

}  // namespace weir::server
