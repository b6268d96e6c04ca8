// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "app/cluster/remote/link_error.h"
#include "app/cluster/remote/remote_options.h"

struct ssl_ctx_st;
struct ssl_st;

namespace weir::app {

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
    /// Why a handshake with `to` ended, from what OpenSSL noted on this thread.
    [[nodiscard]] static LinkError whyNoHandshake(const ssl_st* session, const HostPort& to);
    /// Nothing: OpenSSL noted no refusal on this thread. With TLS 1.3 a server judges the client's certificate after
    /// the handshake, so that a read is what tells.
    [[nodiscard]] static std::optional<LinkError> whyRefused(const ssl_st* session, const HostPort& to);

private:
    ssl_ctx_st* m_context;
    bool m_checksHost;
};

}  // namespace weir::app
