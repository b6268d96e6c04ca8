// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/protocol/error_code.h"
#include "broker/security/delegation_tokens.h"
#include "broker/server/call.h"
#include "broker/server/services.h"

namespace weir::server {

constexpr protocol::ErrorCode toKafka(security::TokenErrc code) {
    switch (code) {
        case security::TokenErrc::kNotFound:
            return protocol::ErrorCode::kDelegationTokenNotFound;
        case security::TokenErrc::kNotYours:
            return protocol::ErrorCode::kDelegationTokenOwnerMismatch;
        case security::TokenErrc::kExpired:
            return protocol::ErrorCode::kDelegationTokenExpired;
        case security::TokenErrc::kStorage:
            break;
    }
    return protocol::ErrorCode::kKafkaStorageError;
}

/// Tokens are for clients that have shown who they are, and not by a token (KIP-48); kNone for those.
inline protocol::ErrorCode judgeTokenRequest(const Services& services, const Call& call) {
    const security::Principal& who = call.peer->principal();
    if (who.byToken || who.name == security::Principal{}.name) {
        return protocol::ErrorCode::kDelegationTokenRequestNotAllowed;
    }
    return services.tokens == nullptr ? protocol::ErrorCode::kDelegationTokenAuthDisabled : protocol::ErrorCode::kNone;
}

}  // namespace weir::server
