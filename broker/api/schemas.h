// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/model/admin.h"
#include "broker/model/schemas.h"

namespace weir::api {

/// One version of a subject, to write by. Immutable, any thread; outlives the registry that it is from.
class SchemaEncoder {
public:
    virtual ~SchemaEncoder() = default;
    /// A key or a value for a topic, framed with the schema's id, from JSON. kInvalid says where the JSON does not fit
    /// the schema, and why.
    [[nodiscard]] virtual ClusterResult<Bytes> encode(const std::string& json) const = 0;
};

/// The schema registry, whether or not its port is open. Thread safe; changes block for a commit.
class Schemas {
public:
    virtual ~Schemas() = default;

    /// "http://127.0.0.1:8081"; empty while the port is closed (weir.schema.registry.port).
    [[nodiscard]] virtual std::string url() const = 0;

    virtual ClusterResult<SchemaRegistryState> state() = 0;
    /// The oldest first.
    virtual ClusterResult<std::vector<SchemaVersion>> versions(const std::string& subject) = 0;
    /// What add() would say; nothing is kept. kInvalid when the text is no schema.
    virtual ClusterResult<SchemaVerdict> check(const NewSchema& schema) = 0;
    /// Answers the version that stands for the text; refused with the reasons where the level forbids it.
    virtual ClusterResult<SchemaVersion> add(const NewSchema& schema) = 0;
    /// Takes a version away, or all of them, and answers which; they stay known by their ids.
    virtual ClusterResult<std::vector<int>> remove(const std::string& subject, std::optional<int> version) = 0;
    /// Brings back what remove() took away.
    virtual ClusterResult<void> restore(const std::string& subject, const std::vector<int>& versions) = 0;
    /// "BACKWARD", ...; of every subject when `subject` is empty. An empty level: as all others.
    virtual ClusterResult<void> setCompatibility(const std::string& subject, const std::string& level) = 0;

    /// Looks a version up, without one the latest of the moment. Whoever writes many records asks once.
    virtual ClusterResult<std::shared_ptr<const SchemaEncoder>> encoder(const std::string& subject,
                                                                        std::optional<int> version) = 0;
    /// Both steps, for one record.
    ClusterResult<Bytes> encode(const std::string& subject, std::optional<int> version, const std::string& json) {
        const auto found = encoder(subject, version);
        return found ? (*found)->encode(json) : fail(ClusterError(found.error()));
    }
    /// Nothing when the bytes are not framed. kNotFound when no schema has the id; kInvalid says why the payload does
    /// not fit its schema. `topic` and `part` find the subject where several share the schema.
    virtual std::optional<ClusterResult<DecodedValue>> decode(const std::string& topic, RecordPart part,
                                                              ByteView bytes) = 0;
};

}  // namespace weir::api
