// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/login.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/sasl_authenticate.h"
#include "broker/protocol/messages/sasl_handshake.h"
#include "broker/security/oauth_server.h"
#include "broker/security/plain_server.h"
#include "broker/security/scram_server.h"

namespace weir::server {

namespace {

using protocol::ApiKey;
using protocol::ErrorCode;
using protocol::SaslAuthenticateRequest;
using protocol::SaslAuthenticateResponse;
using protocol::SaslHandshakeRequest;
using protocol::SaslHandshakeResponse;
using security::SaslStep;

constexpr std::int32_t kSmallestToken = 0;

template <class Response>
std::optional<OutFrame> framed(const Response& response, const protocol::RequestPrefix& prefix) {
    auto frame = protocol::encodeResponseFrame(response, prefix.apiVersion, prefix.correlationId);
    return frame ? std::optional<OutFrame>(OutFrame(std::move(*frame))) : std::nullopt;
}

OutFrame bare(ByteView token) {
    protocol::Frame frame;
    frame.bytes.resize(sizeof(std::int32_t));
    storeBigEndian(frame.bytes.data(), static_cast<std::int32_t>(token.size()));
    frame.bytes.insert(frame.bytes.end(), token.begin(), token.end());
    return OutFrame(std::move(frame));
}

/// The request's body; nothing when it is none in a version that is served.
template <class Request>
std::optional<Request> requestIn(const protocol::RequestPrefix& prefix, ByteView frame) {
    if (!Request::kVersions.contains(prefix.apiVersion)) {
        return std::nullopt;
    }
    const auto whole = protocol::decodeRequestHeader(frame);
    auto request = whole ? protocol::decode<Request>(whole->body, prefix.apiVersion)
                         : Result<Request, protocol::ProtocolError>(fail(whole.error()));
    return request ? std::optional<Request>(std::move(*request)) : std::nullopt;
}

}  // namespace

bool Login::take(Services& services, const std::shared_ptr<Peer>& peer, ByteView frame, Responder& responder) {
    if (m_state == State::kRaw) {
        raw(services, peer, frame, std::move(responder));
        return true;
    }
    const auto prefix = protocol::decodeRequestPrefix(frame);
    if (!prefix || m_state == State::kFailed) {
        responder.close("no Kafka request");
        return true;
    }
    if (m_state == State::kDone && !takeWhenDone(services, *prefix)) {
        if (isExpired(services)) {
            responder.close("its login has expired, and it has not logged in again");
            return true;
        }
        return false;
    }
    if (m_state == State::kInitial && prefix->apiKey == ApiKey::kApiVersions) {
        // One that is newer than ours is answered with an error, and the client asks again.
        if (protocol::ApiVersionsRequest::kVersions.contains(prefix->apiVersion)) {
            m_state = State::kHandshake;
        }
        return false;
    }
    if (m_state != State::kAuthenticate && prefix->apiKey == ApiKey::kSaslHandshake) {
        handshake(services, *prefix, frame, std::move(responder));
        peer->setFrameRule(m_state == State::kRaw ? Peer::FrameRule{settings().maxReceive, kSmallestToken}
                                                  : Peer::FrameRule{settings().maxReceive, Peer::kSmallestRequest});
    } else if (m_state == State::kAuthenticate && prefix->apiKey == ApiKey::kSaslAuthenticate) {
        authenticate(services, peer, *prefix, frame, std::move(responder));
    } else {
        m_state = State::kFailed;
        responder.close(fmt::format("api key {} came before a login; set security.protocol={} in the client",
                                    static_cast<int>(prefix->apiKey), m_listener->protocol));
    }
    return true;
}

bool Login::isExpired(const Services& services) const {
    return services.clock.steadyNow() >= m_goodUntil;
}

/// True when the request begins a new login.
bool Login::takeWhenDone(Services& /*services*/, const protocol::RequestPrefix& prefix) {
    if (prefix.apiKey != ApiKey::kSaslHandshake || m_lifetimeMs == 0) {
        return false;
    }
    m_isAgain = true;
    m_state = State::kHandshake;
    return true;
}

std::unique_ptr<security::SaslServer> Login::makeServer(Services& services, const std::string& mechanism) const {
    if (mechanism == "PLAIN") {
        return std::make_unique<security::PlainServer>(settings().plainUsers);
    }
    if (mechanism == "OAUTHBEARER") {
        return std::make_unique<security::OAuthServer>(*settings().jwt);
    }
    const auto scram =
        mechanism == "SCRAM-SHA-256" ? security::ScramMechanism::kSha256 : security::ScramMechanism::kSha512;
    return std::make_unique<security::ScramServer>(scram, *services.scramUsers, services.tokens, services.random);
}

void Login::handshake(Services& services, const protocol::RequestPrefix& prefix, ByteView frame, Responder responder) {
    const auto request = requestIn<SaslHandshakeRequest>(prefix, frame);
    if (!request) {
        m_state = State::kFailed;
        responder.close("a malformed SaslHandshake");
        return;
    }
    SaslHandshakeResponse response;
    response.mechanisms = settings().mechanisms;
    const bool isOffered = std::find(response.mechanisms.begin(), response.mechanisms.end(), request->mechanism) !=
                           response.mechanisms.end();
    const bool isSame = !m_isAgain || request->mechanism == m_mechanism;
    if (!isOffered || !isSame) {
        response.errorCode = isOffered ? ErrorCode::kIllegalSaslState : ErrorCode::kUnsupportedSaslMechanism;
        m_state = State::kFailed;
        if (auto answer = framed(response, prefix)) {
            responder.sendLast(std::move(*answer), "it asked for a SASL mechanism that is not enabled");
        }
        return;
    }
    m_mechanism = request->mechanism;
    m_server = makeServer(services, m_mechanism);
    m_state = prefix.apiVersion.value == 0 ? State::kRaw : State::kAuthenticate;
    if (auto answer = framed(response, prefix)) {
        responder.send(std::move(*answer));
    }
}

SaslStep Login::step(Services& services, const std::shared_ptr<Peer>& peer, ByteView token) {
    SaslStep step = m_server->next(token);
    if (step.state == SaslStep::State::kDone && m_isAgain && !peer->principal().isSameAs(step.principal)) {
        step = security::saslFailure("Cannot change principals during re-authentication from " +
                                     peer->principal().text() + " to " + step.principal.text());
    }
    if (step.state == SaslStep::State::kDone) {
        finish(services, peer, step);
    } else if (step.state == SaslStep::State::kFailed) {
        m_state = State::kFailed;
        m_server.reset();
    }
    return step;
}

void Login::finish(Services& services, const std::shared_ptr<Peer>& peer, SaslStep& step) {
    m_server.reset();
    m_state = State::kDone;
    if (const auto most = settings().maxReauth.count(); most > 0) {
        m_lifetimeMs = most;
        if (step.goodUntil) {
            m_lifetimeMs = std::clamp<std::int64_t>(step.goodUntil->value - services.clock.wallNowMs(), 1, most);
        }
        m_goodUntil = services.clock.steadyNow() + std::chrono::milliseconds(m_lifetimeMs);
    }
    if (!m_isAgain) {
        peer->setPrincipal(std::move(step.principal));
        peer->setKnown();
    }
    peer->setFrameRule({});
}

void Login::authenticate(Services& services, const std::shared_ptr<Peer>& peer, const protocol::RequestPrefix& prefix,
                         ByteView frame, Responder responder) {
    const auto request = requestIn<SaslAuthenticateRequest>(prefix, frame);
    if (!request) {
        m_state = State::kFailed;
        responder.close("a malformed SaslAuthenticate");
        return;
    }
    SaslStep done = step(services, peer, request->authBytes);
    SaslAuthenticateResponse response;
    response.errorMessage.reset();
    if (done.state == SaslStep::State::kFailed) {
        response.errorCode = ErrorCode::kSaslAuthenticationFailed;
        response.errorMessage = done.refusal;
        peer->noteError(static_cast<std::int16_t>(prefix.apiKey));
        failLater(services, framed(response, prefix), std::move(done.refusal), std::move(responder));
        return;
    }
    response.authBytes = std::move(done.reply);
    response.sessionLifetimeMs = done.state == SaslStep::State::kDone ? m_lifetimeMs : 0;
    if (auto answer = framed(response, prefix)) {
        responder.send(std::move(*answer));
    }
}

void Login::raw(Services& services, const std::shared_ptr<Peer>& peer, ByteView token, Responder responder) {
    SaslStep done = step(services, peer, token);
    if (done.state == SaslStep::State::kFailed) {
        failLater(services, std::nullopt, std::move(done.refusal), std::move(responder));
        return;
    }
    responder.send(bare(done.reply));
}

void Login::failLater(Services& services, std::optional<OutFrame> answer, std::string why, Responder responder) {
    struct Last {
        std::optional<OutFrame> answer;
        std::string why;
        Responder responder;
        void say() {
            if (answer) {
                responder.sendLast(std::move(*answer), std::move(why));
            } else {
                responder.close(std::move(why));
            }
        }
    };
    auto last = std::make_shared<Last>(Last{std::move(answer), std::move(why), std::move(responder)});
    if (settings().failureDelay.count() == 0) {
        last->say();
        return;
    }
    m_delay = services.timers.schedule(settings().failureDelay, [last] { last->say(); });
}

}  // namespace weir::server
