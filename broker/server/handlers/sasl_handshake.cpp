// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/sasl_handshake.h"

#include "broker/server/handlers/handlers.h"

namespace weir::server {

namespace {

using protocol::SaslHandshakeRequest;
using protocol::SaslHandshakeResponse;

/// What reaches a handler is no login, that is taken before (login.h): there is none to be had here, or it is done.
SaslHandshakeResponse saslHandshake(Services& /*services*/, const Call& /*call*/, SaslHandshakeRequest /*request*/) {
    SaslHandshakeResponse response;
    response.errorCode = protocol::ErrorCode::kIllegalSaslState;
    return response;
}

}  // namespace

constinit const Handler kSaslHandshakeHandler = handledBy<saslHandshake>(SaslHandshakeRequest::kVersions);

}  // namespace weir::server
