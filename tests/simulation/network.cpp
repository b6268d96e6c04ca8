// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/simulation/network.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "broker/base/hash.h"

namespace weir::simulation {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLengthSize = 4;
constexpr std::size_t kReadSize = std::size_t{64} << 10;
constexpr milliseconds kSocketFull{1};

}  // namespace

Link::Link(Timeline& timeline, Dice& dice, Trace& trace, int number, int socket)
    : m_timeline(timeline), m_dice(dice), m_trace(trace), m_number(number), m_socket(socket) {}

Link::~Link() {
    closeSocket();
}

void Link::closeSocket() {
    if (m_socket >= 0) {
        ::close(std::exchange(m_socket, -1));
    }
}

milliseconds Link::delay() {
    const auto usual = milliseconds(m_dice.between(0, 2));
    const auto stall = m_stalledUntil > m_timeline.now()
                           ? std::chrono::duration_cast<milliseconds>(m_stalledUntil - m_timeline.now())
                           : milliseconds(0);
    constexpr std::size_t kSeldom = 100;
    return usual + stall + milliseconds(m_dice.oneIn(kSeldom) ? m_dice.between(10, 300) : 0);
}

std::shared_ptr<Moment<Answer>> Link::submit(Bytes frame) {
    auto moment = std::make_shared<Moment<Answer>>();
    if (m_isGone) {
        moment->happen(std::nullopt);
        return moment;
    }
    m_pending.push_back(moment);
    if (!m_isBroken) {
        m_outgoing.insert(m_outgoing.end(), frame.begin(), frame.end());
        carry();
    }
    return moment;
}

/// Takes the next piece to the broker, and goes on until everything is there.
void Link::carry() {
    if (std::exchange(m_isCarrying, true)) {
        return;
    }
    m_timeline.after(delay(), [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self || self->m_socket < 0) {
            return;
        }
        self->m_isCarrying = false;
        if (self->m_outgoing.empty()) {
            return;
        }
        constexpr std::size_t kSeldom = 6;
        const std::size_t all = self->m_outgoing.size();
        const std::size_t some = self->m_dice.oneIn(kSeldom) ? 1 + self->m_dice.below(all) : all;
        const ssize_t sent = ::send(self->m_socket, self->m_outgoing.data(), some, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            const auto count = static_cast<std::size_t>(sent);
            self->m_trace.note("to broker", static_cast<std::uint64_t>(self->m_number),
                               crc32c(ByteView(self->m_outgoing).first(count)));
            self->m_outgoing.erase(self->m_outgoing.begin(), self->m_outgoing.begin() + sent);
        }
        if (!self->m_outgoing.empty() && !self->m_isBroken) {
            self->m_stalledUntil = std::max(self->m_stalledUntil, self->m_timeline.now() + kSocketFull);
            self->carry();
        }
    });
}

void Link::pump() {
    if (m_socket < 0) {
        return;
    }
    static thread_local std::array<std::byte, kReadSize> buffer;
    while (true) {
        const ssize_t got = ::recv(m_socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got < 0) {
            return;
        }
        if (got == 0) {
            m_trace.note("broker closed", static_cast<std::uint64_t>(m_number));
            drop();
            return;
        }
        const ByteView bytes = ByteView(buffer).first(static_cast<std::size_t>(got));
        m_trace.note("from broker", static_cast<std::uint64_t>(m_number), crc32c(bytes));
        if (m_isBroken) {
            continue;
        }
        m_travelling.push_back(toBytes(bytes));
        // Later bytes do not overtake earlier ones.
        m_lastArrival = std::max(m_lastArrival, m_timeline.now() + delay());
        m_timeline.after(std::chrono::duration_cast<milliseconds>(m_lastArrival - m_timeline.now()),
                         [weak = weak_from_this()] {
                             if (const auto self = weak.lock(); self && !self->m_isBroken) {
                                 const Bytes piece = std::move(self->m_travelling.front());
                                 self->m_travelling.pop_front();
                                 self->arrive(piece);
                             }
                         });
    }
}

void Link::arrive(const Bytes& bytes) {
    const auto self = shared_from_this();
    m_incoming.insert(m_incoming.end(), bytes.begin(), bytes.end());
    while (!m_isBroken && m_incoming.size() >= kLengthSize) {
        const auto length = static_cast<std::size_t>(loadBigEndian<std::int32_t>(m_incoming.data()));
        if (m_incoming.size() < kLengthSize + length) {
            return;
        }
        const auto begin = m_incoming.begin() + static_cast<std::ptrdiff_t>(kLengthSize);
        Bytes frame(begin, begin + static_cast<std::ptrdiff_t>(length));
        m_incoming.erase(m_incoming.begin(), begin + static_cast<std::ptrdiff_t>(length));
        if (m_pending.empty()) {
            m_trace.note("unasked answer");
            drop();
            return;
        }
        const auto moment = std::move(m_pending.front());
        m_pending.pop_front();
        moment->happen(std::move(frame));
    }
}

void Link::drop() {
    if (std::exchange(m_isBroken, true)) {
        return;
    }
    m_trace.note("drop", static_cast<std::uint64_t>(m_number));
    const std::size_t some = m_dice.below(m_outgoing.size() + 1);
    m_outgoing.resize(some);
    m_timeline.after(delay(), [self = shared_from_this()] {
        if (self->m_socket >= 0 && !self->m_outgoing.empty()) {
            (void)::send(self->m_socket, self->m_outgoing.data(), self->m_outgoing.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        }
        self->closeSocket();
    });
    m_timeline.after(delay(), [self = shared_from_this()] { self->breakOff(); });
}

void Link::breakOff() {
    m_isGone = true;
    while (!m_pending.empty()) {
        const auto moment = std::move(m_pending.front());
        m_pending.pop_front();
        moment->happen(std::nullopt);
    }
}

std::shared_ptr<Link> Network::connect() {
    forgetBroken();
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return nullptr;
    }
    constexpr int kFirstPort = 20'000;
    const int number = m_count++;
    if (!m_accept(ends[1], static_cast<std::uint16_t>(kFirstPort + number))) {
        ::close(ends[0]);
        ::close(ends[1]);
        return nullptr;
    }
    m_trace.note("connect", static_cast<std::uint64_t>(number));
    m_links.push_back(std::make_shared<Link>(m_timeline, m_dice, m_trace, number, ends[0]));
    return m_links.back();
}

void Network::pump() {
    for (std::size_t i = 0; i < m_links.size(); ++i) {
        m_links[i]->pump();
    }
}

void Network::disturb() {
    forgetBroken();
    if (m_links.empty()) {
        return;
    }
    const auto link = m_links[m_dice.below(m_links.size())];
    if (m_dice.oneIn(2)) {
        link->drop();
    } else {
        link->stall(std::chrono::milliseconds(m_dice.between(50, 3000)));
    }
}

std::size_t Link::waitingBytes() const {
    std::size_t sum = m_outgoing.size() + m_incoming.size();
    for (const Bytes& piece : m_travelling) {
        sum += piece.size();
    }
    return sum;
}

std::size_t Network::waitingBytes() const {
    std::size_t sum = 0;
    for (const auto& link : m_links) {
        sum += link->waitingBytes();
    }
    return sum;
}

void Network::dropAll() {
    for (std::size_t i = 0; i < m_links.size(); ++i) {
        m_links[i]->drop();
    }
}

void Network::forgetBroken() {
    // One that is broken still has to give away what is on its way: its own events keep it.
    std::erase_if(m_links, [](const auto& link) { return link->isBroken(); });
}

}  // namespace weir::simulation
