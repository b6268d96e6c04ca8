// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <asio/awaitable.hpp>
#include <asio/basic_stream_socket.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>

namespace weir::server {

/// asio's types bound to the one executor we use: the type-erased default costs an indirection per operation.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using SteadyTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
template <class T = void>
using Task = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> kUseAwaitable{};

/// What keeps one client from harming the others.
struct NetLimits {
    /// socket.request.max.bytes
    std::size_t maxFrameBytes = 104'857'600;
    /// queued.max.request.bytes, here never unbounded
    std::size_t maxBytesInFlight = std::size_t{256} << 20;
    /// max.connections
    std::size_t maxConnections = 20'000;
    /// connections.max.idle.ms
    std::chrono::milliseconds idle{600'000};
    /// How long a begun frame may take to arrive, plus a second for each MiB of it. Looked at every fifth of it, so
    /// that a client that sends byte by byte is gone within 30 s.
    std::chrono::milliseconds frameDeadline{25'000};
    /// While memory is short: how long a large request may hardly arrive, and an answer lie unread, before its
    /// connection is closed.
    std::chrono::milliseconds patienceWhenShort{2'000};
};

}  // namespace weir::server
