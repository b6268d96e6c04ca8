// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/publish/record_encoder.h"

#include <utility>

#include "broker/api/schemas.h"

namespace weir::app {

namespace {

constexpr const char* kInKey = "In the key: ";
constexpr const char* kInValue = "In the value: ";

ClusterError placed(const ClusterError& error, const char* where) {
    ClusterError said(error);
    said.message.insert(0, where);
    return said;
}

ClusterResult<void> lookUp(Cluster& cluster, const std::optional<SchemaChoice>& choice, const char* where,
                           std::shared_ptr<const api::SchemaEncoder>& into) {
    if (!choice) {
        return {};
    }
    const auto schemas = cluster.schemas();
    if (!schemas) {
        return fail(ClusterError(schemas.error()));
    }
    auto found = (*schemas)->encoder(choice->subject, choice->version);
    if (!found) {
        return fail(placed(found.error(), where));
    }
    into = *std::move(found);
    return {};
}

ClusterResult<void> encodeOne(const std::shared_ptr<const api::SchemaEncoder>& encoder, std::optional<Bytes>& bytes,
                              const char* where) {
    if (!encoder || !bytes) {
        return {};
    }
    auto framed = encoder->encode(std::string(asText(*bytes)));
    if (!framed) {
        return fail(placed(framed.error(), where));
    }
    bytes = *std::move(framed);
    return {};
}

}  // namespace

ClusterResult<RecordEncoder> RecordEncoder::make(Cluster& cluster, const std::optional<SchemaChoice>& key,
                                                 const std::optional<SchemaChoice>& value) {
    RecordEncoder encoder;
    if (auto done = lookUp(cluster, key, kInKey, encoder.m_key); !done) {
        return fail(ClusterError(done.error()));
    }
    if (auto done = lookUp(cluster, value, kInValue, encoder.m_value); !done) {
        return fail(ClusterError(done.error()));
    }
    return encoder;
}

ClusterResult<void> RecordEncoder::encode(OutgoingRecord& record) const {
    if (auto done = encodeOne(m_key, record.key, kInKey); !done) {
        return done;
    }
    return encodeOne(m_value, record.value, kInValue);
}

}  // namespace weir::app
