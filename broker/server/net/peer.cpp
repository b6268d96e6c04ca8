// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/net/peer.h"

#include <algorithm>
#include <new>
#include <utility>

#include "broker/protocol/api_table.h"

namespace weir::server {

namespace {

/// A client that touches more names than this shows the first ones only.
constexpr std::size_t kMaxNames = 100;

void addSums(Totals& sums, const ConnectionSnapshot& connection) {
    sums.requests += connection.requests;
    sums.errors += connection.errors;
}

}  // namespace

Peer::Peer(ConnectionId id, std::string remoteHost, std::uint16_t remotePort, std::string localHost,
           std::uint16_t localPort, Timestamp connectedAt)
    : m_id(id),
      m_remoteHost(std::move(remoteHost)),
      m_remotePort(remotePort),
      m_localHost(std::move(localHost)),
      m_localPort(localPort),
      m_connectedAt(connectedAt) {}

std::string Peer::remoteAddress() const {
    const bool isV6 = m_remoteHost.find(':') != std::string::npos;
    return (isV6 ? "[" + m_remoteHost + "]" : m_remoteHost) + ":" + std::to_string(m_remotePort);
}

void Peer::noteRequest(std::int16_t apiKey, std::int16_t version, std::string_view clientId, Timestamp at) {
    const std::lock_guard lock(m_mutex);
    if (m_clientId != clientId) {
        m_clientId = clientId;
    }
    m_lastRequestAt = at;
    Use& use = m_uses[apiKey];
    ++use.requests;
    use.version = version;
}

void Peer::noteError(std::int16_t apiKey) {
    const std::lock_guard lock(m_mutex);
    ++m_uses[apiKey].errors;
}

void Peer::noteSoftware(std::string name, std::string version) {
    const std::lock_guard lock(m_mutex);
    m_softwareName = std::move(name);
    m_softwareVersion = std::move(version);
}

void Peer::noteName(std::vector<std::string>& names, const std::string& name) {
    const std::lock_guard lock(m_mutex);
    if (names.size() < kMaxNames && std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(name);
    }
}

ConnectionSnapshot Peer::snapshot() const {
    ConnectionSnapshot made;
    made.id = m_id.value;
    made.remoteAddress = remoteAddress();
    made.connectedAt = m_connectedAt;
    made.bytesIn = m_bytesIn.load(kRelaxed);
    made.bytesOut = m_bytesOut.load(kRelaxed);
    const std::lock_guard lock(m_mutex);
    made.clientId = m_clientId;
    made.softwareName = m_softwareName;
    made.softwareVersion = m_softwareVersion;
    made.lastRequestAt = m_lastRequestAt;
    made.producedTopics = m_produced;
    made.fetchedTopics = m_fetched;
    made.groups = m_groups;
    for (const auto& [key, use] : m_uses) {
        made.requests += use.requests;
        made.errors += use.errors;
        const protocol::ApiInfo* api = protocol::findApi(static_cast<protocol::ApiKey>(key));
        made.apis.push_back({key, std::string(api == nullptr ? "" : api->name), use.version, use.requests, use.errors});
    }
    return made;
}

void PeerRegistry::add(const std::shared_ptr<Peer>& peer, std::function<void()> close) {
    const std::lock_guard lock(m_mutex);
    m_peers.emplace(peer->id(), Entry{peer, std::move(close)});
    ++m_ofIps[peer->remoteHost()];
}

void PeerRegistry::remove(ConnectionId id) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_peers.find(id);
    if (found != m_peers.end()) {
        try {
            addSums(m_gone, found->second.peer->snapshot());
        } catch (const std::bad_alloc&) {
            // Its counts go with it, which is better than a connection that cannot leave.
        }
        const auto ofIp = m_ofIps.find(found->second.peer->remoteHost());
        if (ofIp != m_ofIps.end() && --ofIp->second == 0) {
            m_ofIps.erase(ofIp);
        }
        m_peers.erase(found);
    }
}

bool PeerRegistry::disconnect(ConnectionId id) {
    std::function<void()> close;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_peers.find(id);
        if (found == m_peers.end()) {
            return false;
        }
        close = found->second.close;
    }
    close();
    return true;
}

std::size_t PeerRegistry::count() const {
    const std::lock_guard lock(m_mutex);
    return m_peers.size();
}

std::size_t PeerRegistry::countOf(const std::string& ip) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_ofIps.find(ip);
    return found == m_ofIps.end() ? 0 : found->second;
}

std::vector<ConnectionSnapshot> PeerRegistry::snapshot(Totals& sums) const {
    std::vector<std::shared_ptr<Peer>> peers;
    {
        const std::lock_guard lock(m_mutex);
        sums.requests += m_gone.requests;
        sums.errors += m_gone.errors;
        for (const auto& [id, entry] : m_peers) {
            peers.push_back(entry.peer);
        }
    }
    std::vector<ConnectionSnapshot> made;
    made.reserve(peers.size());
    for (const auto& peer : peers) {
        made.push_back(peer->snapshot());
        addSums(sums, made.back());
    }
    return made;
}

}  // namespace weir::server
