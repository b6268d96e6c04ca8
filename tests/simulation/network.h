// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/headers.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/script.h"
#include "tests/simulation/timeline.h"
#include "tests/simulation/trace.h"

namespace weir::simulation {

/// The frame that answers a request, without its length; nothing: the connection broke before.
using Answer = std::optional<Bytes>;

/// One connection between a client and the broker. The broker's end is a real socket, served as any other; what lies
/// between it and the client is simulated: bytes travel for a while, in pieces, and may be lost with the connection.
class Link : public std::enable_shared_from_this<Link> {
public:
    Link(Timeline& timeline, Dice& dice, Trace& trace, int number, int socket);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    /// Answers come in the order of the requests.
    std::shared_ptr<Moment<Answer>> submit(Bytes frame);
    [[nodiscard]] bool isBroken() const { return m_isBroken; }

    /// The connection is gone: part of what is on the way to the broker may still arrive, nothing comes back.
    void drop();
    /// Nothing moves for so long.
    void stall(std::chrono::milliseconds span) { m_stalledUntil = m_timeline.now() + span; }
    /// Takes what the broker has written.
    void pump();
    [[nodiscard]] std::size_t waitingBytes() const;

private:
    [[nodiscard]] std::chrono::milliseconds delay();
    void carry();
    void arrive(const Bytes& bytes);
    void closeSocket();
    void breakOff();

    Timeline& m_timeline;
    Dice& m_dice;
    Trace& m_trace;
    const int m_number;
    int m_socket;
    bool m_isBroken = false;
    /// The client's side has heard of it.
    bool m_isGone = false;
    bool m_isCarrying = false;
    Bytes m_outgoing;
    std::deque<Bytes> m_travelling;
    Bytes m_incoming;
    Timeline::Clock::Steady m_stalledUntil{};
    Timeline::Clock::Steady m_lastArrival{};
    std::deque<std::shared_ptr<Moment<Answer>>> m_pending;
};

/// All links to one broker.
class Network {
public:
    /// Gives the broker its end of a new connection; false: nobody listens.
    using Accept = std::function<bool(int socket, std::uint16_t port)>;

    Network(Timeline& timeline, Dice& dice, Trace& trace, Accept accept)
        : m_timeline(timeline), m_dice(dice), m_trace(trace), m_accept(std::move(accept)) {}

    /// nullptr: refused.
    std::shared_ptr<Link> connect();
    void pump();
    /// Whatever can befall connections, to one of them.
    void disturb();
    /// What the broker or clients have sent and nobody has got yet.
    [[nodiscard]] std::size_t waitingBytes() const;
    /// The broker's process is gone.
    void dropAll();

private:
    void forgetBroken();

    Timeline& m_timeline;
    Dice& m_dice;
    Trace& m_trace;
    Accept m_accept;
    int m_count = 0;
    std::vector<std::shared_ptr<Link>> m_links;
};

}  // namespace weir::simulation
