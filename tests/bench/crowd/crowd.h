// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/headers.h"

namespace weir::bench {

using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& why);

/// One connection of a Crowd. Questions may be asked while others are open; answers come in that order.
class Peer {
public:
    explicit Peer(int socket) : m_socket(socket) {}
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    /// `answered(const Response&)` runs on the crowd's thread; views in the answer live as long as that call.
    template <class Response, class Request, class Answered>
    void ask(const Request& request, std::int16_t version, Answered answered) {
        const auto frame =
            protocol::encodeRequestFrame(request, protocol::ApiVersion(version), protocol::CorrelationId(0), "crowd");
        if (!frame) {
            fail(frame.error().message);
        }
        m_open.push_back([version, answered = std::move(answered)](ByteView answer) {
            const auto header =
                protocol::decodeResponseHeader(answer, Response::kApiKey, protocol::ApiVersion(version));
            if (!header) {
                fail(header.error().message);
            }
            const auto response = protocol::decode<Response>(header->body, protocol::ApiVersion(version),
                                                             protocol::TrailingBytes::kRefuse);
            if (!response) {
                fail(response.error().message);
            }
            answered(*response);
        });
        send(frame->flat());
    }

private:
    friend class Crowd;
    void send(ByteView bytes);
    void flush();
    /// False when nothing is left for now.
    bool receive();

    int m_socket;
    Bytes m_out;
    std::size_t m_sent = 0;
    Bytes m_in;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    std::deque<std::function<void(ByteView)>> m_open;
};

/// Thousands of Kafka connections on one thread: what clients of their own threads cannot show on a small machine,
/// because they would use it up themselves. Made of our own codec; everything that goes wrong ends the program.
class Crowd {
public:
    Crowd(std::uint16_t port, std::size_t size);
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    [[nodiscard]] Peer& operator[](std::size_t i) { return *m_peers[i]; }
    [[nodiscard]] std::size_t size() const { return m_peers.size(); }

    /// Serves answers until `done` holds; ends the program when that takes longer than `patience`.
    void runUntil(const std::function<bool()>& done, std::chrono::seconds patience);
    /// Serves answers for that long; calls `tick(n)` when n/rate seconds have passed, n = 0, 1, 2, … (rate > 0), late
    /// ones at once.
    void runFor(std::chrono::duration<double> time, double rate,
                const std::function<void(std::int64_t, SteadyClock::time_point)>& tick);

    /// Asks on the first connection and waits.
    template <class Response, class Request>
    void call(const Request& request, std::int16_t version, const std::function<void(const Response&)>& answered) {
        bool done = false;
        m_peers[0]->ask<Response>(request, version, [&](const Response& response) {
            answered(response);
            done = true;
        });
        runUntil([&] { return done; }, std::chrono::seconds(120));
    }

private:
    void turn(int timeoutMs);

    int m_epoll = -1;
    int m_timer = -1;
    std::vector<std::unique_ptr<Peer>> m_peers;
};

}  // namespace weir::bench
