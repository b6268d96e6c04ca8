// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_user_scram_credentials.h"

#include <map>

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DescribeUserScramCredentialsRequest;
using protocol::DescribeUserScramCredentialsResponse;
using protocol::ErrorCode;

DescribeUserScramCredentialsResponse describeUsers(Services& services, const Call& call,
                                                   DescribeUserScramCredentialsRequest request) {
    DescribeUserScramCredentialsResponse response;
    response.errorMessage.reset();
    if (!mayCluster(services, call, AclOperation::kDescribe)) {
        response.errorCode = ErrorCode::kClusterAuthorizationFailed;
        response.errorMessage = std::string(protocol::errorSentence(response.errorCode));
        return response;
    }
    const auto users = services.scramUsers->list();
    std::map<std::string, int> asked;
    if (!request.users || request.users->empty()) {
        for (const auto& [user, credentials] : users) {
            asked[user] = 1;
        }
    } else {
        for (const auto& each : *request.users) {
            ++asked[each.name];
        }
    }
    for (const auto& [user, times] : asked) {
        auto& result = response.results.emplace_back();
        result.user = user;
        result.errorMessage.reset();
        const auto found = users.find(user);
        if (times > 1) {
            result.errorCode = ErrorCode::kDuplicateResource;
            result.errorMessage =
                "Cannot describe SCRAM credentials for the same user twice in a single request: " + user;
        } else if (found == users.end()) {
            result.errorCode = ErrorCode::kResourceNotFound;
            result.errorMessage = "Attempt to describe a user credential that does not exist: " + user;
        } else {
            for (const auto& each : found->second) {
                result.credentialInfos.push_back({static_cast<std::int8_t>(each.mechanism), each.iterations, {}});
            }
        }
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeUserScramCredentialsHandler =
    handledBy<describeUsers>(DescribeUserScramCredentialsRequest::kVersions);

}  // namespace weir::server
