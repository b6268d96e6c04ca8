// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/wire_socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>

#include "app/cluster/remote/key_store.h"

namespace weir::app {

namespace {

int millisecondsUntil(WireSocket::Deadline until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    return left.count() <= 0 ? 0 : static_cast<int>(left.count()) + 1;
}

LinkError stoppedError() {
    return {LinkStage::kStopped, "The connection to the cluster was closed.", false};
}

Failure<LinkError> failAt(LinkStage stage, std::string message, bool isTimeout = false) {
    return fail(LinkError{stage, std::move(message), isTimeout});
}

std::string opensslReason() {
    const unsigned long code = ERR_peek_last_error();
    const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    ERR_clear_error();
    return reason != nullptr ? reason : "unknown reason";
}

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// What a look-up came to; shared with the thread that makes it, which nobody can interrupt.
struct LookUp {
    std::mutex mutex;
    std::condition_variable isDone;
    bool hasAnswer = false;
    int failed = 0;
    Addresses addresses{nullptr, &::freeaddrinfo};
};

addrinfo* find(const HostPort& to, int flags, int& failed) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    addrinfo* found = nullptr;
    failed = ::getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &found);
    return failed == 0 ? found : nullptr;
}

// A name server that is silent holds up whoever asks for half a minute, so a thread of its own asks, and is left behind
// when nobody wants to know any more.
LinkResult<Addresses> resolve(const HostPort& to, const WireStop& stop, WireSocket::Deadline until) {
    int failed = 0;
    if (addrinfo* const at = find(to, AI_NUMERICHOST, failed)) {
        return Addresses(at, &::freeaddrinfo);
    }
    const auto asked = std::make_shared<LookUp>();
    std::thread([asked, to] {
        int code = 0;
        addrinfo* const at = find(to, 0, code);
        const std::lock_guard lock(asked->mutex);
        asked->addresses.reset(at);
        asked->failed = code;
        asked->hasAnswer = true;
        asked->isDone.notify_all();
    }).detach();
    constexpr std::chrono::milliseconds kBetweenLooks{20};
    std::unique_lock lock(asked->mutex);
    while (!asked->isDone.wait_for(lock, kBetweenLooks, [&asked] { return asked->hasAnswer; })) {
        if (stop.isStopped()) {
            return fail(stoppedError());
        }
        if (std::chrono::steady_clock::now() >= until) {
            return failAt(LinkStage::kResolve, "The name server does not answer when asked for " + to.host + '.', true);
        }
    }
    if (asked->failed != 0) {
        return failAt(LinkStage::kResolve, "The name " + to.host + " is not known here (" +
                                               ::gai_strerror(asked->failed) +
                                               "): check its spelling, the VPN, or the name server.");
    }
    return std::move(asked->addresses);
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
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    OPENSSL_cleanse(passphrase.data(), passphrase.size());
    if (!isRead) {
        return "The private key " + keyFile + " cannot be read: " + opensslReason() +
               (options.keyPassphrase.empty() ? ". It may need a passphrase." : ". Is the passphrase right?");
    }
    return SSL_CTX_check_private_key(context) == 1 ? std::string()
                                                   : "The private key does not belong to the client certificate.";
}

}  // namespace

