// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/tls_client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <string>

#include "app/cluster/remote/key_store.h"
#include "broker/base/bytes.h"

namespace weir::app {

namespace {

std::string opensslReason() {
    const unsigned long code = ERR_peek_last_error();
    const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    ERR_clear_error();
    return reason != nullptr ? reason : "unknown reason";
}

LinkError tlsError(std::string message) {
    return {LinkStage::kTls, std::move(message), false};
}

int passphraseOf(char* into, int size, int, void* text) {
    const auto& passphrase = *static_cast<const std::string*>(text);
    const auto length = std::min(passphrase.size(), static_cast<std::size_t>(size));
    std::memcpy(into, passphrase.data(), length);
    return static_cast<int>(length);
}

/// The file whole, where it is a store of Java's; nothing: it is PEM, or cannot be read as anything.
std::optional<Bytes> storeIn(const std::string& path) {
    constexpr std::streamsize kMost = 16 << 20;
    std::ifstream file(path, std::ios::binary);
    std::string content;
    content.resize(static_cast<std::size_t>(kMost));
    file.read(content.data(), kMost);
    content.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    return isKeyStore(asBytes(content)) ? std::optional(toBytes(content)) : std::nullopt;
}

using X509Handle = std::unique_ptr<X509, decltype(&X509_free)>;

X509Handle certificateOf(const Bytes& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    return {d2i_X509(nullptr, &at, static_cast<long>(der.size())), &X509_free};
}

std::string useRoots(SSL_CTX* context, const TlsOptions& options) {
    if (options.alsoTrustsSystem && !options.caFile.empty()) {
        SSL_CTX_set_default_verify_paths(context);
    }
    if (options.caFile.empty()) {
        return SSL_CTX_set_default_verify_paths(context) == 1 ? std::string()
                                                              : "The authorities of this computer cannot be read.";
    }
    if (const auto content = storeIn(options.caFile)) {
        const auto store = readKeyStore(*content, options.caPassword);
        if (!store) {
            return "The trust store " + options.caFile + " cannot be read: " + store.error();
        }
        int taken = 0;
        for (const Bytes& each : store->trusted) {
            const X509Handle certificate = certificateOf(each);
            taken +=
                certificate && X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get()) == 1 ? 1 : 0;
        }
        return taken > 0 ? std::string() : "The trust store " + options.caFile + " holds no certificate to trust.";
    }
    return SSL_CTX_load_verify_locations(context, options.caFile.c_str(), nullptr) == 1
               ? std::string()
               : "The certificate authority " + options.caFile +
                     " cannot be read as PEM, PKCS#12 or JKS: " + opensslReason() + '.';
}

std::string useStore(SSL_CTX* context, const TlsOptions& options, const Bytes& content) {
    const auto store = readKeyStore(content, options.keyPassphrase);
    if (!store) {
        return "The key store " + options.certificateFile + " cannot be read: " + store.error();
    }
    if (store->privateKey.empty() && store->hasLockedKey) {
        return "The private key in " + options.certificateFile +
               (options.keyPassphrase.empty()
                    ? " needs the password of its store."
                    : " has another password than its store: give both the same one (keytool -keypasswd).");
    }
    if (store->privateKey.empty() || store->chain.empty()) {
        return "The key store " + options.certificateFile + " holds no private key with a certificate.";
    }
    const auto* at = reinterpret_cast<const unsigned char*>(store->privateKey.data());
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(store->privateKey.size())), &EVP_PKEY_free);
    const X509Handle own = certificateOf(store->chain.front());
    bool isUsed = key && own && SSL_CTX_use_certificate(context, own.get()) == 1 &&
                  SSL_CTX_use_PrivateKey(context, key.get()) == 1;
    for (std::size_t i = 1; isUsed && i < store->chain.size(); ++i) {
        const X509Handle above = certificateOf(store->chain[i]);
        isUsed = above && SSL_CTX_add1_chain_cert(context, above.get()) == 1;
    }
    return isUsed ? std::string()
                  : "The key of " + options.certificateFile + " cannot be used: " + opensslReason() + '.';
}

