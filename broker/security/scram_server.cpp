// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/scram_server.h"

#include <algorithm>
#include <utility>

namespace weir::security {

namespace {

constexpr std::size_t kNonceBytes = 24;
constexpr std::string_view kMalformed = "Authentication failed: the SCRAM message is malformed";

/// Cuts "x=value" up to the next comma off the front of `rest`; nothing when another attribute stands there.
std::optional<std::string_view> take(std::string_view& rest, char attribute) {
    if (rest.size() < 2 || rest[0] != attribute || rest[1] != '=') {
        return std::nullopt;
    }
    const auto end = std::min(rest.find(','), rest.size());
    const std::string_view value = rest.substr(2, end - 2);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return value;
}

/// "=2C" is a comma and "=3D" an equals sign; any other use of "=" is an error.
std::optional<std::string> saslName(std::string_view text) {
    std::string name;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            name += text[i];
            continue;
        }
        const std::string_view code = text.substr(i, 3);
        if (code != "=2C" && code != "=3D") {
            return std::nullopt;
        }
        name += code == "=2C" ? ',' : '=';
        i += 2;
    }
    return name;
}

bool isPrintable(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x21 && c <= 0x7e; });
}

}  // namespace

SaslStep ScramServer::next(ByteView message) {
    switch (std::exchange(m_expect, Expect::kNothing)) {
        case Expect::kFirst:
            return first(asText(message));
        case Expect::kFinal:
            return final(asText(message));
        case Expect::kNothing:
            break;
    }
    return saslFailure(std::string(kMalformed));
}

SaslStep ScramServer::first(std::string_view message) {
    // gs2-header: "n," or "y,", then an authorization id or nothing, then a comma.
    const auto comma = message.find(',', 2);
    if (message.size() < 3 || (message[0] != 'n' && message[0] != 'y') || message[1] != ',' ||
        comma == std::string_view::npos) {
        return saslFailure(std::string(kMalformed));
    }
    std::string_view header = message.substr(2, comma - 2);
    m_gs2Header = message.substr(0, comma + 1);
    const std::string_view bare = message.substr(comma + 1);
    std::string_view rest = bare;
    const auto user = take(rest, 'n');
    const auto nonce = take(rest, 'r');
    const auto name = user ? saslName(*user) : std::nullopt;
    if (!name || name->empty() || !nonce || !isPrintable(*nonce)) {
        return saslFailure(std::string(kMalformed));
    }
    m_user = *name;
    if (!header.empty()) {
        const auto authorizationId = take(header, 'a');
        if (!authorizationId || saslName(*authorizationId) != name) {
            return saslFailure(
                "Authentication failed: Client requested an authorization id that is different from username");
        }
    }
    lookUp(rest == "tokenauth=true" || rest.starts_with("tokenauth=true,"));
    m_nonce = std::string(*nonce) + toBase64(randomBytes(m_random, kNonceBytes));
    const std::string reply =
        "r=" + m_nonce + ",s=" + toBase64(m_credential.salt) + ",i=" + std::to_string(m_credential.iterations);
    m_authMessage = std::string(bare) + "," + reply + ",";
    m_expect = Expect::kFinal;
    SaslStep step;
    step.state = SaslStep::State::kContinue;
    step.reply = toBytes(reply);
    return step;
}

void ScramServer::lookUp(bool byToken) {
    if (byToken) {
        const auto token = m_tokens == nullptr ? std::nullopt : m_tokens->login(m_user, m_mechanism);
        m_isKnown = token.has_value();
        if (token) {
            m_credential = token->credential;
            m_outcome.principal = token->owner;
            m_outcome.principal.byToken = true;
            m_outcome.goodUntil = token->goodUntil;
        }
    } else {
        auto credential = m_users.find(m_mechanism, m_user);
        m_isKnown = credential.has_value();
        if (credential) {
            m_credential = std::move(*credential);
            m_outcome.principal.name = m_user;
        }
    }
    if (!m_isKnown) {
        m_credential = m_users.decoy(m_mechanism, m_user);
    }
}

SaslStep ScramServer::final(std::string_view message) {
    std::string_view rest = message;
    const auto binding = take(rest, 'c');
    const auto nonce = take(rest, 'r');
    const auto proofAt = message.rfind(",p=");
    if (!binding || !nonce || proofAt == std::string_view::npos) {
        return saslFailure(std::string(kMalformed));
    }
    const auto proof = fromBase64(message.substr(proofAt + 3));
    const auto header = fromBase64(*binding);
    if (!proof || !header || asText(*header) != m_gs2Header || *nonce != m_nonce) {
        return refuse();
    }
    const Digest digest = digestOf(m_mechanism);
    const std::string authMessage = m_authMessage + std::string(message.substr(0, proofAt));
    Bytes clientKey = hmac(digest, m_credential.storedKey, asBytes(authMessage));
    if (proof->size() != clientKey.size()) {
        return refuse();
    }
    for (std::size_t i = 0; i < clientKey.size(); ++i) {
        clientKey[i] ^= (*proof)[i];
    }
    const bool isRight = isSame(hash(digest, clientKey), m_credential.storedKey);
    const Bytes signature = hmac(digest, m_credential.serverKey, asBytes(authMessage));
    if (!isRight || !m_isKnown) {
        return refuse();
    }
    m_outcome.state = SaslStep::State::kDone;
    m_outcome.reply = toBytes("v=" + toBase64(signature));
    return m_outcome;
}

SaslStep ScramServer::refuse() const {
    return saslFailure("Authentication failed during authentication due to invalid credentials with SASL mechanism " +
                       std::string(nameOf(m_mechanism)));
}

}  // namespace weir::security
