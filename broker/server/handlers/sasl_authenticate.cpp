// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/sasl_authenticate.h"

#include "broker/server/handlers/handlers.h"

namespace weir::server {

namespace {

using protocol::SaslAuthenticateRequest;
using protocol::SaslAuthenticateResponse;

/// As SaslHandshake: a login never comes this far.
SaslAuthenticateResponse saslAuthenticate(Services& /*services*/, const Call& /*call*/,
                                          SaslAuthenticateRequest /*request*/) {
    SaslAuthenticateResponse response;
    response.errorCode = protocol::ErrorCode::kIllegalSaslState;
    response.errorMessage = "SaslAuthenticate request received after successful authentication";
    return response;
}

}  // namespace

constinit const Handler kSaslAuthenticateHandler = handledBy<saslAuthenticate>(SaslAuthenticateRequest::kVersions);

}  // namespace weir::server
