// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/list_groups.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ListGroupsRequest;
using protocol::ListGroupsResponse;

ListGroupsResponse listGroups(Services& services, const Call& call, ListGroupsRequest request) {
    auto list = services.groups.listGroups({std::move(request.statesFilter), std::move(request.typesFilter)});
    ListGroupsResponse response;
    response.errorCode = toKafka(list.error);
    const bool seesAll = mayCluster(services, call, AclOperation::kDescribe);
    for (auto& group : list.groups) {
        if (!seesAll && !mayGroup(services, call, AclOperation::kDescribe, group.groupId)) {
            continue;
        }
        response.groups.push_back({std::move(group.groupId),
                                   std::move(group.protocolType),
                                   std::string(groups::stateName(group.state)),
                                   std::string(groups::typeName(group.type)),
                                   {}});
    }
    return response;
}

}  // namespace

constinit const Handler kListGroupsHandler = handledBy<listGroups>(ListGroupsRequest::kVersions);

}  // namespace weir::server
