// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "broker/server/net/out_frame.h"

namespace weir::server {

class Connection;

/// The duty to answer one request, exactly once, now or later, from any thread. A responder that goes away unanswered
/// closes its connection, because a client would otherwise wait for ever. Answering a connection that is gone does
/// nothing.
class Responder {
public:
    Responder(std::shared_ptr<Connection> connection, std::uint64_t request)
        : m_connection(std::move(connection)), m_request(request) {}
    Responder(Responder&&) noexcept = default;
    Responder& operator=(Responder&&) noexcept = default;
    Responder(const Responder&) = delete;
    Responder& operator=(const Responder&) = delete;
    ~Responder();

    void send(OutFrame frame);
    /// The request has no answer (produce with acks=0); the connection goes on.
    void sendNothing();
    /// The last answer: the connection is closed when it has left. `why` goes to the log as with `close`.
    void sendLast(OutFrame frame, std::string why);
    /// Takes no further request until so long after the answer (KIP-219). Before the answer.
    void rest(std::chrono::milliseconds pause) { m_pause = std::max(m_pause, pause); }
    /// Hangs up; `why` goes to the log, rate-limited, when not empty.
    void close(std::string why);
    /// The request's bytes are not needed any more and what it does is in order: the connection takes the next one
    /// while this one waits; its answer leaves in its turn all the same. On the connection's thread, before the answer.
    void letGo();
    /// Runs `task` on the connection's thread. Only before the answer.
    void post(std::function<void()> task);

private:
    std::shared_ptr<Connection> m_connection;
    std::uint64_t m_request;
    std::chrono::milliseconds m_pause{0};
};

}  // namespace weir::server
