// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/security/jwt.h"
#include "broker/security/sasl_server.h"

namespace weir::security {

/// SASL OAUTHBEARER (RFC 7628) as Kafka's OAuthBearerSaslServer. A token that is refused is answered with a line of
/// JSON, to which the client says 0x01, and only then has the login failed.
///
///     client: n,,^Aauth=Bearer TOKEN^A^A
class OAuthServer final : public SaslServer {
public:
    /// `verifier` outlives it.
    explicit OAuthServer(JwtVerifier& verifier) : m_verifier(verifier) {}
    SaslStep next(ByteView message) override;

private:
    JwtVerifier& m_verifier;
    std::string m_refusal;
};

}  // namespace weir::security
