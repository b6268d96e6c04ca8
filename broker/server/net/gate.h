// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <asio/async_result.hpp>
#include <asio/post.hpp>
#include <optional>
#include <utility>

#include "broker/server/net/net_types.h"

namespace weir::server {

/// Where one coroutine of a net thread waits until it is let through. It is kept here and not in a queue of asio's, so
/// that waiting needs no memory: asio cannot say that there is none to a coroutine that is about to wait, and ends the
/// process instead. Only on that net thread.
///
/// The coroutine that waits here usually owns what owns the gate: whoever gives it up opens the gate.
class Gate {
public:
    explicit Gate(Executor executor) : m_executor(std::move(executor)) {}

    /// Until the next `open`; what was opened before does not count.
    Task<> wait() {
        return asio::async_initiate<const asio::use_awaitable_t<Executor>&, void()>(
            [this](Waiter&& waiter) { m_waiter.emplace(std::move(waiter)); }, kUseAwaitable);
    }
    /// Lets the waiter go on, soon.
    void open() {
        if (m_waiter) {
            Waiter waiter = std::move(*m_waiter);
            m_waiter.reset();
            asio::post(m_executor, std::move(waiter));
        }
    }

private:
    using Waiter = asio::async_result<asio::use_awaitable_t<Executor>, void()>::handler_type;

    Executor m_executor;
    std::optional<Waiter> m_waiter;
};

}  // namespace weir::server
