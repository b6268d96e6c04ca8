// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::app {

struct HostPort {
    std::string host;
    std::uint16_t port = 9092;
    auto operator<=>(const HostPort&) const = default;
};
[[nodiscard]] std::string textOf(const HostPort& address);
/// By its name or number: what is asked there stays on this machine.
[[nodiscard]] bool isLoopback(const std::string& host);
/// "a:9092, b:9093,[::1]:9094"; a missing port is 9092. Parts that are no address are left out.
[[nodiscard]] std::vector<HostPort> parseBootstrap(const std::string& text);

/// Files in PEM, PKCS#12 or JKS, told by what is in them; empty names mean the system's authorities and no client
/// certificate.
struct TlsOptions {
    bool isOn = false;
    std::string caFile;
    std::string certificateFile;
    std::string keyFile;
    std::string keyPassphrase;
    /// Off only where a person said so: then any name on a trusted certificate will do.
    bool checksHostName = true;
    /// Of a trust store; a key store's is the passphrase.
    std::string caPassword = {};
    /// The system's authorities beside those of `caFile`.
    bool alsoTrustsSystem = false;
};

enum class SaslMechanism { kNone, kPlain, kScramSha256, kScramSha512, kOAuthBearer };
[[nodiscard]] const char* nameOf(SaslMechanism mechanism);

struct SaslOptions {
    SaslMechanism mechanism = SaslMechanism::kNone;
    std::string user;
    std::string password;
    /// OAUTHBEARER: the token as it was issued; empty: it is fetched with `user` as the client's id, `password` as its
    /// secret (RFC 6749, 4.4).
    std::string token;
    std::string tokenUrl = {};
    std::string scope = {};
};

/// Everything needed to reach a cluster. Holds secrets: never logged, never kept beyond the cluster that it opened.
struct RemoteOptions {
    std::string name;
    std::vector<HostPort> bootstrap;
    TlsOptions tls;
    SaslOptions sasl;
    int connectTimeoutMs = 5'000;
    int requestTimeoutMs = 10'000;
    /// No fetch asks for more, so that looking never weighs on a cluster.
    std::int32_t maxFetchBytes = 4 << 20;
    /// Bytes of records that are read in a second, over all pages and jobs; 0: as fast as they come.
    std::int64_t readBytesPerSecond = 0;
};

}  // namespace weir::app
