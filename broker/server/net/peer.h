// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/clock.h"
#include "broker/model/ids.h"
#include "broker/model/snapshot.h"
#include "broker/security/principal.h"

namespace weir::server {

class Login;

using ConnectionId = Strong<struct ConnectionIdTag, std::uint64_t>;

/// A client as the broker knows it: its address and what it has done. Thread safe; counters are relaxed and each is
/// exact on its own.
class Peer {
public:
    /// Api key, version and correlation id.
    static constexpr std::int32_t kSmallestRequest = 8;

    Peer(ConnectionId id, std::string remoteHost, std::uint16_t remotePort, std::string localHost,
         std::uint16_t localPort, Timestamp connectedAt);

    [[nodiscard]] ConnectionId id() const { return m_id; }
    /// "127.0.0.1", without port: what group members show as their host.
    [[nodiscard]] const std::string& remoteHost() const { return m_remoteHost; }
    [[nodiscard]] std::uint16_t remotePort() const { return m_remotePort; }
    [[nodiscard]] std::string remoteAddress() const;
    /// The address of ours that the client reached.
    [[nodiscard]] const std::string& localHost() const { return m_localHost; }
    [[nodiscard]] std::uint16_t localPort() const { return m_localPort; }
    /// Who the client is. Set once, before its first request is handled, and the same for as long as it is connected.
    [[nodiscard]] const security::Principal& principal() const { return m_principal; }
    void setPrincipal(security::Principal principal) { m_principal = std::move(principal); }
    /// The client has shown who it is, as far as its listener asks. Net thread only, like the two that follow.
    [[nodiscard]] bool isKnown() const { return m_isKnown; }
    void setKnown() { m_isKnown = true; }
    /// What a frame may be besides the limits of all: little, before a login.
    struct FrameRule {
        std::size_t largest = SIZE_MAX;
        std::int32_t smallest = kSmallestRequest;
    };
    [[nodiscard]] const FrameRule& frameRule() const { return m_frameRule; }
    void setFrameRule(FrameRule rule) { m_frameRule = rule; }
    /// Its login, where the listener asks for one; else nullptr.
    [[nodiscard]] Login* login() const { return m_login.get(); }
    void setLogin(std::shared_ptr<Login> login) { m_login = std::move(login); }
    /// The name of the listener it came through.
    [[nodiscard]] const std::string& listener() const { return m_listener; }
    void setListener(std::string name) { m_listener = std::move(name); }
    /// When the handling of its present request began, as far as that is measured; from any thread.
    [[nodiscard]] Clock::Steady handlingSince() const { return Clock::Steady(Clock::Steady::duration(m_since.load())); }
    void setHandlingSince(Clock::Steady since) { m_since = since.time_since_epoch().count(); }
    [[nodiscard]] bool isBeingHandled() const { return m_since.load() != 0; }
    void setHandled() { m_since = 0; }

    void noteBytesIn(std::size_t bytes) { m_bytesIn.fetch_add(static_cast<std::int64_t>(bytes), kRelaxed); }
    void noteBytesOut(std::size_t bytes) { m_bytesOut.fetch_add(static_cast<std::int64_t>(bytes), kRelaxed); }
    void noteRequest(std::int16_t apiKey, std::int16_t version, std::string_view clientId, Timestamp at);
    /// An answer that carried an error code, or a connection closed for cause.
    void noteError(std::int16_t apiKey);
    void noteSoftware(std::string name, std::string version);
    void noteProduced(const std::string& topic) { noteName(m_produced, topic); }
    void noteFetched(const std::string& topic) { noteName(m_fetched, topic); }
    void noteGroup(const std::string& group) { noteName(m_groups, group); }

    [[nodiscard]] ConnectionSnapshot snapshot() const;

private:
    static constexpr auto kRelaxed = std::memory_order_relaxed;
    struct Use {
        std::int64_t requests = 0;
        std::int64_t errors = 0;
        std::int16_t version = 0;
    };
    void noteName(std::vector<std::string>& names, const std::string& name);

    const ConnectionId m_id;
    const std::string m_remoteHost;
    const std::uint16_t m_remotePort;
    const std::string m_localHost;
    const std::uint16_t m_localPort;
    const Timestamp m_connectedAt;
    security::Principal m_principal;
    bool m_isKnown = false;
    FrameRule m_frameRule;
    std::shared_ptr<Login> m_login;
    std::string m_listener;
    std::atomic<Clock::Steady::rep> m_since{0};
    std::atomic<std::int64_t> m_bytesIn{0};
    std::atomic<std::int64_t> m_bytesOut{0};

    mutable std::mutex m_mutex;
    std::string m_clientId;
    std::string m_softwareName;
    std::string m_softwareVersion;
    Timestamp m_lastRequestAt = kNoTimestamp;
    std::map<std::int16_t, Use> m_uses;
    std::vector<std::string> m_produced;
    std::vector<std::string> m_fetched;
    std::vector<std::string> m_groups;
};

/// All clients there are, and what those that left have done. Thread safe.
class PeerRegistry {
public:
    /// `close` hangs up; callable from any thread.
    void add(const std::shared_ptr<Peer>& peer, std::function<void()> close);
    void remove(ConnectionId id);
    /// False: there is no such connection.
    bool disconnect(ConnectionId id);
    [[nodiscard]] std::size_t count() const;
    /// Connections from that address.
    [[nodiscard]] std::size_t countOf(const std::string& ip) const;
    /// Connections that are open, by id; `sums` gets the totals of requests, errors and bytes of all there ever were.
    [[nodiscard]] std::vector<ConnectionSnapshot> snapshot(Totals& sums) const;

private:
    struct Entry {
        std::shared_ptr<Peer> peer;
        std::function<void()> close;
    };
    mutable std::mutex m_mutex;
    std::map<ConnectionId, Entry> m_peers;
    std::map<std::string, std::size_t> m_ofIps;
    Totals m_gone;
};

}  // namespace weir::server
