// SPDX-License-Identifier: GPL-3.0-or-later
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <utility>

#include "broker/security/tls.h"

/// From settings to OpenSSL's context.
namespace weir::security {

namespace {

template <auto kFree>
struct Free {
    template <class T>
    void operator()(T* object) const {
        kFree(object);
    }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Pkcs12 = std::unique_ptr<PKCS12, Free<PKCS12_free>>;

void freeStack(STACK_OF(X509) * stack) {
    sk_X509_pop_free(stack, X509_free);
}
using Certificates = std::unique_ptr<STACK_OF(X509), Free<freeStack>>;

Failure<config::ConfigError> bad(std::string sentence) {
    ERR_clear_error();
    return fail(config::ConfigErrc::kInvalidValue, std::move(sentence));
}

bool isPem(const std::string& text) {
    return text.find("-----BEGIN") != std::string::npos;
}

Bio bioOf(const std::string& text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Never asks at the terminal: without the right password the key cannot be read, and that is that.
int givePassword(char* into, int size, int /*forWriting*/, void* password) {
    const auto& text = *static_cast<const std::string*>(password);
    const auto length = std::min(text.size(), static_cast<std::size_t>(size));
    std::copy_n(text.data(), length, into);
    return static_cast<int>(length);
}

struct Identity {
    Key key;
    std::vector<Certificate> chain;
};

std::vector<Certificate> readCertificates(const std::string& pem) {
    std::vector<Certificate> read;
    const Bio bio = bioOf(pem);
    while (Certificate each{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
        read.push_back(std::move(each));
    }
    ERR_clear_error();
    return read;
}

Pkcs12 readPkcs12(const std::string& bytes) {
    const Bio bio = bioOf(bytes);
    return Pkcs12(d2i_PKCS12_bio(bio.get(), nullptr));
}

Result<Identity, config::ConfigError> readIdentity(TlsSettings& settings) {
    Identity identity;
    if (isPem(settings.certificateChain)) {
        identity.chain = readCertificates(settings.certificateChain);
        const std::string& keyText = settings.privateKey.empty() ? settings.certificateChain : settings.privateKey;
        const Bio bio = bioOf(keyText);
        identity.key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, &givePassword, &settings.keyPassword));
        if (!identity.key) {
            return bad("The private key of the TLS key store cannot be read; is ssl.key.password right?");
        }
    } else {
        const Pkcs12 store = readPkcs12(settings.certificateChain);
        if (!store) {
            return bad(
                "The TLS key store is neither PEM nor PKCS12. A JKS store is converted by \"keytool -importkeystore "
                "-deststoretype PKCS12\".");
        }
        EVP_PKEY* key = nullptr;
        X509* certificate = nullptr;
        STACK_OF(X509)* others = nullptr;
        if (PKCS12_parse(store.get(), settings.keyPassword.c_str(), &key, &certificate, &others) != 1) {
            return bad("The TLS key store cannot be opened; is ssl.keystore.password right?");
        }
        identity.key.reset(key);
        const Certificates rest(others);
        if (certificate != nullptr) {
            identity.chain.emplace_back(certificate);
        }
        while (rest && sk_X509_num(rest.get()) > 0) {
            identity.chain.emplace_back(sk_X509_shift(rest.get()));
        }
    }
    if (!identity.key || identity.chain.empty()) {
        return bad("The TLS key store has no private key with a certificate.");
    }
    return identity;
}

Result<std::vector<Certificate>, config::ConfigError> readTrusted(const TlsSettings& settings) {
    std::vector<Certificate> trusted;
    if (isPem(settings.trusted)) {
        trusted = readCertificates(settings.trusted);
    } else if (const Pkcs12 store = readPkcs12(settings.trusted)) {
        EVP_PKEY* key = nullptr;
        X509* certificate = nullptr;
        STACK_OF(X509)* others = nullptr;
        if (PKCS12_parse(store.get(), settings.trustPassword.c_str(), &key, &certificate, &others) != 1) {
            return bad("The TLS trust store cannot be opened; is ssl.truststore.password right?");
        }
        const Key unused(key);
        const Certificates rest(others);
        if (certificate != nullptr) {
            trusted.emplace_back(certificate);
        }
        while (rest && sk_X509_num(rest.get()) > 0) {
            trusted.emplace_back(sk_X509_shift(rest.get()));
        }
    }
    if (trusted.empty()) {
        return bad("The TLS trust store has no certificate in PEM or PKCS12.");
    }
    return trusted;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ":") + name;
    }
    return text;
}

/// TLS 1.3 suites and older ones are set apart; a list may name both.
bool setCiphers(SSL_CTX* context, const std::vector<std::string>& suites) {
    std::vector<std::string> modern;
    std::vector<std::string> classic;
    for (const std::string& suite : suites) {
        const bool isModern = suite.starts_with("TLS_AES_") || suite.starts_with("TLS_CHACHA20_");
        (isModern ? modern : classic).push_back(suite);
    }
    const bool modernSet = modern.empty() || SSL_CTX_set_ciphersuites(context, joined(modern).c_str()) == 1;
    return modernSet && (classic.empty() || SSL_CTX_set_cipher_list(context, joined(classic).c_str()) == 1);
}

}  // namespace

TlsContext::TlsContext(ssl_ctx_st* context, PrincipalRules rules) : m_context(context), m_rules(std::move(rules)) {}

TlsContext::~TlsContext() {
    SSL_CTX_free(m_context);
}

Result<std::shared_ptr<const TlsContext>, config::ConfigError> TlsContext::make(TlsSettings settings) {
    auto identity = readIdentity(settings);
    if (!identity) {
        return fail(identity.error());
    }
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    WEIR_ASSERT(context != nullptr);
    std::shared_ptr<TlsContext> made(new TlsContext(context, std::move(settings.principalRules)));
    SSL_CTX_set_min_proto_version(context, settings.allowTls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
    SSL_CTX_set_max_proto_version(context, settings.allowTls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    static constexpr unsigned char kSessionContext[] = "weir";
    SSL_CTX_set_session_id_context(context, kSessionContext, sizeof kSessionContext - 1);
    if (SSL_CTX_use_certificate(context, identity->chain.front().get()) != 1 ||
        SSL_CTX_use_PrivateKey(context, identity->key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
        return bad("The private key of the TLS key store does not belong to its first certificate.");
    }
    for (std::size_t i = 1; i < identity->chain.size(); ++i) {
        SSL_CTX_add1_chain_cert(context, identity->chain[i].get());
    }
    if (settings.clientAuth != ClientAuth::kNone) {
        const auto trusted = readTrusted(settings);
        if (!trusted) {
            return fail(trusted.error());
        }
        for (const Certificate& each : *trusted) {
            X509_STORE_add_cert(SSL_CTX_get_cert_store(context), each.get());
            SSL_CTX_add_client_CA(context, each.get());
        }
        const int required = settings.clientAuth == ClientAuth::kRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | required, nullptr);
    }
    if (!settings.cipherSuites.empty() && !setCiphers(context, settings.cipherSuites)) {
        return bad("ssl.cipher.suites names no suite that can be used.");
    }
    return std::shared_ptr<const TlsContext>(std::move(made));
}

std::unique_ptr<TlsSession> TlsContext::accept() const {
    SSL* session = SSL_new(m_context);
    WEIR_ASSERT(session != nullptr);
    SSL_set_accept_state(session);
    SSL_set_bio(session, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    return std::make_unique<TlsSession>(*this, session);
}

}  // namespace weir::security
