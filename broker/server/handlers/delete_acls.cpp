// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/delete_acls.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/acl_wire.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DeleteAclsRequest;
using protocol::DeleteAclsResponse;
using protocol::ErrorCode;
using Result = DeleteAclsResponse::DeleteAclsFilterResult;

DeleteAclsResponse refuseAll(std::size_t count, ErrorCode error, const std::string& why) {
    DeleteAclsResponse response;
    response.filterResults.assign(count, Result{error, why, {}, {}});
    return response;
}

void fill(Result& result, const std::vector<security::Acl>& removed) {
    for (const auto& acl : removed) {
        auto& wire = result.matchingAcls.emplace_back();
        wire.errorMessage.reset();
        wire.resourceType = static_cast<std::int8_t>(acl.resourceType);
        wire.resourceName = acl.resourceName;
        wire.patternType = static_cast<std::int8_t>(acl.patternType);
        wire.principal = acl.principal;
        wire.host = acl.host;
        wire.operation = static_cast<std::int8_t>(acl.operation);
        wire.permissionType = static_cast<std::int8_t>(acl.permission);
    }
}

DeleteAclsResponse deleteAcls(Services& services, const Call& call, DeleteAclsRequest request) {
    if (!mayCluster(services, call, AclOperation::kAlter)) {
        return refuseAll(request.filters.size(), ErrorCode::kClusterAuthorizationFailed,
                         std::string(protocol::errorSentence(ErrorCode::kClusterAuthorizationFailed)));
    }
    if (services.authorizer == nullptr) {
        return refuseAll(request.filters.size(), ErrorCode::kSecurityDisabled, kNoAuthorizer);
    }
    DeleteAclsResponse response;
    std::vector<security::AclFilter> filters;
    std::vector<std::size_t> places;
    for (const auto& wire : request.filters) {
        const auto filter = filterOf(wire);
        auto& result = response.filterResults.emplace_back();
        result.errorMessage.reset();
        if (filter.isUnknown()) {
            result.errorCode = ErrorCode::kInvalidRequest;
            result.errorMessage = "The filter has a value that this broker does not know.";
            call.noteError();
        } else {
            filters.push_back(filter);
            places.push_back(response.filterResults.size() - 1);
        }
    }
    const auto removed = services.authorizer->remove(filters);
    for (std::size_t i = 0; i < places.size(); ++i) {
        Result& result = response.filterResults[places[i]];
        if (removed) {
            fill(result, (*removed)[i]);
        } else {
            result.errorCode = ErrorCode::kKafkaStorageError;
            result.errorMessage = removed.error().message;
        }
    }
    return response;
}

}  // namespace

constinit const Handler kDeleteAclsHandler = handledBy<deleteAcls>(DeleteAclsRequest::kVersions).onDiskThread();

}  // namespace weir::server
