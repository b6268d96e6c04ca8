// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/expire_delegation_token.h"

#include "broker/server/handlers/delegation_token_wire.h"
#include "broker/server/handlers/handlers.h"

namespace weir::server {

namespace {

using protocol::ExpireDelegationTokenRequest;
using protocol::ExpireDelegationTokenResponse;

ExpireDelegationTokenResponse expireToken(Services& services, const Call& call, ExpireDelegationTokenRequest request) {
    ExpireDelegationTokenResponse response;
    response.expiryTimestampMs = kNoTimestamp;
    response.errorCode = judgeTokenRequest(services, call);
    if (response.errorCode != protocol::ErrorCode::kNone) {
        return response;
    }
    const auto until = services.tokens->expire(request.hmac, call.peer->principal(),
                                               std::chrono::milliseconds(request.expiryTimePeriodMs));
    if (until) {
        response.expiryTimestampMs = *until;
    } else {
        response.errorCode = toKafka(until.error().code);
    }
    return response;
}

}  // namespace

constinit const Handler kExpireDelegationTokenHandler = handledBy<expireToken>(ExpireDelegationTokenRequest::kVersions);

}  // namespace weir::server
