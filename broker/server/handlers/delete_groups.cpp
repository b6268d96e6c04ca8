// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/delete_groups.h"

#include <atomic>
#include <set>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DeleteGroupsRequest;
using protocol::DeleteGroupsResponse;

/// The answer waits for all groups; each writes its own slot, the last one sends.
struct Deletion {
    Deletion(Reply<DeleteGroupsResponse> r, std::size_t count) : reply(std::move(r)), open(count) {}
    void finish(std::size_t i, protocol::ErrorCode error) {
        response.results[i].errorCode = error;
        if (open.fetch_sub(1) == 1) {
            reply.send(response);
        }
    }
    Reply<DeleteGroupsResponse> reply;
    DeleteGroupsResponse response;
    std::atomic<std::size_t> open;
};

void deleteGroups(Services& services, DeleteGroupsRequest request, Reply<DeleteGroupsResponse> reply) {
    // A group that is named twice is deleted, and answered, once.
    std::set<std::string> seen;
    std::erase_if(request.groupsNames, [&seen](const std::string& name) { return !seen.insert(name).second; });
    if (request.groupsNames.empty()) {
        reply.send({});
        return;
    }
    const auto deletion = std::make_shared<Deletion>(std::move(reply), request.groupsNames.size());
    for (const std::string& group : request.groupsNames) {
        deletion->response.results.push_back({group, {}, {}});
    }
    for (std::size_t i = 0; i < request.groupsNames.size(); ++i) {
        if (!mayGroup(services, deletion->reply.call(), AclOperation::kDelete, request.groupsNames[i])) {
            deletion->finish(i, protocol::ErrorCode::kGroupAuthorizationFailed);
            continue;
        }
        const std::string groupId = request.groupsNames[i];
        const bool isShare = services.groups.hasShareGroup(groupId);
        services.groups.deleteGroup(groupId, [&services, deletion, i, groupId, isShare](groups::GroupErrc error) {
            if (isShare && error == groups::GroupErrc::kNone) {
                services.shares.groupDeleted(groupId);
            }
            deletion->finish(i, toKafka(error));
        });
    }
}

}  // namespace

constinit const Handler kDeleteGroupsHandler = handledBy<deleteGroups>(DeleteGroupsRequest::kVersions);

}  // namespace weir::server
