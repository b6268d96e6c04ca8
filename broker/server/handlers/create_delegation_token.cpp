// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/create_delegation_token.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/delegation_token_wire.h"
#include "broker/server/handlers/handlers.h"

namespace weir::server {

namespace {

using protocol::CreateDelegationTokenRequest;
using protocol::CreateDelegationTokenResponse;
using protocol::ErrorCode;

CreateDelegationTokenResponse createToken(Services& services, const Call& call, CreateDelegationTokenRequest request) {
    constexpr std::int16_t kFirstWithOwner = 3;
    const security::Principal& requester = call.peer->principal();
    security::Principal owner = requester;
    if (!call.isBefore(kFirstWithOwner) && request.ownerPrincipalName && !request.ownerPrincipalName->empty()) {
        owner = {request.ownerPrincipalType.value_or("User"), *request.ownerPrincipalName, false};
    }
    CreateDelegationTokenResponse response;
    response.principalType = owner.type;
    response.principalName = owner.name;
    response.tokenRequesterPrincipalType = requester.type;
    response.tokenRequesterPrincipalName = requester.name;
    response.issueTimestampMs = response.expiryTimestampMs = response.maxTimestampMs = kNoTimestamp;
    response.errorCode = judgeTokenRequest(services, call);
    std::vector<std::string> renewers;
    for (const auto& each : request.renewers) {
        if (each.principalType != "User" && response.errorCode == ErrorCode::kNone) {
            response.errorCode = ErrorCode::kInvalidPrincipalType;
        }
        renewers.push_back(each.principalType + ":" + each.principalName);
    }
    const bool isForOther = !owner.isSameAs(requester);
    if (response.errorCode == ErrorCode::kNone && isForOther &&
        !may(services, call, AclOperation::kCreateTokens, ResourceType::kUser, owner.text())) {
        response.errorCode = ErrorCode::kDelegationTokenAuthorizationFailed;
    }
    if (response.errorCode != ErrorCode::kNone) {
        return response;
    }
    auto created = services.tokens->create(owner, requester, std::move(renewers),
                                           std::chrono::milliseconds(request.maxLifetimeMs));
    if (!created) {
        response.errorCode = toKafka(created.error().code);
        return response;
    }
    response.issueTimestampMs = created->row.issuedAt;
    response.expiryTimestampMs = created->row.expiresAt;
    response.maxTimestampMs = created->row.endsAt;
    response.tokenId = created->row.id;
    response.hmac = std::move(created->hmac);
    return response;
}

}  // namespace

constinit const Handler kCreateDelegationTokenHandler = handledBy<createToken>(CreateDelegationTokenRequest::kVersions);

}  // namespace weir::server
