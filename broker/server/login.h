// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "broker/base/clock.h"
#include "broker/protocol/headers.h"
#include "broker/security/listener_security.h"
#include "broker/security/sasl_server.h"
#include "broker/server/net/peer.h"
#include "broker/server/net/responder.h"
#include "broker/server/services.h"

namespace weir::server {

/// The login of one connection to a SASL listener, in the states of Kafka's SaslServerAuthenticator: ApiVersions once,
/// SaslHandshake, then the mechanism's messages, in SaslAuthenticate requests or, after handshake version 0, bare with
/// a length. Whatever else comes before the end closes the connection. A failure is answered with error 58 and the
/// connection closed, both after connection.failed.authentication.delay.ms.
///
/// With connections.max.reauth.ms a login lasts that long at most (KIP-368): the client may log in again, as the same
/// principal by the same mechanism; after that time nothing else is taken. Net thread only.
class Login {
public:
    /// `listener` has SASL settings.
    explicit Login(std::shared_ptr<const security::ListenerSecurity> listener) : m_listener(std::move(listener)) {}

    /// True when the frame was part of a login, or none was allowed: `responder` is used up then.
    bool take(Services& services, const std::shared_ptr<Peer>& peer, ByteView frame, Responder& responder);

private:
    enum class State { kInitial, kHandshake, kAuthenticate, kRaw, kDone, kFailed };

    [[nodiscard]] const security::SaslSettings& settings() const { return *m_listener->sasl; }
    [[nodiscard]] bool isExpired(const Services& services) const;
    bool takeWhenDone(Services& services, const protocol::RequestPrefix& prefix);
    void handshake(Services& services, const protocol::RequestPrefix& prefix, ByteView frame, Responder responder);
    void authenticate(Services& services, const std::shared_ptr<Peer>& peer, const protocol::RequestPrefix& prefix,
                      ByteView frame, Responder responder);
    void raw(Services& services, const std::shared_ptr<Peer>& peer, ByteView token, Responder responder);
    security::SaslStep step(Services& services, const std::shared_ptr<Peer>& peer, ByteView token);
    void finish(Services& services, const std::shared_ptr<Peer>& peer, security::SaslStep& step);
    void failLater(Services& services, std::optional<OutFrame> answer, std::string why, Responder responder);
    std::unique_ptr<security::SaslServer> makeServer(Services& services, const std::string& mechanism) const;

    const std::shared_ptr<const security::ListenerSecurity> m_listener;
    State m_state = State::kInitial;
    std::string m_mechanism;
    std::unique_ptr<security::SaslServer> m_server;
    bool m_isAgain = false;
    std::int64_t m_lifetimeMs = 0;
    Clock::Steady m_goodUntil = Clock::Steady::max();
    std::unique_ptr<groups::TimerService::Timer> m_delay;
};

}  // namespace weir::server
