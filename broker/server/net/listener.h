// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <asio/basic_socket_acceptor.hpp>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "broker/base/log.h"
#include "broker/base/result.h"
#include "broker/server/net/connection.h"
#include "broker/server/net/connection_limits.h"
#include "broker/server/net/endpoint.h"
#include "broker/server/net/net_pool.h"
#include "broker/topics/published.h"

namespace weir::server {

enum class ListenErrc { kPortBusy, kAddressRefused };
struct ListenError {
    ListenErrc code;
    std::string message;
    /// For kPortBusy: a port that all the addresses could use instead; 0 if none was found.
    std::uint16_t freePort = 0;
};

/// The connections that live on one net thread, and the timer that ends those whose deadline has passed. Only ever
/// touched on that thread.
class ConnectionHome {
public:
    ConnectionHome(asio::io_context& context, const NetLimits& limits, const Clock& clock, Threads threads);

    void add(std::shared_ptr<Connection> connection);
    void closeAll();
    /// Runs by itself, unless without threads.
    void sweep();

private:
    void sweepLater();

    const NetLimits& m_limits;
    const Clock& m_clock;
    SteadyTimer m_timer;
    bool m_isArmed;
    std::unordered_set<std::shared_ptr<Connection>> m_connections;
};

/// Binds addresses and deals what they accept to the net threads.
class Listener {
public:
    Listener(NetPool& pool, NetLimits limits, const Clock& clock, Logger logger, FrameHandler& handler);
    ~Listener();

    /// All of `endpoints` or none. Port 0 becomes the same free port for all that say 0. Before the pool starts.
    /// Endpoints of one listener share the port, those of another have their own.
    Result<void, ListenError> bind(std::vector<Endpoint> endpoints);
    using Securities = std::vector<std::shared_ptr<const security::ListenerSecurity>>;
    /// How clients of each listener show who they are, from the next connection on; a listener that is not named here
    /// lets everybody in. Any thread.
    void protect(Securities listeners);
    /// Asked for every connection that comes; from the first net thread. Before the pool starts.
    void limit(std::function<ConnectionLimits(const std::string& ip)> limits) {
        m_connectionLimits = std::move(limits);
    }
    void startAccepting();
    /// Stops accepting and closes every connection; blocks until the net threads have done so. From no net thread.
    void stop();

    // Of a pool without threads, whose listener binds nothing and follows no clock.
    /// Serves a connected stream socket, which it owns from now on, as if it had come from `remote` to the first
    /// endpoint.
    void adopt(int socket, const asio::ip::tcp::endpoint& remote);
    /// Ends what has passed its deadline by now.
    void sweep();

    /// What was bound, with real ports.
    [[nodiscard]] const std::vector<Endpoint>& endpoints() const { return m_endpoints; }
    [[nodiscard]] PeerRegistry& peers() { return m_peers; }
    [[nodiscard]] const PeerRegistry& peers() const { return m_peers; }
    [[nodiscard]] MemoryBudget& budget() { return m_budget; }

private:
    using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

    Result<void, ListenError> bindAll(std::vector<Endpoint>& endpoints);
    ListenError busy(const Endpoint& endpoint, const std::vector<Endpoint>& all);
    [[nodiscard]] std::uint16_t findFreePort(const std::vector<Endpoint>& all, std::uint16_t after);
    Task<> accept(Acceptor& acceptor, const Endpoint& endpoint);
    [[nodiscard]] std::string whyNotWelcome(const std::string& ip);
    void welcomeAccepted(Socket socket, const asio::ip::tcp::endpoint& remote, std::size_t home,
                         const Endpoint& endpoint);
    void welcome(Socket socket, const asio::ip::tcp::endpoint& remote, const asio::ip::tcp::endpoint& local,
                 std::size_t home, const Endpoint& endpoint);

    NetPool& m_pool;
    const NetLimits m_limits;
    const Clock& m_clock;
    Logger m_logger;
    RateLimitedLog m_strangers;
    MemoryBudget m_budget;
    PeerRegistry m_peers;
    ConnectionContext m_context;
    std::vector<std::unique_ptr<ConnectionHome>> m_homes;
    std::vector<std::unique_ptr<Acceptor>> m_acceptors;
    std::vector<Endpoint> m_endpoints;
    topics::Published<Securities> m_protected{std::make_shared<const Securities>()};
    std::function<ConnectionLimits(const std::string&)> m_connectionLimits;
    ConnectionRate m_rate;
    std::map<std::string, ConnectionRate> m_ratesOfIps;
    std::atomic<std::uint64_t> m_nextId{1};
    std::atomic<std::size_t> m_nextHome{0};
    std::atomic<bool> m_isStopping{false};
    bool m_isStopped = false;
};

}  // namespace weir::server
