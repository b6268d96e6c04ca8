// SPDX-License-Identifier: GPL-3.0-or-later
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "broker/security/tls.h"

namespace weir::security {

namespace {

/// As Java writes it (RFC 2253): "CN=alice,OU=Services,O=Weir".
std::string distinguishedName(const X509* certificate) {
    BIO* text = BIO_new(BIO_s_mem());
    X509_NAME_print_ex(text, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    char* data = nullptr;
    const long size = BIO_get_mem_data(text, &data);
    std::string name(data, static_cast<std::size_t>(std::max(size, 0L)));
    BIO_free(text);
    return name;
}

std::string reasonOf(unsigned long error) {
    const int code = ERR_GET_REASON(error);
    if (code == SSL_R_WRONG_VERSION_NUMBER || code == SSL_R_HTTP_REQUEST || code == SSL_R_HTTPS_PROXY_REQUEST) {
        return "the client speaks no TLS; set security.protocol=SSL or SASL_SSL in it";
    }
    const char* reason = ERR_reason_error_string(error);
    return reason == nullptr ? "the connection broke" : reason;
}

}  // namespace

TlsSession::TlsSession(const TlsContext& context, ssl_st* session) : m_rules(context.m_rules), m_session(session) {}

TlsSession::~TlsSession() {
    SSL_free(m_session);
}

void TlsSession::feed(ByteView ciphertext) {
    BIO_write(SSL_get_rbio(m_session), ciphertext.data(), static_cast<int>(ciphertext.size()));
}

void TlsSession::judge(int result) {
    const int error = SSL_get_error(m_session, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        return;
    }
    m_isOver = true;
    if (error == SSL_ERROR_ZERO_RETURN) {
        return;
    }
    // A certificate that is refused says why itself; the first error in the queue says where.
    const unsigned long first = ERR_peek_error();
    const long verdict = SSL_get_verify_result(m_session);
    m_failure = verdict == X509_V_OK ? reasonOf(first) : X509_verify_cert_error_string(verdict);
    ERR_clear_error();
}

std::size_t TlsSession::read(MutableByteView into) {
    if (m_isOver || into.empty()) {
        return 0;
    }
    ERR_clear_error();
    std::size_t got = 0;
    const int result = SSL_read_ex(m_session, into.data(), into.size(), &got);
    if (result != 1) {
        judge(result);
        return 0;
    }
    return got;
}

void TlsSession::write(ByteView plaintext) {
    if (m_isOver || plaintext.empty()) {
        return;
    }
    ERR_clear_error();
    std::size_t done = 0;
    // The memory behind it takes everything, so a write is never partial.
    const int result = SSL_write_ex(m_session, plaintext.data(), plaintext.size(), &done);
    if (result != 1) {
        judge(result);
    }
}

ByteView TlsSession::output() {
    BIO* out = SSL_get_wbio(m_session);
    const std::size_t waiting = BIO_ctrl_pending(out);
    if (m_out.size() < waiting) {
        m_out.resize(waiting);
    }
    if (waiting == 0) {
        m_out = Bytes();
        return {};
    }
    const int got = BIO_read(out, m_out.data(), static_cast<int>(waiting));
    return ByteView(m_out).first(static_cast<std::size_t>(std::max(got, 0)));
}

bool TlsSession::isEstablished() const {
    return SSL_is_init_finished(m_session) == 1;
}

std::string TlsSession::principalName() const {
    const X509* certificate = SSL_get0_peer_certificate(m_session);
    if (certificate == nullptr) {
        return "ANONYMOUS";
    }
    return m_rules.apply(distinguishedName(certificate)).value_or("");
}

}  // namespace weir::security
