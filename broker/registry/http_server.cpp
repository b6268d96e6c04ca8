// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>

namespace weir::registry {

namespace {

namespace http = boost::beast::http;
using ErrorCode = boost::beast::error_code;
using Time = std::chrono::steady_clock::time_point;

constexpr std::uint32_t kMaxHeaderBytes = 64 << 10;
constexpr const char* kContentType = "application/vnd.schemaregistry.v1+json";

/// A connection's bytes, with a deadline and a limit for all of one request together: reading byte by byte, or headers
/// without end, keeps nobody's thread. Beast's synchronous stream.
class LimitedStream {
public:
    explicit LimitedStream(int handle) : m_handle(handle) {}

    void nextRequest(std::size_t limit, Time deadline) {
        m_left = limit;
        m_deadline = deadline;
    }

    // NOLINTNEXTLINE(readability-identifier-naming): the library's name
    template <class Buffers>
    std::size_t read_some(const Buffers& buffers, ErrorCode& error) {
        const boost::asio::mutable_buffer into = *boost::asio::buffer_sequence_begin(buffers);
        if (m_left == 0) {
            error = http::error::body_limit;
            return 0;
        }
        if (!wait(POLLIN, error)) {
            return 0;
        }
        const ssize_t got = ::recv(m_handle, into.data(), std::min(into.size(), m_left), 0);
        if (got <= 0) {
            error = got == 0 ? ErrorCode(boost::asio::error::eof) : lastError();
            return 0;
        }
        m_left -= static_cast<std::size_t>(got);
        error = {};
        return static_cast<std::size_t>(got);
    }

    // NOLINTNEXTLINE(readability-identifier-naming): the library's name
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers, ErrorCode& error) {
        iovec parts[16];
        std::size_t count = 0;
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end && count < std::size(parts); ++at) {
            const boost::asio::const_buffer part = *at;
            parts[count++] = {const_cast<void*>(part.data()), part.size()};
        }
        if (!wait(POLLOUT, error)) {
            return 0;
        }
        msghdr message{};
        message.msg_iov = parts;
        message.msg_iovlen = count;
        const ssize_t sent = ::sendmsg(m_handle, &message, MSG_NOSIGNAL);
        error = sent < 0 ? lastError() : ErrorCode();
        return sent < 0 ? 0 : static_cast<std::size_t>(sent);
    }

    // The forms that throw complete the library's concept.
    // NOLINTNEXTLINE(readability-identifier-naming): the library's name
    template <class Buffers>
    std::size_t read_some(const Buffers& buffers) {
        return orThrow(&LimitedStream::read_some<Buffers>, buffers);
    }
    // NOLINTNEXTLINE(readability-identifier-naming): the library's name
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers) {
        return orThrow(&LimitedStream::write_some<Buffers>, buffers);
    }

    /// Waits for the first byte of another request; false when none comes.
    [[nodiscard]] bool hasMoreWithin(std::chrono::milliseconds time) const {
        pollfd entry{m_handle, POLLIN, 0};
        return ::poll(&entry, 1, static_cast<int>(time.count())) > 0;
    }

    /// Ends the connection so that the last answer arrives: closing over bytes that nobody read would reset it.
    void finish(std::chrono::milliseconds patience) {
        ::shutdown(m_handle, SHUT_WR);
        nextRequest(std::size_t{1} << 20, std::chrono::steady_clock::now() + patience);
        char unread[4096];
        ErrorCode error;
        while (!error) {
            read_some(boost::asio::buffer(unread), error);
        }
    }

private:
    template <class Member, class Buffers>
    std::size_t orThrow(Member member, const Buffers& buffers) {
        ErrorCode error;
        const std::size_t count = (this->*member)(buffers, error);
        if (error) {
            throw boost::system::system_error(error);
        }
        return count;
    }

    [[nodiscard]] static ErrorCode lastError() { return {errno, boost::system::system_category()}; }

    [[nodiscard]] bool wait(short what, ErrorCode& error) const {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(m_deadline - std::chrono::steady_clock::now());
        pollfd entry{m_handle, what, 0};
        if (left.count() > 0 && ::poll(&entry, 1, static_cast<int>(left.count())) > 0) {
            return true;
        }
        error = boost::asio::error::timed_out;
        return false;
    }

    int m_handle;
    std::size_t m_left = 0;
    Time m_deadline;
};

using Request = http::request_parser<http::string_body>;
using Response = http::response<http::string_body>;

Response refusal(unsigned status) {
    Response response;
    response.result(status);
    const std::string code = std::to_string(status);
    response.body() = "{\"error_code\":" + code + ",\"message\":\"HTTP " + code + "\"}";
    response.set(http::field::content_type, kContentType);
    return response;
}

/// What a request that could not be read is told; 0: nothing, its sender is gone.
unsigned statusOf(const ErrorCode& error) {
    if (error == http::error::body_limit || error == http::error::buffer_overflow) {
        return 413;
    }
    if (error == http::error::header_limit) {
        return 431;
    }
    if (error == boost::asio::error::timed_out) {
        return 408;
    }
    const bool isGone = error == http::error::end_of_stream || error == http::error::partial_message ||
                        error.category() != make_error_code(http::error::bad_method).category();
    return isGone ? 0 : 400;
}

std::string textOf(const Request& request, http::field field) {
    const auto value = request.get()[field];
    return {value.data(), value.size()};
}

/// One connection, until it idles, misbehaves or is done.
class Conversation {
public:
    Conversation(int handle, Rest& rest, const HttpOptions& options)
        : m_stream(handle), m_rest(rest), m_options(options) {}

