// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "broker/base/log.h"
#include "broker/registry/http_server.h"
#include "broker/registry/registry.h"
#include "broker/registry/rest.h"

namespace weir::registry {

/// The registry of one broker and, while it is switched on, its port. The registry is there either way, so that what
/// is stored can be looked at. Any thread.
class Service {
public:
    static Result<std::unique_ptr<Service>, catalog::CatalogError> open(catalog::Catalog& catalog, Logger logger);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// weir.schema.registry.port: -1 is off, 0 any free port. A change closes the connections of the port before. A
    /// port that cannot be had is logged and leaves the registry off. Ignored after stop().
    void listenOn(std::int32_t port);
    /// Closes the port for good.
    void stop();

    /// "http://127.0.0.1:8081"; empty while it is off.
    [[nodiscard]] std::string url() const;
    [[nodiscard]] Registry& registry() { return *m_registry; }

private:
    Service(std::unique_ptr<Registry> registry, std::string clusterId, Logger logger);

    std::unique_ptr<Registry> m_registry;
    Rest m_rest;
    Logger m_logger;
    mutable std::mutex m_mutex;
    std::int32_t m_wanted = -1;
    bool m_isStopped = false;
    std::unique_ptr<HttpServer> m_server;
};

}  // namespace weir::registry
