// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_acls.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/acl_wire.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DescribeAclsRequest;
using protocol::DescribeAclsResponse;
using protocol::ErrorCode;

DescribeAclsResponse refuse(ErrorCode error, std::string why) {
    DescribeAclsResponse response;
    response.errorCode = error;
    response.errorMessage = std::move(why);
    return response;
}

DescribeAclsResponse describeAcls(Services& services, const Call& call, DescribeAclsRequest request) {
    if (!mayCluster(services, call, AclOperation::kDescribe)) {
        return refuse(ErrorCode::kClusterAuthorizationFailed,
                      std::string(protocol::errorSentence(ErrorCode::kClusterAuthorizationFailed)));
    }
    if (services.authorizer == nullptr) {
        return refuse(ErrorCode::kSecurityDisabled, kNoAuthorizer);
    }
    const auto filter = filterOf(request);
    if (filter.isUnknown()) {
        return refuse(ErrorCode::kInvalidRequest, "The filter has a value that this broker does not know.");
    }
    DescribeAclsResponse response;
    response.errorMessage.reset();
    // Sorted by resource, as the rules are.
    for (auto& acl : services.authorizer->find(filter)) {
        const auto type = static_cast<std::int8_t>(acl.resourceType);
        const auto pattern = static_cast<std::int8_t>(acl.patternType);
        const bool isSame = !response.resources.empty() && response.resources.back().resourceType == type &&
                            response.resources.back().resourceName == acl.resourceName &&
                            response.resources.back().patternType == pattern;
        if (!isSame) {
            response.resources.push_back({type, acl.resourceName, pattern, {}, {}});
        }
        response.resources.back().acls.push_back({std::move(acl.principal),
                                                  std::move(acl.host),
                                                  static_cast<std::int8_t>(acl.operation),
                                                  static_cast<std::int8_t>(acl.permission),
                                                  {}});
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeAclsHandler = handledBy<describeAcls>(DescribeAclsRequest::kVersions);

}  // namespace weir::server
