// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/config/config_def.h"
#include "broker/security/principal_rules.h"

struct ssl_ctx_st;
struct ssl_st;

namespace weir::security {

enum class ClientAuth { kNone, kRequested, kRequired };

/// What TLS of one listener is made of, by Kafka's ssl.* settings. Contents, not names of files.
struct TlsSettings {
    /// The server's certificates and key: PEM texts, or one PKCS#12 file.
    std::string certificateChain;
    std::string privateKey;
    std::string keyPassword;
    /// Whom clients' certificates must come from; empty trusts nobody.
    std::string trusted;
    std::string trustPassword;
    ClientAuth clientAuth = ClientAuth::kNone;
    bool allowTls12 = true;
    bool allowTls13 = true;
    /// OpenSSL's or IANA's names; empty takes OpenSSL's choice.
    std::vector<std::string> cipherSuites;
    PrincipalRules principalRules;
};

class TlsSession;

/// The certificates and rules of one listener. Immutable, thread safe.
class TlsContext {
public:
    static Result<std::shared_ptr<const TlsContext>, config::ConfigError> make(TlsSettings settings);
    ~TlsContext();

    [[nodiscard]] std::unique_ptr<TlsSession> accept() const;

private:
    friend class TlsSession;
    TlsContext(ssl_ctx_st* context, PrincipalRules rules);

    ssl_ctx_st* m_context;
    PrincipalRules m_rules;
};

/// The server's end of one encrypted connection, without a socket: ciphertext is put in and taken out by the owner.
/// One thread.
class TlsSession {
public:
    TlsSession(const TlsContext& context, ssl_st* session);
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    /// What came from the client.
    void feed(ByteView ciphertext);
    /// Decrypted bytes into `into`; 0 when more ciphertext is needed or the session is over. Runs the handshake.
    std::size_t read(MutableByteView into);
    /// Encrypts all of `plaintext`.
    void write(ByteView plaintext);
    /// What must go to the client; empty when there is nothing. Valid until the next call of anything here.
    ByteView output();

    [[nodiscard]] bool isEstablished() const;
    /// The client ended it, or broke it.
    [[nodiscard]] bool isOver() const { return m_isOver; }
    /// Why it broke, for the log; empty when it did not.
    [[nodiscard]] const std::string& failure() const { return m_failure; }
    /// By the client's certificate; ANONYMOUS without one. Once established.
    [[nodiscard]] std::string principalName() const;

private:
    void judge(int result);

    const PrincipalRules& m_rules;
    ssl_st* m_session;
    Bytes m_out;
    bool m_isOver = false;
    std::string m_failure;
};

}  // namespace weir::security
