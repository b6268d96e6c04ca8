// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/advertised.h"

#include <algorithm>
#include <utility>

namespace weir::server {

namespace {

bool isEveryAddress(const std::string& host) {
    return host.empty() || host == "0.0.0.0" || host == "::";
}

}  // namespace

Advertised::Advertised(std::vector<Endpoint> bound, std::vector<config::Listener> advertised)
    : m_bound(std::move(bound)), m_advertised(std::move(advertised)) {}

bool Advertised::hasBothLoopbacks(std::uint16_t port) const {
    const auto listens = [&](const char* host) {
        return std::any_of(m_bound.begin(), m_bound.end(),
                           [&](const Endpoint& each) { return each.port == port && each.host == host; });
    };
    return listens("127.0.0.1") && listens("::1");
}

Endpoint Advertised::forListener(std::size_t i, const std::string& reached) const {
    const Endpoint& listener = m_bound[i];
    for (const config::Listener& each : m_advertised) {
        if (each.name == listener.listener) {
            return {each.host.empty() ? reached : each.host, each.port == 0 ? listener.port : each.port};
        }
    }
    const bool isLoopback = listener.host == "127.0.0.1" || listener.host == "::1";
    if (isLoopback && hasBothLoopbacks(listener.port)) {
        return {"localhost", listener.port};
    }
    return {isEveryAddress(listener.host) ? reached : listener.host, listener.port};
}

Endpoint Advertised::forClient(const Peer& peer) const {
    for (std::size_t i = 0; i < m_bound.size(); ++i) {
        const bool isV6 = m_bound[i].host.find(':') != std::string::npos;
        const bool reachedV6 = peer.localHost().find(':') != std::string::npos;
        const bool isOnlyOne = m_bound.size() == 1;
        if (m_bound[i].port == peer.localPort() && (isOnlyOne || isV6 == reachedV6)) {
            return forListener(i, peer.localHost());
        }
    }
    return forListener(0, peer.localHost());
}

std::string Advertised::bootstrap() const {
    return toText(forListener(0, "localhost"));
}

std::string toText(const Endpoint& endpoint) {
    const bool isV6 = endpoint.host.find(':') != std::string::npos;
    return (isV6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

}  // namespace weir::server
