// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/plain_server.h"

#include "broker/security/crypto.h"

namespace weir::security {

SaslStep PlainServer::next(ByteView message) {
    const std::string_view text = asText(message);
    const auto first = text.find('\0');
    const auto second = first == std::string_view::npos ? first : text.find('\0', first + 1);
    if (second == std::string_view::npos || text.find('\0', second + 1) != std::string_view::npos) {
        return saslFailure("Invalid SASL/PLAIN response: expected an authorization id, a name and a password");
    }
    const std::string_view authorizationId = text.substr(0, first);
    const std::string_view user = text.substr(first + 1, second - first - 1);
    const std::string_view password = text.substr(second + 1);
    if (user.empty() || password.empty()) {
        return saslFailure("Authentication failed: the name or the password is missing");
    }
    const auto found = m_users.find(user);
    // Hashes have one length, and an unknown name costs what a known one does.
    const Bytes expected = hash(Digest::kSha256, asBytes(found == m_users.end() ? std::string_view() : found->second));
    const bool isRight = isSame(expected, hash(Digest::kSha256, asBytes(password)));
    if (found == m_users.end() || !isRight) {
        return saslFailure("Authentication failed: Invalid username or password");
    }
    if (!authorizationId.empty() && authorizationId != user) {
        return saslFailure(
            "Authentication failed: Client requested an authorization id that is different from username");
    }
    SaslStep step;
    step.state = SaslStep::State::kDone;
    step.principal.name = user;
    return step;
}

}  // namespace weir::security