std::string useKeyPair(SSL_CTX* context, const TlsOptions& options) {
    if (options.certificateFile.empty() && options.keyFile.empty()) {
        return {};
    }
    if (const auto content = storeIn(options.certificateFile)) {
        return useStore(context, options, *content);
    }
    if (SSL_CTX_use_certificate_chain_file(context, options.certificateFile.c_str()) != 1) {
        return "The client certificate " + options.certificateFile + " cannot be read as PEM: " + opensslReason() + '.';
    }
    // The key may stand in the same file.
    const std::string& keyFile = options.keyFile.empty() ? options.certificateFile : options.keyFile;
    SSL_CTX_set_default_passwd_cb(context, &passphraseOf);
    std::string passphrase = options.keyPassphrase;
    SSL_CTX_set_default_passwd_cb_userdata(context, &passphrase);
    const bool isRead = SSL_CTX_use_PrivateKey_file(context, keyFile.c_str(), SSL_FILETYPE_PEM) == 1;
    const unsigned long code = ERR_peek_last_error();
    const bool isAnothers = !isRead && ERR_GET_LIB(code) == ERR_LIB_X509;
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    OPENSSL_cleanse(passphrase.data(), passphrase.size());
    if (isAnothers) {
        ERR_clear_error();
        return "The private key " + keyFile + " does not belong to the client certificate " + options.certificateFile +
               '.';
    }
    if (!isRead) {
        return "The private key " + keyFile + " cannot be read: " + opensslReason() +
               (options.keyPassphrase.empty() ? ". It may need a passphrase." : ". Is the passphrase right?");
    }
    return {};
}

/// Alerts about a certificate (RFC 8446, 6.2).
bool isAboutCertificate(int alert) {
    switch (alert) {
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_CERTIFICATE_REVOKED:
        case SSL_AD_CERTIFICATE_EXPIRED:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_UNKNOWN_CA:
        case SSL_AD_ACCESS_DENIED:
        case SSL_AD_CERTIFICATE_REQUIRED:
            return true;
        default:
            return false;
    }
}

std::string whyNotTrusted(long judged, const HostPort& to) {
    const std::string certificate = "The certificate of " + textOf(to);
    switch (judged) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return certificate + " is for another name than " + to.host + ": use the name it was made for.";
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return certificate + " has expired: whoever runs the cluster has to renew it.";
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return certificate + " is not valid yet: is the clock of this computer right?";
        default:
            return certificate + " is not trusted (" + X509_verify_cert_error_string(judged) +
                   "): give the certificate authority that signed it.";
    }
}

}  // namespace

LinkResult<std::shared_ptr<const TlsClient>> TlsClient::make(const TlsOptions& options) {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    auto client = std::make_shared<const TlsClient>(context, options.checksHostName);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (auto why = useRoots(context, options); !why.empty()) {
        return fail(tlsError(std::move(why)));
    }
    if (auto why = useKeyPair(context, options); !why.empty()) {
        return fail(tlsError(std::move(why)));
    }
    return client;
}

std::optional<LinkError> TlsClient::whyRefused(const ssl_st* session, const HostPort& to) {
    const int alert = ERR_GET_REASON(ERR_peek_last_error()) - SSL_AD_REASON_OFFSET;
    if (alert < 0) {
        return std::nullopt;
    }
    const X509* const own = SSL_get_certificate(session);
    const std::string reason = opensslReason();
    if (!isAboutCertificate(alert)) {
        return tlsError(textOf(to) + " refused TLS: " + reason +
                        ". It may want a client certificate, or another version of TLS.");
    }
    if (own == nullptr) {
        return tlsError(textOf(to) + " wants a client certificate, and none is given: give one with its key.");
    }
    if (X509_cmp_current_time(X509_get0_notAfter(own)) < 0) {
        return tlsError(textOf(to) + " refused the client certificate: it has expired, a new one is needed.");
    }
    return tlsError(textOf(to) + " refused the client certificate (" + reason +
                    "): it must be signed by an authority that the broker trusts.");
}

LinkError TlsClient::whyNoHandshake(const ssl_st* session, const HostPort& to) {
    if (const long judged = SSL_get_verify_result(session); judged != X509_V_OK) {
        return tlsError(whyNotTrusted(judged, to));
    }
    const unsigned long code = ERR_peek_last_error();
    if (code == 0 || ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING ||
        ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER) {
        ERR_clear_error();
        return tlsError(textOf(to) +
                        " does not speak TLS: it broke off at the greeting. This is most likely the cluster's "
                        "plaintext port.");
    }
    if (auto refused = whyRefused(session, to)) {
        return *std::move(refused);
    }
    return tlsError("TLS with " + textOf(to) + " failed: " + opensslReason() + '.');
}

TlsClient::~TlsClient() {
    SSL_CTX_free(m_context);
}

}  // namespace weir::app
