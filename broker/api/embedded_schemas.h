// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/api/schemas.h"
#include "broker/registry/service.h"

namespace weir::api {

/// The contract over the engine's registry, which outlives it.
class EmbeddedSchemas final : public Schemas {
public:
    explicit EmbeddedSchemas(registry::Service& service) : m_service(service) {}

    [[nodiscard]] std::string url() const override { return m_service.url(); }
    ClusterResult<std::vector<SchemaVersion>> subjects() override;
    ClusterResult<std::vector<SchemaVersion>> versions(const std::string& subject) override;
    ClusterResult<SchemaVersion> add(const std::string& subject, const std::string& type,
                                     const std::string& text) override;
    ClusterResult<void> removeSubject(const std::string& subject) override;
    ClusterResult<std::string> compatibility(const std::string& subject) override;
    ClusterResult<void> setCompatibility(const std::string& subject, const std::string& level) override;
    std::optional<ClusterResult<DecodedValue>> decode(const std::string& topic, ByteView bytes) override;

private:
    registry::Service& m_service;
};

}  // namespace weir::api
