// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/broker/server/hostile_crowd.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <stdexcept>
#include <utility>

#include "tests/support/loopback.h"

namespace weir::testing {

namespace {

constexpr std::size_t kManySends = 64;
constexpr int kSmallBuffer = 32 << 10;
constexpr int kBacklog = 1024;
constexpr int kSinkLooksEveryMs = 100;

}  // namespace

HostileCrowd::HostileCrowd(std::uint16_t port, std::vector<Rudeness> kinds, std::size_t count, Pace pace)
    : m_port(port),
      m_kinds(std::move(kinds)),
      m_pace(pace),
      m_all(count),
      m_cutOff(m_kinds.size()),
      m_neverCutOff(count),
      m_thread([this] { run(); }) {}

HostileCrowd::~HostileCrowd() {
    m_isOver = true;
    m_thread.join();
    for (One& one : m_all) {
        leave(one, false);
    }
}

void HostileCrowd::waitForAll() {
    m_isComplete.wait(false);
}

void HostileCrowd::run() {
    for (std::size_t i = 0; i < m_all.size() && !m_isOver; ++i) {
        m_all[i].kind = i % m_kinds.size();
        connect(m_all[i]);
        act(m_all[i]);
    }
    m_isComplete = true;
    m_isComplete.notify_all();
    while (!m_isOver) {
        comeBack();
        for (One& one : m_all) {
            act(one);
        }
        // The crowd's own rhythm, not a wait for anything: bytes that trickle are what it is about.
        ::poll(nullptr, 0, static_cast<int>(m_pace.round.count()));
    }
}

void HostileCrowd::comeBack() {
    std::size_t left = m_pace.comebacksInARound;
    for (std::size_t i = 0; i < m_all.size() && left > 0; ++i) {
        One& one = m_all[m_turn++ % m_all.size()];
        if (one.socket < 0) {
            --left;
            ++m_comebacks;
            connect(one);
        }
    }
}

void HostileCrowd::connect(One& one) {
    one.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    one.sent = 0;
    ::setsockopt(one.socket, SOL_SOCKET, SO_RCVBUF, &kSmallBuffer, sizeof kSmallBuffer);
    if (one.socket >= 0 && !test::connectSocket(one.socket, m_port)) {
        ::close(std::exchange(one.socket, -1));
    }
}

void HostileCrowd::act(One& one) {
    if (one.socket < 0) {
        return;
    }
    const Rudeness& kind = m_kinds[one.kind];
    if (!isAlive(one, !kind.isDeaf)) {
        leave(one, true);
        return;
    }
    const std::size_t all = kind.first.size() + kind.trickle.size();
    for (std::size_t sends = 0; sends < kManySends && one.sent < all; ++sends) {
        const bool isFirst = one.sent < kind.first.size();
        const ByteView next = isFirst ? ByteView(kind.first).subspan(one.sent)
                                      : ByteView(kind.trickle).subspan(one.sent - kind.first.size(), 1);
        const ssize_t sent = ::send(one.socket, next.data(), next.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) {
            leave(one, true);
            return;
        }
        if (sent <= 0 || !isFirst) {
            one.sent += sent > 0 ? static_cast<std::size_t>(sent) : 0;
            break;
        }
        one.sent += static_cast<std::size_t>(sent);
    }
    if (kind.isRestless && one.sent >= all) {
        leave(one, false);
    }
}

bool HostileCrowd::isAlive(const One& one, bool mayRead) {
    std::byte some[4096];
    const int flags = MSG_DONTWAIT | (mayRead ? 0 : MSG_PEEK);
    const ssize_t got = ::recv(one.socket, some, sizeof some, flags);
    return got > 0 || (got < 0 && errno == EAGAIN);
}

void HostileCrowd::leave(One& one, bool byServer) {
    if (one.socket < 0) {
        return;
    }
    const linger hard{1, 0};
    ::setsockopt(one.socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::close(std::exchange(one.socket, -1));
    if (byServer) {
        ++m_cutOff[one.kind];
        if (!std::exchange(one.wasCutOff, true)) {
            --m_neverCutOff;
        }
    }
}

HostileSink::HostileSink(std::chrono::milliseconds patience) : m_patience(patience) {
    const test::BoundSocket bound = test::listenOnAnyPort(kBacklog, SOCK_NONBLOCK);
    if (bound.socket < 0) {
        throw std::runtime_error("the sink cannot listen");
    }
    m_listener = bound.socket;
    m_port = bound.port;
    m_thread = std::thread([this] { run(); });
}

HostileSink::~HostileSink() {
    m_isOver = true;
    m_thread.join();
    ::close(m_listener);
}

void HostileSink::run() {
    struct Held {
        std::chrono::steady_clock::time_point until;
        int socket;
    };
    std::deque<Held> held;
    while (!m_isOver) {
        pollfd listening{m_listener, POLLIN, 0};
        ::poll(&listening, 1, kSinkLooksEveryMs);
        const auto now = std::chrono::steady_clock::now();
        for (int socket = 0; (socket = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
            held.push_back({now + m_patience, socket});
        }
        for (; !held.empty() && held.front().until <= now; held.pop_front()) {
            ::close(held.front().socket);
        }
    }
    for (const Held& each : held) {
        ::close(each.socket);
    }
}

}  // namespace weir::testing
