// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/cluster/cluster.h"

namespace weir::api {
class SchemaEncoder;
}

namespace weir::app {

/// A subject's schema, by a version or the latest.
struct SchemaChoice {
    std::string subject;
    std::optional<int> version;
};

/// Keys and values that are JSON become what a serializer of the cluster's registry would send: framed with the
/// schema's id. What has no choice stays as it is; so does null. Schemas are looked up once, when it is made: the
/// latest version is the one of that moment, as with serializers. One thread.
class RecordEncoder {
public:
    /// kUnsupported where something is chosen and the cluster has no registry; else the error says which schema is
    /// missing.
    static ClusterResult<RecordEncoder> make(Cluster& cluster, const std::optional<SchemaChoice>& key,
                                             const std::optional<SchemaChoice>& value);

    /// The error says what does not fit, the key or the value, and why.
    ClusterResult<void> encode(OutgoingRecord& record) const;

private:
    using Encoder = std::shared_ptr<const api::SchemaEncoder>;

    RecordEncoder() = default;

    /// Empty where nothing is chosen.
    Encoder m_key;
    Encoder m_value;
};

}  // namespace weir::app