    void run() {
        while (m_buffer.size() > 0 || m_stream.hasMoreWithin(m_options.idleTime)) {
            m_stream.nextRequest(m_options.maxRequestBytes, std::chrono::steady_clock::now() + m_options.requestTime);
            if (!serveOne()) {
                break;
            }
        }
        m_stream.finish(std::min(m_options.requestTime, std::chrono::milliseconds(200)));
    }

private:
    /// Whether another request may follow.
    bool serveOne() {
        Request request;
        request.header_limit(kMaxHeaderBytes);
        request.body_limit(m_options.maxRequestBytes);
        ErrorCode error;
        http::read_header(m_stream, m_buffer, request, error);
        if (!error && textOf(request, http::field::expect) == "100-continue") {
            http::response<http::empty_body> go(http::status::continue_, 11);
            http::write(m_stream, go, error);
        }
        if (!error) {
            http::read(m_stream, m_buffer, request, error);
        }
        if (error) {
            const unsigned status = statusOf(error);
            return status != 0 && send(refusal(status), false);
        }
        if (request.get().version() != 10 && request.get().version() != 11) {
            return send(refusal(505), false);
        }
        const std::string coding = textOf(request, http::field::content_encoding);
        if (!coding.empty() && coding != "identity") {
            return send(refusal(415), request.keep_alive());
        }
        return answer(request);
    }

    bool answer(Request& request) {
        http::request<http::string_body>& message = request.get();
        const auto method = message.method_string();
        const auto target = message.target();
        RestAnswer answer = m_rest.answer({{method.data(), method.size()},
                                           {target.data(), target.size()},
                                           std::move(message.body()),
                                           textOf(request, http::field::accept),
                                           textOf(request, http::field::content_type)});
        Response response;
        response.version(message.version());
        response.result(static_cast<unsigned>(answer.status));
        response.set(http::field::content_type, answer.contentType);
        response.body() = std::move(answer.body);
        m_isHead = message.method() == http::verb::head;
        return send(std::move(response), request.keep_alive());
    }

    bool send(Response response, bool isKept) {
        response.keep_alive(isKept);
        response.prepare_payload();
        ErrorCode error;
        http::response_serializer<http::string_body> serializer(response);
        if (m_isHead) {
            http::write_header(m_stream, serializer, error);
        } else {
            http::write(m_stream, serializer, error);
        }
        return isKept && !error;
    }

    LimitedStream m_stream;
    Rest& m_rest;
    const HttpOptions& m_options;
    boost::beast::flat_buffer m_buffer{std::size_t{64} << 10};
    bool m_isHead = false;
};

}  // namespace

class HttpServer::Impl {
public:
    Impl(Rest& rest, const HttpOptions& options, Logger logger)
        : m_rest(rest), m_options(options), m_logger(std::move(logger)) {}

    ~Impl() {
        if (m_listener >= 0) {
            ::shutdown(m_listener, SHUT_RDWR);
        }
        if (m_thread.joinable()) {
            m_thread.join();
        }
        if (m_listener >= 0) {
            ::close(m_listener);
        }
        std::unique_lock lock(m_mutex);
        for (const int handle : m_open) {
            ::shutdown(handle, SHUT_RDWR);
        }
        m_quiet.wait(lock, [this] { return m_open.empty(); });
    }

    Result<void, Error<HttpErrc>> start() {
        m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int on = 1;
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(m_options.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        if (m_listener < 0 || ::setsockopt(m_listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
            ::bind(m_listener, any, size) != 0 || ::listen(m_listener, 128) != 0 ||
            ::getsockname(m_listener, any, &size) != 0) {
            return fail(HttpErrc::kPortBusy, "Port " + std::to_string(m_options.port) +
                                                 " of 127.0.0.1 cannot be used for the schema registry.");
        }
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { acceptAll(); });
        m_logger.info("schema registry on http://127.0.0.1:{}", m_port);
        return {};
    }

    [[nodiscard]] std::uint16_t port() const { return m_port; }

private:
    void acceptAll() {
        for (;;) {
            const int handle = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (handle >= 0) {
                serve(handle);
            } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
                // Those that are served will give back what is missing.
                std::unique_lock lock(m_mutex);
                m_quiet.wait_for(lock, std::chrono::milliseconds(50));
            } else if (errno != EINTR && errno != ECONNABORTED) {
                return;
            }
        }
    }

    /// A thread for each connection, up to a limit: one that idles keeps nobody else waiting. What is over it is
    /// closed.
    void serve(int handle) {
        const std::lock_guard lock(m_mutex);
        if (m_open.size() >= m_options.maxConnections) {
            ::close(handle);
            return;
        }
        const int on = 1;
        (void)::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        try {
            std::thread([this, handle] {
                Conversation(handle, m_rest, m_options).run();
                const std::lock_guard ending(m_mutex);
                m_open.erase(handle);
                ::close(handle);
                m_quiet.notify_all();
            }).detach();
            m_open.insert(handle);
        } catch (const std::system_error& error) {
            m_logger.warn("schema registry: no thread for a connection: {}", error.what());
            ::close(handle);
        }
    }

    Rest& m_rest;
    const HttpOptions m_options;
    Logger m_logger;
    int m_listener = -1;
    std::uint16_t m_port = 0;
    std::thread m_thread;
    std::mutex m_mutex;
    std::condition_variable m_quiet;
    std::set<int> m_open;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const {
    return m_impl->port();
}

Result<std::unique_ptr<HttpServer>, Error<HttpErrc>> HttpServer::start(Rest& rest, const HttpOptions& options,
                                                                       Logger logger) {
    auto impl = std::make_unique<Impl>(rest, options, std::move(logger));
    if (auto started = impl->start(); !started) {
        return fail(started.error());
    }
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

}  // namespace weir::registry
