// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "broker/registry/registry.h"

namespace weir::registry {

/// One HTTP request, its target as it came: path and query with their percent escapes.
struct RestRequest {
    std::string method;
    std::string target;
    std::string body;
    std::string accept;
    std::string contentType;
};

struct RestAnswer {
    int status = 200;
    std::string contentType;
    std::string body;
};

/// The HTTP API of Confluent's schema registry over a Registry, without sockets. Whatever comes in gets an answer.
/// Any thread.
class Rest {
public:
    /// `clusterId` is what GET /v1/metadata/id tells.
    Rest(Registry& registry, std::string clusterId) : m_registry(registry), m_clusterId(std::move(clusterId)) {}

    RestAnswer answer(const RestRequest& request);

private:
    Registry& m_registry;
    std::string m_clusterId;
};

}  // namespace weir::registry
