// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/renew_delegation_token.h"

#include "broker/server/handlers/delegation_token_wire.h"
#include "broker/server/handlers/handlers.h"

namespace weir::server {

namespace {

using protocol::RenewDelegationTokenRequest;
using protocol::RenewDelegationTokenResponse;

RenewDelegationTokenResponse renewToken(Services& services, const Call& call, RenewDelegationTokenRequest request) {
    RenewDelegationTokenResponse response;
    response.expiryTimestampMs = kNoTimestamp;
    response.errorCode = judgeTokenRequest(services, call);
    if (response.errorCode != protocol::ErrorCode::kNone) {
        return response;
    }
    const auto until =
        services.tokens->renew(request.hmac, call.peer->principal(), std::chrono::milliseconds(request.renewPeriodMs));
    if (until) {
        response.expiryTimestampMs = *until;
    } else {
        response.errorCode = toKafka(until.error().code);
    }
    return response;
}

}  // namespace

constinit const Handler kRenewDelegationTokenHandler = handledBy<renewToken>(RenewDelegationTokenRequest::kVersions);

}  // namespace weir::server
