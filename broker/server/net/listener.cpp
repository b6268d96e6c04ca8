// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/net/listener.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <latch>
#include <map>
#include <new>
#include <thread>
#include <utility>

#include "broker/server/net/port_owner.h"
#include "broker/storage/read_memory.h"

namespace weir::server {

namespace {

constexpr int kBacklog = 1024;
constexpr int kPortTries = 50;
constexpr std::uint16_t kLastPort = 65535;
/// Pause after the system refused to accept (no file descriptors left), so that refusing costs no processor time.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::milliseconds kLongestAcceptWait{1000};
constexpr std::size_t kManyIps = 10'000;
constexpr std::chrono::seconds kForgetIpAfter{60};
constexpr int kSweepsPerDeadline = 5;

std::string describe(const Endpoint& endpoint) {
    const bool isV6 = endpoint.host.find(':') != std::string::npos;
    return isV6 ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
                : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

/// The one frame that may go beyond the budget fits into maxBytesInFlight too, where that is large enough.
std::size_t budgetOf(const NetLimits& limits) {
    return limits.maxBytesInFlight > 2 * limits.maxFrameBytes ? limits.maxBytesInFlight - limits.maxFrameBytes
                                                              : std::max(limits.maxBytesInFlight, limits.maxFrameBytes);
}

asio::error_code open(asio::basic_socket_acceptor<asio::ip::tcp, Executor>& acceptor,
                      const asio::ip::tcp::endpoint& address) {
    asio::error_code error;
    acceptor.open(address.protocol(), error);
    if (!error) {
        acceptor.set_option(asio::socket_base::reuse_address(true), error);
    }
    if (!error && address.address().is_v6()) {
        acceptor.set_option(asio::ip::v6_only(true), error);
    }
    if (!error) {
        acceptor.bind(address, error);
    }
    if (!error) {
        acceptor.listen(kBacklog, error);
    }
    if (!error) {
        acceptor.non_blocking(true, error);
    }
    return error;
}

/// Numeric addresses as they are, names through the resolver (first answer).
asio::error_code resolve(asio::io_context& context, const Endpoint& endpoint, asio::ip::tcp::endpoint& address) {
    asio::error_code error;
    const auto numeric = asio::ip::make_address(endpoint.host, error);
    if (!error) {
        address = {numeric, endpoint.port};
        return {};
    }
    asio::ip::tcp::resolver resolver(context);
    const auto found = resolver.resolve(endpoint.host, std::to_string(endpoint.port), error);
    if (!error && !found.empty()) {
        address = found.begin()->endpoint();
    }
    return error;
}

}  // namespace

// Without threads nobody is to be woken by the system's time: armed for ever.
ConnectionHome::ConnectionHome(asio::io_context& context, const NetLimits& limits, const Clock& clock, Threads threads)
    : m_limits(limits), m_clock(clock), m_timer(context.get_executor()), m_isArmed(threads == Threads::kNone) {}

void ConnectionHome::add(std::shared_ptr<Connection> connection) {
    try {
        m_connections.insert(connection);
        sweepLater();
        connection->start();
    } catch (const std::bad_alloc&) {
        connection->leave();
    }
}

void ConnectionHome::closeAll() {
    m_timer.cancel();
    for (const auto& connection : m_connections) {
        connection->close();
    }
    m_connections.clear();
}

void ConnectionHome::sweepLater() {
    if (std::exchange(m_isArmed, true)) {
        return;
    }
    const auto shortest = std::min(m_limits.idle, m_limits.frameDeadline) / kSweepsPerDeadline;
    m_timer.expires_after(std::min(shortest, m_limits.patienceWhenShort));
    m_timer.async_wait([this](const asio::error_code& error) {
        m_isArmed = false;
        if (!error) {
            sweep();
        }
    });
}

void ConnectionHome::sweep() {
    const auto now = m_clock.steadyNow();
    for (auto at = m_connections.begin(); at != m_connections.end();) {
        Connection& connection = **at;
        if (connection.isClosed()) {
            at = m_connections.erase(at);
            continue;
        }
        if (connection.deadline() <= now) {
            connection.close();
        } else {
            connection.onSweep();
        }
        ++at;
    }
    if (m_connections.empty()) {
        storage::ReadMemory::dropAll();
    } else {
        storage::ReadMemory::dropIdle();
        sweepLater();
    }
}

Listener::Listener(NetPool& pool, NetLimits limits, const Clock& clock, Logger logger, FrameHandler& handler)
    : m_pool(pool),
      m_limits(limits),
      m_clock(clock),
      m_logger(std::move(logger)),
      m_strangers(clock, m_logger),
      m_budget(budgetOf(m_limits)),
      m_context{m_limits, clock, m_budget, handler, m_strangers, m_peers} {
    for (std::size_t i = 0; i < pool.size(); ++i) {
        m_homes.push_back(std::make_unique<ConnectionHome>(pool.at(i), m_limits, clock, pool.threads()));
    }
}

Listener::~Listener() = default;

Result<void, ListenError> Listener::bind(std::vector<Endpoint> endpoints) {
    if (m_pool.threads() == Threads::kNone) {
        m_endpoints = std::move(endpoints);
        return {};
    }
    const bool picksPort =
        std::any_of(endpoints.begin(), endpoints.end(), [](const Endpoint& each) { return each.port == 0; });
    for (int attempt = 1;; ++attempt) {
        std::vector<Endpoint> wanted = endpoints;
        auto bound = bindAll(wanted);
        // The port that was free for the first address may be taken on the second: then another one is tried.
        if (bound || !picksPort || attempt == kPortTries || bound.error().code != ListenErrc::kPortBusy) {
            if (bound) {
                m_endpoints = std::move(wanted);
            }
            return bound;
        }
    }
}

Result<void, ListenError> Listener::bindAll(std::vector<Endpoint>& endpoints) {
    std::map<std::string, std::uint16_t> picked;
    std::vector<Endpoint> bound;
    m_acceptors.clear();
    for (Endpoint& endpoint : endpoints) {
        if (endpoint.port == 0) {
            endpoint.port = picked[endpoint.listener];
        }
        asio::ip::tcp::endpoint address;
        asio::error_code error = resolve(m_pool.at(0), endpoint, address);
        auto acceptor = std::make_unique<Acceptor>(m_pool.at(0).get_executor());
        if (!error) {
            error = open(*acceptor, address);
        }
        const bool hasNoV6 = error == asio::error::address_family_not_supported ||
                             error.value() == static_cast<int>(std::errc::address_not_available);
        if (hasNoV6 && address.address().is_v6() && address.address().is_loopback() && endpoints.size() > 1) {
            m_logger.info("this machine has no IPv6 loopback; listening without it");
            continue;
        }
        if (error) {
            m_acceptors.clear();
            if (error == asio::error::address_in_use) {
                return fail(busy(endpoint, endpoints));
            }
            return fail(ListenError{ListenErrc::kAddressRefused,
                                    fmt::format("Cannot listen on {}: {}", describe(endpoint), error.message()), 0});
        }
        endpoint.port = acceptor->local_endpoint().port();
        picked[endpoint.listener] = endpoint.port;
        m_acceptors.push_back(std::move(acceptor));
        bound.push_back(endpoint);
    }
    endpoints = std::move(bound);
    return {};
}

ListenError Listener::busy(const Endpoint& endpoint, const std::vector<Endpoint>& all) {
    ListenError error{ListenErrc::kPortBusy, {}, findFreePort(all, endpoint.port)};
    const auto owner = findPortOwner(endpoint.port);
    error.message = owner ? fmt::format("Port {} is used by {} (pid {}).", endpoint.port, owner->process, owner->pid)
                          : fmt::format("Port {} is used by another program.", endpoint.port);
    if (error.freePort != 0) {
        error.message += fmt::format(" Port {} is free.", error.freePort);
    }
    return error;
}

std::uint16_t Listener::findFreePort(const std::vector<Endpoint>& all, std::uint16_t after) {
    for (std::uint32_t port = after + 1U; port <= std::min<std::uint32_t>(kLastPort, after + kPortTries); ++port) {
        const bool isFree = std::all_of(all.begin(), all.end(), [&](const Endpoint& endpoint) {
            asio::ip::tcp::endpoint address;
            if (resolve(m_pool.at(0), {endpoint.host, static_cast<std::uint16_t>(port)}, address)) {
                return false;
            }
            Acceptor probe(m_pool.at(0).get_executor());
            return open(probe, address) != asio::error::address_in_use;
        });
        if (isFree) {
            return static_cast<std::uint16_t>(port);
        }
    }
    return 0;
}

void Listener::startAccepting() {
    for (std::size_t i = 0; i < m_acceptors.size(); ++i) {
        asio::co_spawn(m_pool.at(0), accept(*m_acceptors[i], m_endpoints[i]), asio::detached);
    }
}

void Listener::protect(Securities listeners) {
    m_protected.set(std::make_shared<const Securities>(std::move(listeners)));
}

Task<> Listener::accept(Acceptor& acceptor, const Endpoint& endpoint) {
    SteadyTimer pause(m_pool.at(0).get_executor());
    while (!m_isStopping) {
        // Want of memory may cost those who come just then their connection, but not those who come later theirs.
        try {
            const std::size_t home = m_nextHome.fetch_add(1, std::memory_order_relaxed) % m_homes.size();
            Socket socket(m_pool.at(home).get_executor());
            asio::error_code error;
            // Taken here, because a client that resets at once has no address any more; and in two steps, because a
            // socket for which asio finds no memory within an operation ends the coroutine that waits for it.
            asio::ip::tcp::endpoint remote;
            acceptor.accept(socket, remote, error);
            if (error == asio::error::would_block) {
                co_await acceptor.async_wait(Acceptor::wait_read, asio::redirect_error(kUseAwaitable, error));
                if (m_isStopping || error == asio::error::operation_aborted) {
                    break;
                }
                continue;
            }
            if (m_isStopping) {
                break;
            }
            if (error) {
                m_strangers.warn(fmt::format("cannot accept connections: {}", error.message()));
                pause.expires_after(kAcceptPause);
                co_await pause.async_wait(asio::redirect_error(kUseAwaitable, error));
                continue;
            }
            const std::string ip = remote.address().to_string();
            const std::size_t most =
                std::min(m_limits.maxConnections, m_connectionLimits ? m_connectionLimits(ip).total : SIZE_MAX);
            if (m_peers.count() >= most) {
                m_strangers.warn(fmt::format("refused a connection: max.connections ({}) are open", most));
                continue;
            }
            if (!m_connectionLimits) {
                welcomeAccepted(std::move(socket), remote, home, endpoint);
                continue;
            }
            const double rate = m_connectionLimits(ip).rate;
            while (!m_isStopping) {
                const auto wait = std::min(m_rate.take(rate, m_clock.steadyNow()), kLongestAcceptWait);
                if (wait.count() == 0) {
                    break;
                }
                pause.expires_after(wait);
                co_await pause.async_wait(asio::redirect_error(kUseAwaitable, error));
            }
            if (const std::string why = whyNotWelcome(ip); !why.empty()) {
                m_strangers.warn(why);
                continue;
            }
            welcomeAccepted(std::move(socket), remote, home, endpoint);
        } catch (const std::bad_alloc&) {
            std::this_thread::yield();
        }
    }
}

std::string Listener::whyNotWelcome(const std::string& ip) {
    const ConnectionLimits limits = m_connectionLimits(ip);
    if (m_peers.countOf(ip) >= limits.perIp) {
        return fmt::format("refused a connection: {} has its max.connections.per.ip ({})", ip, limits.perIp);
    }
    if (limits.rateOfIp) {
        const auto now = m_clock.steadyNow();
        if (m_ratesOfIps.size() > kManyIps) {
            std::erase_if(m_ratesOfIps,
                          [&](const auto& each) { return now - each.second.filledAt() > kForgetIpAfter; });
        }
        if (m_ratesOfIps[ip].take(*limits.rateOfIp, now).count() != 0) {
            return fmt::format("refused a connection: {} exceeds its connection_creation_rate", ip);
        }
    }
    return {};
}

void Listener::welcomeAccepted(Socket socket, const asio::ip::tcp::endpoint& remote, std::size_t home,
                               const Endpoint& endpoint) {
    asio::error_code error;
    const auto local = socket.local_endpoint(error);
    if (!error) {
        welcome(std::move(socket), remote, local, home, endpoint);
    }
}

void Listener::adopt(int socket, const asio::ip::tcp::endpoint& remote) {
    const Endpoint& endpoint = m_endpoints.front();
    const asio::ip::tcp::endpoint local(asio::ip::make_address(endpoint.host), endpoint.port);
    const std::size_t home = m_nextHome.fetch_add(1, std::memory_order_relaxed) % m_homes.size();
    welcome(Socket(m_pool.at(home).get_executor(), asio::ip::tcp::v4(), socket), remote, local, home, endpoint);
}

void Listener::sweep() {
    for (const auto& home : m_homes) {
        home->sweep();
    }
}

void Listener::welcome(Socket socket, const asio::ip::tcp::endpoint& remote, const asio::ip::tcp::endpoint& local,
                       std::size_t home, const Endpoint& endpoint) {
    auto peer = std::make_shared<Peer>(ConnectionId(m_nextId.fetch_add(1, std::memory_order_relaxed)),
                                       remote.address().to_string(), remote.port(), local.address().to_string(),
                                       local.port(), Timestamp(m_clock.wallNowMs()));
    peer->setListener(endpoint.listener);
    std::shared_ptr<const security::ListenerSecurity> listener;
    const auto securities = m_protected.get();
    for (const auto& each : *securities) {
        listener = each->name == endpoint.listener ? each : listener;
    }
    if (listener && listener->isOff) {
        m_strangers.warn(fmt::format("refused a connection: the listener {} is off", endpoint.listener));
        return;
    }
    if (!listener || (!listener->tls && !listener->sasl)) {
        peer->setKnown();
    }
    m_context.handler.onOpened(peer, listener);
    auto connection = std::make_shared<Connection>(std::move(socket), peer, m_context,
                                                   listener && listener->tls ? listener->tls->accept() : nullptr);
    m_peers.add(peer, [weak = std::weak_ptr(connection)] {
        if (const auto alive = weak.lock()) {
            alive->close();
        }
    });
    try {
        asio::post(m_pool.at(home), [this, home, connection]() {
            if (m_isStopping) {
                connection->close();
                m_peers.remove(connection->peer().id());
            } else {
                m_homes[home]->add(connection);
            }
        });
    } catch (const std::bad_alloc&) {
        m_peers.remove(peer->id());
        throw;
    }
}

void Listener::stop() {
    if (std::exchange(m_isStopped, true)) {
        return;
    }
    m_isStopping = true;
    std::latch done(static_cast<std::ptrdiff_t>(m_homes.size()));
    for (std::size_t i = 0; i < m_homes.size(); ++i) {
        asio::post(m_pool.at(i), [this, i, &done] {
            if (i == 0) {
                for (const auto& acceptor : m_acceptors) {
                    asio::error_code ignored;
                    acceptor->close(ignored);
                }
            }
            m_homes[i]->closeAll();
            done.count_down();
        });
    }
    while (m_pool.threads() == Threads::kNone && m_pool.runOne()) {
    }
    done.wait();
}

}  // namespace weir::server
