// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "broker/base/log.h"
#include "broker/base/result.h"
#include "broker/registry/rest.h"

namespace weir::registry {

enum class HttpErrc { kPortBusy, kRefused };

struct HttpOptions {
    /// Always on 127.0.0.1; 0 picks a free one.
    std::uint16_t port = 0;
    /// Connections beyond this number are closed at once.
    std::size_t maxConnections = 64;
    /// From the first byte of a request to its last, however slowly they come.
    std::chrono::milliseconds requestTime{5000};
    /// Between two requests of one connection.
    std::chrono::milliseconds idleTime{5000};
    /// Headers and body of one request.
    std::size_t maxRequestBytes = std::size_t{4} << 20;
};

/// The registry's port: HTTP/1.1 by Boost.Beast, with one thread for each connection. Serves from start() to the end of
/// its life.
class HttpServer {
public:
    static Result<std::unique_ptr<HttpServer>, Error<HttpErrc>> start(Rest& rest, const HttpOptions& options,
                                                                      Logger logger);
    /// Closes every connection and returns when no request is being answered.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;

private:
    class Impl;
    explicit HttpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace weir::registry
