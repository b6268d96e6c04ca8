// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <asio/redirect_error.hpp>

#include "broker/server/net/connection.h"

/// What a connection does differently behind TLS: bytes pass through the session on their way, and nothing else
/// changes.
namespace weir::server {

namespace {

/// What is taken from the socket, and what is encrypted, at a time.
constexpr std::size_t kPull = std::size_t{64} << 10;
constexpr std::size_t kPush = std::size_t{128} << 10;

}  // namespace

std::size_t Connection::decrypt(const std::array<asio::mutable_buffer, 2>& buffers) {
    std::size_t total = 0;
    for (const asio::mutable_buffer& buffer : buffers) {
        std::size_t at = 0;
        while (at < buffer.size()) {
            const std::size_t got = m_tls->read({static_cast<std::byte*>(buffer.data()) + at, buffer.size() - at});
            if (got == 0) {
                return total + at;
            }
            at += got;
        }
        total += at;
    }
    return total;
}

void Connection::pullCiphertext(asio::error_code& error) {
    std::array<std::byte, kPull> bytes;
    const std::size_t got = m_socket.read_some(asio::buffer(bytes), error);
    if (error == asio::error::would_block) {
        error = {};
    }
    m_tls->feed(ByteView(bytes).first(got));
}

/// After the handshake: who is it? False where no rule of ssl.principal.mapping.rules fits its certificate.
bool Connection::admit() {
    if (m_peer->login() != nullptr || m_peer->isKnown() || !m_tls->isEstablished()) {
        return true;
    }
    std::string name = m_tls->principalName();
    if (name.empty()) {
        complain("no rule of ssl.principal.mapping.rules fits its certificate");
        return false;
    }
    m_peer->setPrincipal({"User", std::move(name), false});
    m_peer->setKnown();
    return true;
}

Task<std::size_t> Connection::readTls(std::array<asio::mutable_buffer, 2> buffers, asio::error_code& error) {
    while (true) {
        const std::size_t got = decrypt(buffers);
        // Handshake messages and alerts.
        co_await sendCiphertext();
        if (m_closed || !admit()) {
            error = asio::error::eof;
            co_return 0;
        }
        if (got != 0) {
            co_return got;
        }
        if (m_tls->isOver()) {
            complain(m_tls->failure().empty() ? std::string() : "TLS: " + m_tls->failure());
            error = asio::error::eof;
            co_return 0;
        }
        if (hasAnswer()) {
            error = asio::error::operation_aborted;
            co_return 0;
        }
        m_isReading = true;
        co_await m_socket.async_wait(Socket::wait_read, asio::redirect_error(kUseAwaitable, error));
        m_isReading = false;
        if (!error) {
            pullCiphertext(error);
        }
        if (error) {
            co_return 0;
        }
    }
}

Task<> Connection::flushTls() {
    std::size_t waiting = 0;
    for (const OutFrame& frame : m_out) {
        for (const ByteView& piece : frame.pieces()) {
            for (std::size_t at = 0; at < piece.size() && !m_closed; at += kPush) {
                const ByteView part = piece.subspan(at, std::min(kPush, piece.size() - at));
                m_tls->write(part);
                m_peer->noteBytesOut(part.size());
                waiting += part.size();
                if (waiting >= kPush) {
                    co_await sendCiphertext();
                    waiting = 0;
                }
            }
        }
    }
    if (!m_out.empty()) {
        co_await sendCiphertext();
    }
    m_out.clear();
    m_outBytes = 0;
    m_unread.release();
}

Task<> Connection::sendCiphertext() {
    ByteView rest = m_tls->output();
    while (!rest.empty() && !m_closed) {
        asio::error_code error;
        std::size_t sent = m_socket.write_some(asio::buffer(rest.data(), rest.size()), error);
        if (error == asio::error::would_block) {
            beginWaitingForReader();
            sent = co_await m_socket.async_write_some(asio::buffer(rest.data(), rest.size()),
                                                      asio::redirect_error(kUseAwaitable, error));
            m_unreadSince.reset();
        }
        if (error) {
            closeNow();
            break;
        }
        rest = rest.subspan(sent);
    }
}

}  // namespace weir::server
