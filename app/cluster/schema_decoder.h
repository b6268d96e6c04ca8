// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cluster/cluster.h"

namespace weir::app {

/// Reads what serializers framed with a schema's id, with the registry of the cluster that the record is from. Looks
/// for the registry when the first such value comes, and not before. Workers only, one at a time.
class SchemaDecoder {
public:
    /// `cluster` outlives it.
    explicit SchemaDecoder(Cluster& cluster) : m_cluster(&cluster) {}

    /// Nothing when the bytes are not framed or there is no registry to ask.
    std::optional<ClusterResult<DecodedValue>> decode(const std::string& topic, RecordPart part, ByteView bytes) {
        constexpr std::size_t kFrameBytes = 5;
        if (bytes.size() < kFrameBytes || bytes.front() != std::byte{0}) {
            return std::nullopt;
        }
        if (m_schemas == nullptr) {
            const auto schemas = m_cluster->schemas();
            if (!schemas) {
                return std::nullopt;
            }
            m_schemas = *schemas;
        }
        return m_schemas->decode(topic, part, bytes);
    }

    /// The value as JSON; nothing as well when it does not fit its schema.
    std::optional<std::string> json(const std::string& topic, RecordPart part, const std::optional<ByteView>& bytes) {
        auto value = bytes ? decode(topic, part, *bytes) : std::nullopt;
        return value && *value ? std::optional(std::move((*value)->json)) : std::nullopt;
    }

private:
    Cluster* m_cluster;
    api::Schemas* m_schemas = nullptr;
};

}  // namespace weir::app
