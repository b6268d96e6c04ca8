// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "app/cluster/remote/tls_client.h"
#include "broker/base/bytes.h"

namespace weir::app {

/// Wakes every wait of one cluster's sockets for good. Any thread.
class WireStop {
public:
    WireStop();
    ~WireStop();
    WireStop(const WireStop&) = delete;
    WireStop& operator=(const WireStop&) = delete;
    void stop();
    [[nodiscard]] bool isStopped() const { return m_isStopped; }
    /// True if stopped within that time.
    [[nodiscard]] bool waitFor(int milliseconds) const;
    /// Readable once stopped.
    [[nodiscard]] int handle() const { return m_pipe[0]; }

private:
    int m_pipe[2] = {-1, -1};
    std::atomic<bool> m_isStopped{false};
};

/// One connection, plain or TLS, whose calls block until done, late, or stopped. One thread at a time.
class WireSocket {
public:
    using Deadline = std::chrono::steady_clock::time_point;
    /// `tls` may be nullptr: plain. Tries every address of the name.
    static LinkResult<std::unique_ptr<WireSocket>> connect(const HostPort& to, const TlsClient* tls,
                                                           const WireStop& stop, Deadline until);
    WireSocket(int handle, const HostPort& to, const WireStop& stop) : m_handle(handle), m_to(to), m_stop(stop) {}
    ~WireSocket();
    WireSocket(const WireSocket&) = delete;
    WireSocket& operator=(const WireSocket&) = delete;

    LinkResult<void> send(ByteView bytes, Deadline until);
    /// Fills `into` whole.
    LinkResult<void> receive(MutableByteView into, Deadline until);
    /// Nothing is under way and the other side has not closed.
    [[nodiscard]] bool isIdle() const;

private:
    LinkResult<void> handshake(const TlsClient& tls, Deadline until);
    LinkResult<void> wait(short events, Deadline until) const;
    LinkResult<std::size_t> receiveSome(MutableByteView into, Deadline until);
    [[nodiscard]] LinkError closed() const;

    int m_handle;
    HostPort m_to;
    const WireStop& m_stop;
    ssl_st* m_tls = nullptr;
};

}  // namespace weir::app
