// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/authorized_operations.h"
#include "broker/server/services.h"

namespace weir::server {

/// Describes each group that is asked for, in the protocols in which the broker assigns: refusals, state, epochs and
/// allowed operations are alike. `find` asks the coordinator, `fill` moves what is the protocol's own into the answer.
template <class Response, class Request, class Find, class Fill>
Response describeGroupsOf(Services& services, const Call& call, Request request, Find find, Fill fill) {
    Response response;
    for (auto& groupId : request.groupIds) {
        auto& group = response.groups.emplace_back();
        if (services.features.isSwitchedOff(call.key)) {
            group.groupId = std::move(groupId);
            group.errorCode = protocol::ErrorCode::kUnsupportedVersion;
            call.noteError();
            continue;
        }
        if (!mayGroup(services, call, AclOperation::kDescribe, groupId)) {
            group.groupId = std::move(groupId);
            group.errorCode = protocol::ErrorCode::kGroupAuthorizationFailed;
            call.noteError();
            continue;
        }
        auto found = find(groupId);
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
        fill(group, found);
        if (request.includeAuthorizedOperations) {
            group.authorizedOperations =
                allowedOperations(services, call, kGroupOperations, ResourceType::kGroup, group.groupId);
        }
    }
    return response;
}

}  // namespace weir::server
