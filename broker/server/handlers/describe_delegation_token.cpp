// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_delegation_token.h"

#include <algorithm>

#include "broker/server/authorize.h"
#include "broker/server/handlers/delegation_token_wire.h"
#include "broker/server/handlers/handlers.h"

namespace weir::server {

namespace {

using protocol::DescribeDelegationTokenRequest;
using protocol::DescribeDelegationTokenResponse;
using protocol::ErrorCode;

/// A token is for the eyes of those it belongs to or who may renew it, and of whom a rule lets see it.
bool maySee(const Services& services, const Call& call, const security::DelegationToken& token) {
    const std::string who = call.peer->principal().text();
    const auto& row = token.row;
    return row.owner == who || row.requester == who ||
           std::find(row.renewers.begin(), row.renewers.end(), who) != row.renewers.end() ||
           may(services, call, AclOperation::kDescribe, ResourceType::kDelegationToken, row.id) ||
           may(services, call, AclOperation::kDescribeTokens, ResourceType::kUser, row.owner);
}

DescribeDelegationTokenResponse describeTokens(Services& services, const Call& call,
                                               DescribeDelegationTokenRequest request) {
    DescribeDelegationTokenResponse response;
    response.errorCode = judgeTokenRequest(services, call);
    if (response.errorCode != ErrorCode::kNone) {
        return response;
    }
    const auto isWanted = [&](const security::DelegationToken& token) {
        const bool isAsked =
            !request.owners || std::any_of(request.owners->begin(), request.owners->end(), [&](const auto& each) {
                return each.principalType + ":" + each.principalName == token.row.owner;
            });
        return isAsked && maySee(services, call, token);
    };
    for (auto& token : services.tokens->find(isWanted)) {
        const auto owner = security::parsePrincipal(token.row.owner).value_or(security::Principal{});
        const auto requester = security::parsePrincipal(token.row.requester).value_or(security::Principal{});
        auto& described = response.tokens.emplace_back();
        described.principalType = owner.type;
        described.principalName = owner.name;
        described.tokenRequesterPrincipalType = requester.type;
        described.tokenRequesterPrincipalName = requester.name;
        described.issueTimestamp = token.row.issuedAt;
        described.expiryTimestamp = token.row.expiresAt;
        described.maxTimestamp = token.row.endsAt;
        described.tokenId = token.row.id;
        described.hmac = std::move(token.hmac);
        for (const std::string& each : token.row.renewers) {
            const auto renewer = security::parsePrincipal(each).value_or(security::Principal{});
            described.renewers.push_back({renewer.type, renewer.name, {}});
        }
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeDelegationTokenHandler =
    handledBy<describeTokens>(DescribeDelegationTokenRequest::kVersions);

}  // namespace weir::server
