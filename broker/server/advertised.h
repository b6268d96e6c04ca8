// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "broker/config/broker_config.h"
#include "broker/server/net/endpoint.h"
#include "broker/server/net/peer.h"

namespace weir::server {

/// What clients are told to connect to. With advertised.listeners that, by the name of the listener they came through;
/// without, "localhost" where both loopbacks are listened on, the address of the listener as it was told, and behind a
/// listener of every address the one the client itself reached. Immutable, thread safe.
class Advertised {
public:
    /// `bound` are the listeners' real addresses.
    Advertised(std::vector<Endpoint> bound, std::vector<config::Listener> advertised);

    [[nodiscard]] Endpoint forClient(const Peer& peer) const;
    /// For people and for the window: "localhost:9092".
    [[nodiscard]] std::string bootstrap() const;
    [[nodiscard]] std::uint16_t port() const { return m_bound.front().port; }

private:
    [[nodiscard]] bool hasBothLoopbacks(std::uint16_t port) const;
    [[nodiscard]] Endpoint forListener(std::size_t i, const std::string& reached) const;

    std::vector<Endpoint> m_bound;
    std::vector<config::Listener> m_advertised;
};

/// "host:port", with brackets around an IPv6 address.
std::string toText(const Endpoint& endpoint);

}  // namespace weir::server
