// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "app/cluster/remote/remote_options.h"
#include "broker/base/bytes.h"
#include "broker/base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace weir::app {

/// How far a connection came before it failed: what a person needs to know first.
enum class LinkStage { kResolve, kConnect, kTls, kProtocol, kLogin, kRequest, kStopped };
struct LinkError {
    LinkStage stage = LinkStage::kRequest;
    /// A sentence: what happened, to what, and what it most likely means.
    std::string message;
    bool isTimeout = false;
};
template <class T>
using LinkResult = Result<T, LinkError>;

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

/// Certificates and keys of one cluster, loaded once. Immutable, thread safe.
class TlsClient {
public:
    static LinkResult<std::shared_ptr<const TlsClient>> make(const TlsOptions& options);
    explicit TlsClient(ssl_ctx_st* context, bool checksHostName) : m_context(context), m_checksHost(checksHostName) {}
    ~TlsClient();
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;
    [[nodiscard]] ssl_ctx_st* context() const { return m_context; }
    [[nodiscard]] bool checksHostName() const { return m_checksHost; }

private:
    ssl_ctx_st* m_context;
    bool m_checksHost;
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
