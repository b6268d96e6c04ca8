// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "broker/security/delegation_tokens.h"
#include "broker/security/sasl_server.h"
#include "broker/security/scram.h"

namespace weir::security {

/// SASL SCRAM-SHA-256 and -512 (RFC 5802, 7677) without channel binding, as Kafka's ScramSaslServer; with the extension
/// tokenauth=true the name is a delegation token's id and the password its secret (KIP-48). A name that nobody has is
/// taken to the last message, so that it fails like a wrong password, in the same words and time.
///
///     client: n,,n=alice,r=CLIENT-NONCE
///     server: r=CLIENT-NONCE SERVER-NONCE,s=SALT,i=4096
///     client: c=biws,r=CLIENT-NONCE SERVER-NONCE,p=PROOF
///     server: v=SIGNATURE
class ScramServer final : public SaslServer {
public:
    /// All outlive the server; `tokens` may be nullptr.
    ScramServer(ScramMechanism mechanism, const ScramUsers& users, const DelegationTokens* tokens, Random& random)
        : m_mechanism(mechanism), m_users(users), m_tokens(tokens), m_random(random) {}

    SaslStep next(ByteView message) override;

private:
    enum class Expect { kFirst, kFinal, kNothing };
    SaslStep first(std::string_view message);
    SaslStep final(std::string_view message);
    void lookUp(bool byToken);
    [[nodiscard]] SaslStep refuse() const;

    const ScramMechanism m_mechanism;
    const ScramUsers& m_users;
    const DelegationTokens* m_tokens;
    Random& m_random;
    Expect m_expect = Expect::kFirst;
    std::string m_user;
    std::string m_gs2Header;
    std::string m_nonce;
    /// client-first-bare "," server-first ","
    std::string m_authMessage;
    ScramCredential m_credential;
    bool m_isKnown = false;
    SaslStep m_outcome;
};

}  // namespace weir::security
