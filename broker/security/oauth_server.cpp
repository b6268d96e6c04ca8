// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/oauth_server.h"

#include <algorithm>

namespace weir::security {

namespace {

constexpr char kSeparator = '\x01';

}  // namespace

SaslStep OAuthServer::next(ByteView message) {
    if (!m_refusal.empty()) {
        return saslFailure(m_refusal);
    }
    std::string_view rest = asText(message);
    const auto headerEnd = rest.find(kSeparator);
    // gs2-header: "n,", an authorization id or nothing, and a comma.
    if (headerEnd == std::string_view::npos || headerEnd < 3 || rest[1] != ',' || rest[headerEnd - 1] != ',') {
        return saslFailure("Invalid OAUTHBEARER client first message");
    }
    std::string_view authorizationId = rest.substr(2, headerEnd - 3);
    rest.remove_prefix(headerEnd + 1);
    std::string_view token;
    while (!rest.empty() && rest.front() != kSeparator) {
        const auto end = std::min(rest.find(kSeparator), rest.size());
        const std::string_view pair = rest.substr(0, end);
        constexpr std::string_view kBearer = "auth=Bearer ";
        if (pair.size() > kBearer.size() && pair.starts_with("auth=") &&
            std::equal(kBearer.begin() + 5, kBearer.end(), pair.begin() + 5,
                       [](char a, char b) { return (a | 0x20) == (b | 0x20); })) {
            token = pair.substr(kBearer.size());
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const auto verdict = m_verifier.verify(token);
    SaslStep step;
    if (!verdict) {
        m_refusal = "Authentication failed: " + verdict.error().message;
        step.state = SaslStep::State::kContinue;
        step.reply = toBytes(R"({"status":"invalid_token"})");
        return step;
    }
    if (!authorizationId.empty() && authorizationId != "a=" + verdict->subject) {
        return saslFailure(
            "Authentication failed: Client requested an authorization id that is different from the token's "
            "principal name");
    }
    step.state = SaslStep::State::kDone;
    step.principal.name = verdict->subject;
    step.goodUntil = verdict->goodUntil;
    return step;
}

}  // namespace weir::security
