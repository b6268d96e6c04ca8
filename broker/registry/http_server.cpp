// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/http_server.h"

#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace weir::registry {

namespace {

using Time = std::chrono::steady_clock::time_point;

/// A connection's bytes, with a deadline and a limit for all of one request together: reading byte by byte, or headers
/// without end, keeps nobody's thread.
class LimitedStream final : public httplib::Stream {
public:
    LimitedStream(int handle, std::size_t limit, Time deadline)
        : m_handle(handle), m_left(limit), m_deadline(deadline) {}

    bool is_readable() const override { return wait(POLLIN); }
    bool is_writable() const override { return wait(POLLOUT); }

    ssize_t read(char* into, size_t size) override {
        if (m_at == m_filled) {
            if (m_left == 0 || !wait(POLLIN)) {
                return -1;
            }
            const ssize_t got = ::recv(m_handle, m_buffer, std::min(sizeof m_buffer, m_left), 0);
            if (got <= 0) {
                return got;
            }
            m_left -= static_cast<std::size_t>(got);
            m_filled = static_cast<std::size_t>(got);
            m_at = 0;
        }
        const std::size_t count = std::min(size, m_filled - m_at);
        std::copy_n(m_buffer + m_at, count, into);
        m_at += count;
        return static_cast<ssize_t>(count);
    }

    ssize_t write(const char* from, size_t size) override {
        if (!wait(POLLOUT)) {
            return -1;
        }
        return ::send(m_handle, from, size, MSG_NOSIGNAL);
    }

    // NOLINTNEXTLINE(readability-identifier-naming): the library's name
    void get_remote_ip_and_port(std::string& ip, int& port) const override {
        ip = "127.0.0.1";
        port = 0;
    }
    // NOLINTNEXTLINE(readability-identifier-naming): the library's name
    void get_local_ip_and_port(std::string& ip, int& port) const override {
        ip = "127.0.0.1";
        port = 0;
    }
    [[nodiscard]] socket_t socket() const override { return m_handle; }

    /// Bytes of the next request came with this one.
    [[nodiscard]] bool hasMore() const { return m_at < m_filled; }
    void nextRequest(std::size_t limit, Time deadline) {
        m_left = limit;
        m_deadline = deadline;
    }

private:
    [[nodiscard]] bool wait(short what) const {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(m_deadline - std::chrono::steady_clock::now());
        pollfd entry{m_handle, what, 0};
        return left.count() > 0 && ::poll(&entry, 1, static_cast<int>(left.count())) > 0;
    }

    int m_handle;
    std::size_t m_left;
    Time m_deadline;
    char m_buffer[8192];
    std::size_t m_at = 0;
    std::size_t m_filled = 0;
};

/// A thread for each connection, up to a limit: one that idles keeps nobody else waiting. What is over it is closed.
class ThreadPerConnection final : public httplib::TaskQueue {
public:
    // `enqueue` is called by the accepting thread only.
    void enqueue(std::function<void()> work) override {
        {
            const std::lock_guard lock(m_mutex);
            ++m_running;
        }
        std::thread([this, work = std::move(work)] {
            work();
            const std::lock_guard lock(m_mutex);
            --m_running;
            m_idle.notify_all();
        }).detach();
    }
    void shutdown() override {
        std::unique_lock lock(m_mutex);
        m_idle.wait(lock, [this] { return m_running == 0; });
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_idle;
    int m_running = 0;
};

class Server final : public httplib::Server {
public:
    Server(const HttpOptions& options) : m_options(options) {}

    /// Wakes every connection's thread; they find their sockets closed.
    void closeAll() {
        const std::lock_guard lock(m_mutex);
        m_isClosing = true;
        for (const int handle : m_open) {
            ::shutdown(handle, SHUT_RDWR);
        }
    }

private:
    bool enter(int handle) {
        const std::lock_guard lock(m_mutex);
        return !m_isClosing && m_open.size() < m_options.maxConnections && m_open.insert(handle).second;
    }

