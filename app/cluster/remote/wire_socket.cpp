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
#include <mutex>
#include <thread>

#include "app/cluster/remote/quiet_bio.h"

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
    BIO* const bio = makeQuietBio(m_handle);
    SSL_set_bio(m_tls, bio, bio);
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
        return fail(TlsClient::whyNoHandshake(m_tls, m_to));
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
            if (auto refused = TlsClient::whyRefused(m_tls, m_to)) {
                return fail(*std::move(refused));
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
