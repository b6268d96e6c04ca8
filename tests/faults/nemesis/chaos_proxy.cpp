// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/faults/nemesis/chaos_proxy.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <vector>

#include "tests/support/loopback.h"

namespace weir::nemesis {

namespace {

constexpr std::size_t kMostHeld = std::size_t{4} << 20;
constexpr int kLookEveryMs = 5;

void sendAtOnce(int socket) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

ChaosProxy::ChaosProxy() {
    const test::BoundSocket bound = test::listenOnAnyPort(128, SOCK_NONBLOCK);
    if (bound.socket < 0) {
        throw std::runtime_error("the proxy cannot listen");
    }
    m_listener = bound.socket;
    m_port = bound.port;
    m_thread = std::thread([this] { run(); });
}

ChaosProxy::~ChaosProxy() {
    m_isOver = true;
    m_thread.join();
    for (Pair& pair : m_pairs) {
        closeHard(pair);
    }
    ::close(m_listener);
}

void ChaosProxy::run() {
    while (!m_isOver) {
        if (const std::uint64_t cuts = m_cuts; cuts != m_cutsDone) {
            m_cutsDone = cuts;
            for (Pair& pair : m_pairs) {
                closeHard(pair);
            }
        }
        m_pairs.remove_if([](const Pair& pair) { return pair.isOver; });
        pollAll();
    }
}

/// Also the end of each wait for a piece that becomes due, and of a stall: it looks every few milliseconds.
int ChaosProxy::pollAll() {
    std::vector<pollfd> waiting{{m_listener, POLLIN, 0}};
    std::vector<Pair*> pairs;
    const bool isStalled = m_isStalled;
    const Time now = std::chrono::steady_clock::now();
    const auto wants = [&](const Direction& in, const Direction& out) {
        const bool mayRead = !isStalled && !in.isFinished && in.held < kMostHeld;
        const bool mayWrite = !isStalled && !out.pieces.empty() && out.pieces.front().due <= now;
        return static_cast<short>((mayRead ? POLLIN : 0) | (mayWrite ? POLLOUT : 0));
    };
    for (Pair& pair : m_pairs) {
        waiting.push_back({pair.client, wants(pair.up, pair.down), 0});
        waiting.push_back({pair.server, wants(pair.down, pair.up), 0});
        pairs.push_back(&pair);
    }
    const int ready = ::poll(waiting.data(), waiting.size(), kLookEveryMs);
    if (ready <= 0) {
        return 0;
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        Pair& pair = *pairs[i];
        const short client = waiting[1 + 2 * i].revents;
        const short server = waiting[2 + 2 * i].revents;
        if ((client & (POLLIN | POLLHUP | POLLERR)) != 0 && !isStalled) {
            receive(pair, pair.client, pair.up);
        }
        if ((server & (POLLIN | POLLHUP | POLLERR)) != 0 && !isStalled && !pair.isOver) {
            receive(pair, pair.server, pair.down);
        }
        if ((client & POLLOUT) != 0 && !pair.isOver) {
            send(pair, pair.client, pair.down);
        }
        if ((server & POLLOUT) != 0 && !pair.isOver) {
            send(pair, pair.server, pair.up);
        }
    }
    if (waiting[0].revents != 0) {
        accept();
    }
    return ready;
}

void ChaosProxy::accept() {
    const int client = ::accept4(m_listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0) {
        return;
    }
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Pair pair;
    pair.client = client;
    pair.server = server;
    // From another address of the loopback: a socket that asks for a port where nobody listens may otherwise be given
    // that very port, be connected to itself, and keep the broker from coming back.
    sockaddr_in own = test::loopbackAt(0);
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
    ::bind(server, reinterpret_cast<const sockaddr*>(&own), sizeof own);
    // On the loopback this takes no time: the broker's system answers, or refuses.
    if (!test::connectSocket(server, m_target)) {
        closeHard(pair);
        return;
    }
    sendAtOnce(client);
    sendAtOnce(server);
    ++m_connections;
    m_pairs.push_back(std::move(pair));
}

void ChaosProxy::receive(Pair& pair, int from, Direction& direction) const {
    std::array<char, 65536> buffer;
    const ssize_t got = ::recv(from, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got < 0) {
        closeHard(pair);
        return;
    }
    if (got == 0) {
        // What is still on its way to the other side is lost with it, as it is when a cable is pulled.
        direction.isFinished = true;
        if (direction.pieces.empty()) {
            closeHard(pair);
        }
        return;
    }
    const Time due = std::chrono::steady_clock::now() + std::chrono::milliseconds(m_delayMs);
    direction.pieces.push_back({due, std::string(buffer.data(), static_cast<std::size_t>(got)), 0});
    direction.held += static_cast<std::size_t>(got);
}

void ChaosProxy::send(Pair& pair, int to, Direction& direction) const {
    const Time now = std::chrono::steady_clock::now();
    while (!direction.pieces.empty() && direction.pieces.front().due <= now) {
        Piece& piece = direction.pieces.front();
        const ssize_t sent =
            ::send(to, piece.bytes.data() + piece.sent, piece.bytes.size() - piece.sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (sent < 0) {
            closeHard(pair);
            return;
        }
        piece.sent += static_cast<std::size_t>(sent);
        direction.held -= static_cast<std::size_t>(sent);
        if (piece.sent < piece.bytes.size()) {
            return;
        }
        direction.pieces.pop_front();
    }
    if (direction.isFinished && direction.pieces.empty()) {
        closeHard(pair);
    }
}

void ChaosProxy::closeHard(Pair& pair) {
    const linger hard{1, 0};
    for (int* socket : {&pair.client, &pair.server}) {
        if (*socket >= 0) {
            ::setsockopt(*socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            ::close(*socket);
            *socket = -1;
        }
    }
    pair.isOver = true;
}

}  // namespace weir::nemesis
