// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/service.h"

namespace weir::registry {

Result<std::unique_ptr<Service>, catalog::CatalogError> Service::open(catalog::Catalog& catalog, Logger logger) {
    auto registry = Registry::open(catalog, logger);
    if (!registry) {
        return fail(registry.error());
    }
    return std::unique_ptr<Service>(new Service(*std::move(registry), catalog.clusterId(), std::move(logger)));
}

Service::Service(std::unique_ptr<Registry> registry, std::string clusterId, Logger logger)
    : m_registry(std::move(registry)), m_rest(*m_registry, std::move(clusterId)), m_logger(std::move(logger)) {}

Service::~Service() = default;

void Service::listenOn(std::int32_t port) {
    const std::lock_guard lock(m_mutex);
    if (m_isStopped || (port == m_wanted && (m_server || port < 0))) {
        return;
    }
    m_wanted = port;
    m_server.reset();
    if (port < 0) {
        return;
    }
    auto server = HttpServer::start(m_rest, {.port = static_cast<std::uint16_t>(port)}, m_logger);
    if (server) {
        m_server = *std::move(server);
    } else {
        m_logger.error("{}", server.error().message);
    }
}

void Service::stop() {
    const std::lock_guard lock(m_mutex);
    m_isStopped = true;
    m_server.reset();
}

std::string Service::url() const {
    const std::lock_guard lock(m_mutex);
    return m_server ? "http://127.0.0.1:" + std::to_string(m_server->port()) : std::string();
}

}  // namespace weir::registry