WireStop::WireStop() {
    if (::pipe2(m_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
        m_pipe[0] = m_pipe[1] = -1;
    }
}

WireStop::~WireStop() {
    for (const int end : m_pipe) {
        if (end >= 0) {
            ::close(end);
        }
    }
}

void WireStop::stop() {
    m_isStopped = true;
    // The byte is never read: every wait from now on sees it.
    const char one = 1;
    static_cast<void>(!::write(m_pipe[1], &one, 1));
}

bool WireStop::waitFor(int milliseconds) const {
    pollfd handle{m_pipe[0], POLLIN, 0};
    ::poll(&handle, 1, milliseconds);
    return m_isStopped;
}

LinkResult<std::shared_ptr<const TlsClient>> TlsClient::make(const TlsOptions& options) {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    auto client = std::make_shared<const TlsClient>(context, options.checksHostName);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (auto why = useRoots(context, options); !why.empty()) {
        return failAt(LinkStage::kTls, std::move(why));
    }
    if (auto why = useKeyPair(context, options); !why.empty()) {
        return failAt(LinkStage::kTls, std::move(why));
    }
    return client;
}

TlsClient::~TlsClient() {
    SSL_CTX_free(m_context);
}

WireSocket::~WireSocket() {
    if (m_tls != nullptr) {
        SSL_free(m_tls);
    }
    ::close(m_handle);
}

LinkResult<std::unique_ptr<WireSocket>> WireSocket::connect(const HostPort& to, const TlsClient* tls,
                                                            const WireStop& stop, Deadline until) {
    const auto addresses = resolve(to, stop, until);
    if (!addresses) {
        return fail(LinkError(addresses.error()));
    }
    LinkError last{LinkStage::kConnect, "The name " + to.host + " has no address.", false};
    for (const addrinfo* at = addresses->get(); at != nullptr; at = at->ai_next) {
        const int handle = ::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (handle < 0) {
            continue;
        }
        auto socket = std::make_unique<WireSocket>(handle, to, stop);
        const int on = 1;
        ::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        int error = ::connect(handle, at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
        if (error == EINPROGRESS) {
            if (auto waited = socket->wait(POLLOUT, until); !waited) {
                last = waited.error();
                if (last.stage == LinkStage::kStopped) {
                    break;
                }
                last.stage = LinkStage::kConnect;
                last.message = "Nothing answers at " + textOf(to) + ": the packets are lost, as behind a firewall.";
                continue;
            }
            socklen_t size = sizeof error;
            ::getsockopt(handle, SOL_SOCKET, SO_ERROR, &error, &size);
        }
        if (error != 0) {
            last = {LinkStage::kConnect,
                    error == ECONNREFUSED ? "Nobody listens at " + textOf(to) + ": the port is closed."
                                          : textOf(to) + " cannot be reached: " + std::strerror(error) + '.',
                    false};
            continue;
        }
        if (tls != nullptr) {
            if (auto done = socket->handshake(*tls, until); !done) {
                return fail(LinkError(done.error()));
            }
        }
        return socket;
    }
    return fail(std::move(last));
}

LinkResult<void> WireSocket::wait(short events, Deadline until) const {
    for (;;) {
        pollfd handles[2] = {{m_handle, events, 0}, {m_stop.handle(), POLLIN, 0}};
        const int ready = ::poll(handles, 2, millisecondsUntil(until));
        if (m_stop.isStopped()) {
            return fail(stoppedError());
        }
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        if (ready == 0) {
            return failAt(LinkStage::kRequest, textOf(m_to) + " did not answer in time.", true);
        }
        return {};
    }
}

LinkResult<void> WireSocket::handshake(const TlsClient& tls, Deadline until) {
    m_tls = SSL_new(tls.context());
    SSL_set_fd(m_tls, m_handle);
    SSL_set_tlsext_host_name(m_tls, m_to.host.c_str());
    if (tls.checksHostName()) {
        X509_VERIFY_PARAM* const rules = SSL_get0_param(m_tls);
        if (X509_VERIFY_PARAM_set1_ip_asc(rules, m_to.host.c_str()) != 1) {
            SSL_set1_host(m_tls, m_to.host.c_str());
        }
        ERR_clear_error();
    }
    for (;;) {
        ERR_clear_error();
        const int done = SSL_connect(m_tls);
        if (done == 1) {
            return {};
        }
        const int why = SSL_get_error(m_tls, done);
        if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
            if (auto waited = wait(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, until); !waited) {
                LinkError error = waited.error();
                if (error.isTimeout) {
                    error = {LinkStage::kTls, textOf(m_to) + " took the connection but never answered with TLS.", true};
                }
                return fail(std::move(error));
            }
            continue;
        }
        const long judged = SSL_get_verify_result(m_tls);
        if (judged == X509_V_ERR_HOSTNAME_MISMATCH || judged == X509_V_ERR_IP_ADDRESS_MISMATCH) {
            return failAt(LinkStage::kTls, "The certificate of " + textOf(m_to) + " is for another name than " +
                                               m_to.host + ": use the name it was made for.");
        }
        if (judged != X509_V_OK) {
            return failAt(LinkStage::kTls, "The certificate of " + textOf(m_to) + " is not trusted (" +
                                               X509_verify_cert_error_string(judged) +
                                               "): give the certificate authority that signed it.");
        }
        const unsigned long code = ERR_peek_last_error();
        if (code == 0 || ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING ||
            ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER) {
            ERR_clear_error();
            return failAt(LinkStage::kTls, textOf(m_to) +
                                               " does not speak TLS: it broke off at the greeting. This is most likely "
                                               "the cluster's plaintext port.");
        }
        return failAt(LinkStage::kTls, "TLS with " + textOf(m_to) + " failed: " + opensslReason() +
                                           ". The broker may want a client certificate, or another version of TLS.");
    }
}

LinkResult<void> WireSocket::send(ByteView bytes, Deadline until) {
    while (!bytes.empty()) {
        std::size_t sent = 0;
        bool wantsRead = false;
        if (m_tls != nullptr) {
            ERR_clear_error();
            const int done = SSL_write_ex(m_tls, bytes.data(), bytes.size(), &sent);
            const int why = done == 1 ? SSL_ERROR_NONE : SSL_get_error(m_tls, done);
            if (done != 1 && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
                return fail(closed());
            }
            wantsRead = why == SSL_ERROR_WANT_READ;
        } else {
            const ssize_t done = ::send(m_handle, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (done < 0 && errno != EAGAIN && errno != EINTR) {
                return fail(closed());
            }
            sent = done < 0 ? 0 : static_cast<std::size_t>(done);
        }
        bytes = bytes.subspan(sent);
        if (sent == 0) {
            if (auto waited = wait(wantsRead ? POLLIN : POLLOUT, until); !waited) {
                return waited;
            }
        }
    }
    return {};
}

LinkResult<std::size_t> WireSocket::receiveSome(MutableByteView into, Deadline until) {
    for (;;) {
        short wants = POLLIN;
        if (m_tls != nullptr) {
            ERR_clear_error();
            std::size_t got = 0;
            const int done = SSL_read_ex(m_tls, into.data(), into.size(), &got);
            if (done == 1) {
                return got;
            }
            const int why = SSL_get_error(m_tls, done);
            if (why == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_last_error()) >= SSL_AD_REASON_OFFSET) {
                // With TLS 1.3 a refused client certificate is only told after the handshake.
                return failAt(LinkStage::kTls, textOf(m_to) + " refused the connection after the TLS handshake: " +
                                                   opensslReason() + ". It may want a client certificate.");
            }
            if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
                return fail(closed());
            }
            wants = why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
        } else {
            const ssize_t got = ::recv(m_handle, into.data(), into.size(), 0);
            if (got > 0) {
                return static_cast<std::size_t>(got);
            }
            if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
                return fail(closed());
            }
        }
        if (auto waited = wait(wants, until); !waited) {
            return fail(LinkError(waited.error()));
        }
    }
}

LinkResult<void> WireSocket::receive(MutableByteView into, Deadline until) {
    while (!into.empty()) {
        const auto got = receiveSome(into, until);
        if (!got) {
            return fail(LinkError(got.error()));
        }
        into = into.subspan(*got);
    }
    return {};
}

bool WireSocket::isIdle() const {
    pollfd handle{m_handle, POLLIN, 0};
    return ::poll(&handle, 1, 0) == 0;
}

LinkError WireSocket::closed() const {
    return {LinkStage::kRequest, textOf(m_to) + " closed the connection.", false};
}

}  // namespace weir::app
