// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/crowd/crowd.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/support/loopback.h"

namespace weir::bench {

namespace {

constexpr std::size_t kReadAtLeast = 4096;

int connectOrFail(std::uint16_t port) {
    const int s = test::connectTo(port);
    if (s < 0) {
        fail(std::string("connect: ") + std::strerror(errno));
    }
    const int one = 1;
    ::setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return s;
}

}  // namespace

void fail(const std::string& why) {
    std::fprintf(stderr, "bench_crowd: %s\n", why.c_str());
    std::exit(1);
}

Peer::~Peer() {
    ::close(m_socket);
}

void Peer::send(ByteView bytes) {
    m_out.insert(m_out.end(), bytes.begin(), bytes.end());
    flush();
}

void Peer::flush() {
    while (m_sent < m_out.size()) {
        const auto n = ::send(m_socket, m_out.data() + m_sent, m_out.size() - m_sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EAGAIN) {
                return;
            }
            fail(std::string("send: ") + std::strerror(errno));
        }
        m_sent += static_cast<std::size_t>(n);
    }
    m_out.clear();
    m_sent = 0;
}

bool Peer::receive() {
    if (m_begin == m_end) {
        m_begin = m_end = 0;
    }
    if (m_in.size() - m_end < kReadAtLeast) {
        std::memmove(m_in.data(), m_in.data() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
        m_in.resize(std::max(m_in.size(), 2 * (m_end + kReadAtLeast)));
    }
    const auto n = ::recv(m_socket, m_in.data() + m_end, m_in.size() - m_end, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) {
        return false;
    }
    if (n <= 0) {
        fail(n == 0 ? "the broker closed a connection" : std::string("receive: ") + std::strerror(errno));
    }
    m_end += static_cast<std::size_t>(n);
    const bool more = m_end == m_in.size();
    while (m_end - m_begin >= 4) {
        const auto size = loadBigEndian<std::uint32_t>(m_in.data() + m_begin);
        if (m_end - m_begin - 4 < size) {
            break;
        }
        if (m_open.empty()) {
            fail("an answer to nothing");
        }
        const auto answered = std::move(m_open.front());
        m_open.pop_front();
        const ByteView frame(m_in.data() + m_begin + 4, size);
        m_begin += 4 + size;
        answered(frame);
    }
    return more;
}

Crowd::Crowd(std::uint16_t port, std::size_t size) : m_epoll(::epoll_create1(EPOLL_CLOEXEC)) {
    m_timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = nullptr;
    ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_timer, &event);
    m_peers.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
        m_peers.push_back(std::make_unique<Peer>(connectOrFail(port)));
        event.events = EPOLLIN | EPOLLOUT | EPOLLET;
        event.data.ptr = m_peers.back().get();
        ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_peers.back()->m_socket, &event);
    }
}

Crowd::~Crowd() {
    ::close(m_timer);
    ::close(m_epoll);
}

void Crowd::turn(int timeoutMs) {
    std::array<epoll_event, 256> events{};
    const int n = ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), timeoutMs);
    for (int i = 0; i < n; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        auto* peer = static_cast<Peer*>(event.data.ptr);
        if (peer == nullptr) {
            std::uint64_t expirations = 0;
            static_cast<void>(::read(m_timer, &expirations, sizeof expirations));
            continue;
        }
        if ((event.events & EPOLLOUT) != 0) {
            peer->flush();
        }
        if ((event.events & EPOLLIN) != 0) {
            // Edge triggered: until nothing is left.
            while (peer->receive()) {
            }
        }
    }
}

void Crowd::runUntil(const std::function<bool()>& done, std::chrono::seconds patience) {
    const auto until = SteadyClock::now() + patience;
    while (!done()) {
        if (SteadyClock::now() > until) {
            fail("took longer than " + std::to_string(patience.count()) + " s");
        }
        turn(100);
    }
}

void Crowd::runFor(std::chrono::duration<double> time, double rate,
                   const std::function<void(std::int64_t, SteadyClock::time_point)>& tick) {
    const auto start = SteadyClock::now();
    const auto end = start + std::chrono::duration_cast<SteadyClock::duration>(time);
    const auto at = [&](std::int64_t n) {
        return start + std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(n) * 1e9 / rate));
    };
    for (std::int64_t n = 0; SteadyClock::now() < end;) {
        for (; at(n) <= SteadyClock::now() && at(n) < end; ++n) {
            tick(n, at(n));
        }
        const auto due = std::min(at(n), end).time_since_epoch();
        itimerspec spec{};
        spec.it_value.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(due).count();
        spec.it_value.tv_nsec = (due % std::chrono::seconds(1)).count();
        ::timerfd_settime(m_timer, TFD_TIMER_ABSTIME, &spec, nullptr);
        turn(100);
    }
}

}  // namespace weir::bench
