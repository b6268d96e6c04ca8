// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/publish/record_encoder.h"

#include <utility>

#include "broker/api/schemas.h"

namespace weir::app {

ClusterResult<RecordEncoder> RecordEncoder::make(Cluster& cluster, std::optional<SchemaChoice> key,
                                                 std::optional<SchemaChoice> value) {
    RecordEncoder encoder;
    if (key || value) {
        const auto schemas = cluster.schemas();
        if (!schemas) {
            return fail(ClusterError(schemas.error()));
        }
        encoder.m_schemas = *schemas;
    }
    encoder.m_key = std::move(key);
    encoder.m_value = std::move(value);
    return encoder;
}

ClusterResult<void> RecordEncoder::encode(OutgoingRecord& record) {
    if (auto done = encode(m_key, record.key, "In the key: "); !done) {
        return done;
    }
    return encode(m_value, record.value, "In the value: ");
}

ClusterResult<void> RecordEncoder::encode(const std::optional<SchemaChoice>& choice, std::optional<Bytes>& bytes,
                                          const char* what) {
    if (!choice || !bytes) {
        return {};
    }
    auto framed = m_schemas->encode(choice->subject, choice->version, std::string(asText(*bytes)));
    if (!framed) {
        ClusterError error(framed.error());
        error.message.insert(0, what);
        return fail(std::move(error));
    }
    bytes = *std::move(framed);
    return {};
}

}  // namespace weir::app
