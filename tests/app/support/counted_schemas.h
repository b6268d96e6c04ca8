// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include "app/cluster/forwarding_cluster.h"
#include "broker/api/schemas.h"

namespace weir::test {

/// A cluster whose registry counts how often a schema is looked up to write by. One thread.
class CountedSchemas final : public app::ForwardingCluster, private api::Schemas {
public:
    explicit CountedSchemas(std::shared_ptr<app::Cluster> inner) : m_inner(std::move(inner)) {}

    [[nodiscard]] int lookUps() const { return m_lookUps; }
    [[nodiscard]] std::string name() const override { return m_inner->name(); }
    [[nodiscard]] std::string bootstrap() const override { return m_inner->bootstrap(); }
    [[nodiscard]] std::string clusterId() const override { return m_inner->clusterId(); }
    [[nodiscard]] Capabilities capabilities() const override { return m_inner->capabilities(); }
    ClusterResult<api::Schemas*> schemas() override { return static_cast<api::Schemas*>(this); }

protected:
    ClusterResult<std::shared_ptr<app::Cluster>> enter() override { return m_inner; }

private:
    [[nodiscard]] api::Schemas& inner() const { return **m_inner->schemas(); }

    [[nodiscard]] std::string url() const override { return inner().url(); }
    ClusterResult<SchemaRegistryState> state() override { return inner().state(); }
    ClusterResult<std::vector<SchemaVersion>> versions(const std::string& subject) override {
        return inner().versions(subject);
    }
    ClusterResult<SchemaVerdict> check(const NewSchema& schema) override { return inner().check(schema); }
    ClusterResult<SchemaVersion> add(const NewSchema& schema) override { return inner().add(schema); }
    ClusterResult<std::vector<int>> remove(const std::string& subject, std::optional<int> version) override {
        return inner().remove(subject, version);
    }
    ClusterResult<void> restore(const std::string& subject, const std::vector<int>& versions) override {
        return inner().restore(subject, versions);
    }
    ClusterResult<void> setCompatibility(const std::string& subject, const std::string& level) override {
        return inner().setCompatibility(subject, level);
    }
    ClusterResult<std::shared_ptr<const api::SchemaEncoder>> encoder(const std::string& subject,
                                                                     std::optional<int> version) override {
        ++m_lookUps;
        return inner().encoder(subject, version);
    }
    std::optional<ClusterResult<DecodedValue>> decode(const std::string& topic, RecordPart part,
                                                      ByteView bytes) override {
        return inner().decode(topic, part, bytes);
    }

    std::shared_ptr<app::Cluster> m_inner;
    int m_lookUps = 0;
};

}  // namespace weir::test
