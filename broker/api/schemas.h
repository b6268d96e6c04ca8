// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/model/admin.h"

namespace weir::api {

/// One version of a subject.
struct SchemaVersion {
    std::string subject;
    int version = 0;
    int id = 0;
    /// "AVRO", "JSON" or "PROTOBUF".
    std::string type;
    std::string text;
};

/// A value that a serializer framed with a schema's id (a zero byte, then the id), as JSON.
struct DecodedValue {
    std::string json;
    /// Of the schema, e.g. "com.example.Order"; may be empty.
    std::string name;
    SchemaVersion schema;
};

/// The schema registry, whether or not its port is open. Thread safe; changes block for a commit.
class Schemas {
public:
    virtual ~Schemas() = default;

    /// "http://127.0.0.1:8081"; empty while the port is closed (weir.schema.registry.port).
    [[nodiscard]] virtual std::string url() const = 0;

    /// The latest version of each subject.
    virtual ClusterResult<std::vector<SchemaVersion>> subjects() = 0;
    virtual ClusterResult<std::vector<SchemaVersion>> versions(const std::string& subject) = 0;
    /// Answers the version that stands for the text; refused with the reasons where the level forbids it.
    virtual ClusterResult<SchemaVersion> add(const std::string& subject, const std::string& type,
                                             const std::string& text) = 0;
    /// Takes every version away; they stay known by their ids.
    virtual ClusterResult<void> removeSubject(const std::string& subject) = 0;
    /// "BACKWARD", ...: what holds for the subject.
    virtual ClusterResult<std::string> compatibility(const std::string& subject) = 0;
    virtual ClusterResult<void> setCompatibility(const std::string& subject, const std::string& level) = 0;

    /// Nothing when the bytes are not framed or the id is not known here; an error says why the value does not fit its
    /// schema. `topic` finds the subject where several share the schema.
    virtual std::optional<ClusterResult<DecodedValue>> decode(const std::string& topic, ByteView bytes) = 0;
};

}  // namespace weir::api