    // NOLINTNEXTLINE(readability-identifier-naming): the library's name
    bool process_and_close_socket(socket_t handle) override {
        if (!enter(handle)) {
            ::close(handle);
            return false;
        }
        LimitedStream stream(handle, m_options.maxRequestBytes, {});
        bool isOpen = true;
        while (isOpen) {
            pollfd entry{handle, POLLIN, 0};
            if (!stream.hasMore() && ::poll(&entry, 1, static_cast<int>(m_options.idleTime.count())) <= 0) {
                break;
            }
            stream.nextRequest(m_options.maxRequestBytes, std::chrono::steady_clock::now() + m_options.requestTime);
            bool isClosed = false;
            isOpen = process_request(stream, false, isClosed, nullptr) && !isClosed;
        }
        {
            const std::lock_guard lock(m_mutex);
            m_open.erase(handle);
        }
        ::shutdown(handle, SHUT_RDWR);
        ::close(handle);
        return isOpen;
    }

    const HttpOptions m_options;
    std::mutex m_mutex;
    std::set<int> m_open;
    bool m_isClosing = false;
};

}  // namespace

class HttpServer::Impl {
public:
    Impl(Rest& rest, const HttpOptions& options, Logger logger)
        : m_rest(rest), m_options(options), m_logger(std::move(logger)), m_server(options) {}

    ~Impl() {
        if (m_thread.joinable()) {
            // A stop before the loop has begun would be forgotten by the library.
            while (!m_server.is_running() && !m_hasEnded) {
                std::this_thread::yield();
            }
            m_server.closeAll();
            m_server.stop();
            m_thread.join();
        }
    }

    Result<void, Error<HttpErrc>> start() {
        // Not the library's default, which lets a second process take the same port.
        m_server.set_socket_options([](socket_t handle) {
            const int on = 1;
            (void)::setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        });
        m_server.new_task_queue = [] { return new ThreadPerConnection(); };
        m_server.set_tcp_nodelay(true);
        m_server.set_payload_max_length(m_options.maxRequestBytes);
        addRoutes();
        if (m_options.port == 0) {
            const int port = m_server.bind_to_any_port("127.0.0.1");
            m_port = port > 0 ? static_cast<std::uint16_t>(port) : std::uint16_t{0};
        } else if (m_server.bind_to_port("127.0.0.1", m_options.port)) {
            m_port = m_options.port;
        }
        if (m_port == 0) {
            return fail(HttpErrc::kPortBusy, "Port " + std::to_string(m_options.port) +
                                                 " of 127.0.0.1 cannot be used for the schema registry.");
        }
        m_thread = std::thread([this] {
            m_server.listen_after_bind();
            m_hasEnded = true;
        });
        m_logger.info("schema registry on http://127.0.0.1:{}", m_port);
        return {};
    }

    [[nodiscard]] std::uint16_t port() const { return m_port; }

private:
    void answer(const httplib::Request& request, std::string body, httplib::Response& response) {
        RestAnswer answer =
            m_rest.answer({request.method, request.target, std::move(body), request.get_header_value("Accept"),
                           request.get_header_value("Content-Type")});
        response.status = answer.status;
        response.set_content(std::move(answer.body), answer.contentType.c_str());
    }

    void addRoutes() {
        const char* any = ".*";
        const auto without = [this](const httplib::Request& request, httplib::Response& response) {
            answer(request, request.body, response);
        };
        // Read here, so that the limit also holds for what comes in chunks or compressed.
        const auto with = [this](const httplib::Request& request, httplib::Response& response,
                                 const httplib::ContentReader& read) {
            std::string body;
            const bool isWhole = read([&](const char* data, size_t size) {
                body.append(data, std::min(size, m_options.maxRequestBytes + 1 - body.size()));
                return body.size() <= m_options.maxRequestBytes;
            });
            if (isWhole) {
                answer(request, std::move(body), response);
            } else if (response.status < 400) {
                response.status = 413;
            }
        };
        m_server.Get(any, without).Delete(any, without).Delete(any, with).Post(any, with).Put(any, with);
        m_server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
            if (response.body.empty()) {
                const std::string code = std::to_string(response.status);
                response.set_content("{\"error_code\":" + code + ",\"message\":\"HTTP " + code + "\"}",
                                     "application/vnd.schemaregistry.v1+json");
            }
        });
    }

    Rest& m_rest;
    const HttpOptions m_options;
    Logger m_logger;
    Server m_server;
    std::uint16_t m_port = 0;
    std::atomic<bool> m_hasEnded = false;
    std::thread m_thread;
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
