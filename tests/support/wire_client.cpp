// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/wire_client.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace weir::testing {

WireClient::WireClient(std::uint16_t port, const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
        throw std::runtime_error("no such address: " + host);
    }
    m_socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int failed = ::connect(m_socket, found->ai_addr, found->ai_addrlen);
    ::freeaddrinfo(found);
    if (failed != 0) {
        throw std::runtime_error(std::string("cannot connect: ") + std::strerror(errno));
    }
    const int on = 1;
    ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

WireClient::~WireClient() {
    if (m_socket >= 0) {
        ::close(m_socket);
    }
}

WireClient::WireClient(WireClient&& other) noexcept
    : patience(other.patience),
      m_socket(std::exchange(other.m_socket, -1)),
      m_nextCorrelation(other.m_nextCorrelation),
      m_frame(std::move(other.m_frame)) {}

void WireClient::sendBytes(ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            throw std::runtime_error(std::string("cannot send: ") + std::strerror(errno));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
}

void WireClient::finishSending() {
    ::shutdown(m_socket, SHUT_WR);
}

void WireClient::reset() {
    const linger hard{1, 0};
    ::setsockopt(m_socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::close(std::exchange(m_socket, -1));
}

/// 0 when the server has closed.
std::size_t WireClient::receiveSome(MutableByteView into) {
    pollfd waiting{m_socket, POLLIN, 0};
    int ready = 0;
    do {
        ready = ::poll(&waiting, 1, static_cast<int>(patience.count()));
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) {
        throw std::runtime_error("no answer came in time");
    }
    const ssize_t got = ::recv(m_socket, into.data(), into.size(), 0);
    if (got < 0 && errno == ECONNRESET) {
        return 0;
    }
    if (got < 0) {
        throw std::runtime_error(std::string("cannot receive: ") + std::strerror(errno));
    }
    return static_cast<std::size_t>(got);
}

std::optional<Bytes> WireClient::receiveFrame() {
    Bytes frame(sizeof(std::int32_t));
    bool hasLength = false;
    for (std::size_t have = 0; have < frame.size();) {
        const std::size_t got = receiveSome(MutableByteView(frame).subspan(have));
        if (got == 0) {
            return std::nullopt;
        }
        have += got;
        if (have == frame.size() && !hasLength) {
            frame.assign(static_cast<std::size_t>(loadBigEndian<std::int32_t>(frame.data())), std::byte{});
            hasLength = true;
            have = 0;
        }
    }
    return frame;
}

bool WireClient::waitForClose() {
    std::byte one{};
    return receiveSome({&one, 1}) == 0;
}

}  // namespace weir::testing
