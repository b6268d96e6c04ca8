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
    ClusterResult<SchemaRegistryState> state() override;
    ClusterResult<std::vector<SchemaVersion>> versions(const std::string& subject) override;
    ClusterResult<SchemaVerdict> check(const NewSchema& schema) override;
    ClusterResult<SchemaVersion> add(const NewSchema& schema) override;
    ClusterResult<std::vector<int>> remove(const std::string& subject, std::optional<int> version) override;
    ClusterResult<void> restore(const std::string& subject, const std::vector<int>& versions) override;
    ClusterResult<void> setCompatibility(const std::string& subject, const std::string& level) override;
    ClusterResult<std::shared_ptr<const SchemaEncoder>> encoder(const std::string& subject,
                                                                std::optional<int> version) override;
    std::optional<ClusterResult<DecodedValue>> decode(const std::string& topic, RecordPart part,
                                                      ByteView bytes) override;

private:
    registry::Service& m_service;
};

}  // namespace weir::api
