// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

/// Plain sockets on this machine's loopback, for tests that need a peer with manners of its own. Who gets a socket
/// closes it.
namespace weir::test {

inline sockaddr_in loopbackAt(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// False with errno set.
inline bool connectSocket(int socket, std::uint16_t port) {
    const sockaddr_in address = loopbackAt(port);
    return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// -1 with errno set when nobody listens there.
inline int connectTo(std::uint16_t port) {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made >= 0 && !connectSocket(made, port)) {
        ::close(made);
        return -1;
    }
    return made;
}

struct BoundSocket {
    /// -1 when the system refused one.
    int socket = -1;
    std::uint16_t port = 0;
};

/// A socket with a port that was free.
inline BoundSocket bindAnyPort(int flags = 0) {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    sockaddr_in address = loopbackAt(0);
    socklen_t size = sizeof address;
    if (::bind(made, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::getsockname(made, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        ::close(made);
        return {};
    }
    return {made, ntohs(address.sin_port)};
}

/// The same, listening. `flags`: SOCK_NONBLOCK.
inline BoundSocket listenOnAnyPort(int backlog, int flags = 0) {
    const BoundSocket bound = bindAnyPort(flags);
    if (bound.socket >= 0 && ::listen(bound.socket, backlog) != 0) {
        ::close(bound.socket);
        return {};
    }
    return bound;
}

}  // namespace weir::test
