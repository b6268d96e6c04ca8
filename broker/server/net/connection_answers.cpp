// SPDX-License-Identifier: GPL-3.0-or-later
// The way out: answers come from whatever thread has them, wait for those before them, and are written together.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/dispatch.hpp>
#include <asio/redirect_error.hpp>
#include <new>
#include <utility>

#include "broker/server/net/connection.h"

namespace weir::server {

namespace {

constexpr std::size_t kGatherPieces = 64;
constexpr std::size_t kWorthCounting = std::size_t{64} << 10;

}  // namespace

/// Answers that come while others are being written wait in m_due for the next round.
Task<> Connection::flush() {
    for (queueAnswers(); m_outBytes != 0 && !m_closed; queueAnswers()) {
        if (m_tls) {
            co_await flushTls();
        } else {
            co_await writeOut();
        }
    }
}

Task<> Connection::writeOut() {
    std::vector<asio::const_buffer> gather;
    std::size_t frame = 0;
    std::size_t piece = 0;
    std::size_t skip = 0;
    while (m_outBytes != 0 && !m_closed) {
        gather.clear();
        for (std::size_t f = frame, p = piece, s = skip; f < m_out.size() && gather.size() < kGatherPieces; ++f) {
            const auto& pieces = m_out[f].pieces();
            for (; p < pieces.size() && gather.size() < kGatherPieces; ++p) {
                gather.emplace_back(pieces[p].data() + s, pieces[p].size() - s);
                s = 0;
            }
            p = 0;
        }
        asio::error_code error;
        std::size_t sent = m_socket.write_some(gather, error);
        if (error == asio::error::would_block) {
            beginWaitingForReader();
            sent = co_await m_socket.async_write_some(gather, asio::redirect_error(kUseAwaitable, error));
            m_unreadSince.reset();
        }
        if (error) {
            closeNow();
            break;
        }
        m_outBytes -= sent;
        m_peer->noteBytesOut(sent);
        for (skip += sent; frame < m_out.size() && skip >= m_out[frame].pieces()[piece].size();) {
            skip -= m_out[frame].pieces()[piece].size();
            if (++piece == m_out[frame].pieces().size()) {
                piece = 0;
                ++frame;
            }
        }
    }
    m_out.clear();
    m_outBytes = 0;
    m_unread.release();
}

/// What lies here because the client does not read it counts as memory that is taken.
void Connection::beginWaitingForReader() {
    m_unreadSince = m_context.clock.steadyNow();
    setDeadline(*m_unreadSince + m_context.limits.idle);
    if (m_unread.bytes() != 0) {
        return;
    }
    std::size_t unpaid = 0;
    for (const OutFrame& frame : m_out) {
        unpaid += frame.unpaid();
    }
    if (unpaid >= kWorthCounting) {
        m_unread = m_context.budget.owe(unpaid);
    }
}

void Connection::complete(std::uint64_t request, Completion done) {
    if (!m_socket.get_executor().running_in_this_thread()) {
        try {
            auto shared = std::make_shared<Completion>(std::move(done));
            post([this, request, shared] { complete(request, std::move(*shared)); });
        } catch (const std::bad_alloc&) {
            m_isLost = true;
        }
        return;
    }
    Due* const due = findDue(request);
    if (m_closed || due == nullptr || due->done) {
        return;
    }
    m_isLast = m_isLast || done.isLast;
    due->done = std::move(done);
    m_mayGoOn = m_mayGoOn || request == m_request;
    wake();
}

void Connection::letGo(std::uint64_t request) {
    if (request == m_request && !m_mayGoOn) {
        m_mayGoOn = true;
        wake();
    }
}

Connection::Due* Connection::findDue(std::uint64_t request) {
    const std::uint64_t back = m_request - request;
    return back < m_due.size() ? &m_due[m_due.size() - 1 - back] : nullptr;
}

void Connection::queueAnswers() {
    for (; hasAnswer(); m_due.pop_front()) {
        Completion& done = *m_due.front().done;
        if (done.frame && done.frame->size() != 0) {
            m_outBytes += done.frame->size();
            m_out.push_back(std::move(*done.frame));
        }
        m_pause = std::max(m_pause, done.pause);
    }
}

void Connection::complain(const std::string& why) {
    if (!why.empty()) {
        m_context.strangers.warn(fmt::format("closed {}: {}", m_peer->remoteAddress(), why));
    }
}

void Connection::refuse(std::uint64_t request, std::string why) {
    try {
        complain(why);
        asio::dispatch(m_socket.get_executor(), [self = shared_from_this(), request] {
            if (const Due* due = self->findDue(request); due != nullptr && !due->done) {
                self->closeNow();
            }
        });
    } catch (const std::bad_alloc&) {
        m_isLost = true;
    }
}

Responder::~Responder() {
    if (m_connection) {
        close({});
    }
}

void Responder::send(OutFrame frame) {
    std::exchange(m_connection, nullptr)->complete(m_request, {std::move(frame), false, m_pause});
}

void Responder::sendLast(OutFrame frame, std::string why) {
    const auto connection = std::exchange(m_connection, nullptr);
    connection->complain(why);
    connection->complete(m_request, {std::move(frame), true, {}});
}

void Responder::sendNothing() {
    std::exchange(m_connection, nullptr)->complete(m_request, {std::nullopt, false, m_pause});
}

void Responder::letGo() {
    m_connection->letGo(m_request);
}

void Responder::post(std::function<void()> task) {
    m_connection->post(std::move(task));
}

void Responder::close(std::string why) {
    std::exchange(m_connection, nullptr)->refuse(m_request, std::move(why));
}

}  // namespace weir::server
