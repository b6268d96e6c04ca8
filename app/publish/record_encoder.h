// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "app/cluster/cluster.h"

namespace weir::app {

/// A subject's schema, by a version or the latest.
struct SchemaChoice {
    std::string subject;
    std::optional<int> version;
};

/// Keys and values that are JSON become what a serializer of the cluster's registry would send: framed with the
/// schema's id. What has no choice stays as it is; so does null. The latest version is the one of the moment, as with
/// serializers. Not after the cluster. One thread.
class RecordEncoder {
public:
    /// kUnsupported where something is chosen and the cluster has no registry.
    static ClusterResult<RecordEncoder> make(Cluster& cluster, std::optional<SchemaChoice> key,
                                             std::optional<SchemaChoice> value);

    /// The error says what does not fit, the key or the value, and why.
    ClusterResult<void> encode(OutgoingRecord& record);

private:
    RecordEncoder() = default;
    ClusterResult<void> encode(const std::optional<SchemaChoice>& choice, std::optional<Bytes>& bytes,
                               const char* what);

    std::optional<SchemaChoice> m_key;
    std::optional<SchemaChoice> m_value;
    /// The cluster's.
    api::Schemas* m_schemas = nullptr;
};

}  // namespace weir::app
