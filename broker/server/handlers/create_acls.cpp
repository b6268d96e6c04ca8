// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/create_acls.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/acl_wire.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::CreateAclsRequest;
using protocol::CreateAclsResponse;
using protocol::ErrorCode;
using Result = CreateAclsResponse::AclCreationResult;

security::Acl aclOf(const CreateAclsRequest::AclCreation& wire) {
    return {static_cast<security::ResourceType>(wire.resourceType),
            wire.resourceName,
            static_cast<security::PatternType>(wire.resourcePatternType),
            wire.principal,
            wire.host,
            static_cast<AclOperation>(wire.operation),
            static_cast<security::Permission>(wire.permissionType)};
}

CreateAclsResponse refuseAll(std::size_t count, ErrorCode error, const std::string& why) {
    CreateAclsResponse response;
    response.results.assign(count, Result{error, why, {}});
    return response;
}

CreateAclsResponse createAcls(Services& services, const Call& call, CreateAclsRequest request) {
    if (!mayCluster(services, call, AclOperation::kAlter)) {
        return refuseAll(request.creations.size(), ErrorCode::kClusterAuthorizationFailed,
                         std::string(protocol::errorSentence(ErrorCode::kClusterAuthorizationFailed)));
    }
    if (services.authorizer == nullptr) {
        return refuseAll(request.creations.size(), ErrorCode::kSecurityDisabled, kNoAuthorizer);
    }
    CreateAclsResponse response;
    std::vector<security::Acl> acls;
    for (const auto& wire : request.creations) {
        const auto acl = aclOf(wire);
        auto& result = response.results.emplace_back();
        result.errorMessage = whyNotAnAcl(acl);
        if (result.errorMessage) {
            result.errorCode = ErrorCode::kInvalidRequest;
            call.noteError();
        } else {
            acls.push_back(acl);
        }
    }
    if (const auto added = services.authorizer->add(acls); !added) {
        for (Result& result : response.results) {
            if (result.errorCode == ErrorCode::kNone) {
                result = {ErrorCode::kKafkaStorageError, added.error().message, {}};
            }
        }
    }
    return response;
}

}  // namespace

constinit const Handler kCreateAclsHandler = handledBy<createAcls>(CreateAclsRequest::kVersions).onDiskThread();

}  // namespace weir::server
