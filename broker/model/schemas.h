// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

/// What a schema registry holds, as plain values, asked for and not kept.
namespace weir {

/// That a schema uses another: `name` is what its text calls it.
struct SchemaReference {
    std::string name;
    std::string subject;
    int version = 0;
    bool operator==(const SchemaReference&) const = default;
};

/// One version of a subject.
struct SchemaVersion {
    std::string subject;
    int version = 0;
    int id = 0;
    /// "AVRO", "JSON" or "PROTOBUF".
    std::string type;
    std::string text;
    std::vector<SchemaReference> references;
    bool operator==(const SchemaVersion&) const = default;
};

/// What is to become a version of a subject.
struct NewSchema {
    std::string subject;
    std::string type;
    std::string text;
    std::vector<SchemaReference> references;
};

struct SchemaSubject {
    SchemaVersion latest;
    int versionCount = 0;
    /// "BACKWARD", ...: what holds for it.
    std::string compatibility;
    /// The level was set for this subject and is not the one of all.
    bool isOwnCompatibility = false;
    bool operator==(const SchemaSubject&) const = default;
};

struct SchemaRegistryState {
    /// "http://127.0.0.1:8081"; empty while its port is closed.
    std::string url;
    /// What holds for subjects that say nothing themselves.
    std::string compatibility;
    /// By name.
    std::vector<SchemaSubject> subjects;
};

/// What would happen if a schema were added.
struct SchemaVerdict {
    /// The level that it was held against.
    std::string compatibility;
    /// The subject has this schema already.
    std::optional<SchemaVersion> known;
    /// Why it would be refused, in sentences; empty when it would be taken.
    std::vector<std::string> conflicts;
    /// The version that it does not get along with; 0 without conflicts.
    int against = 0;
};

/// A key or a value that a serializer framed with a schema's id (a zero byte, then the id), as JSON.
struct DecodedValue {
    std::string json;
    /// Of the schema, e.g. "com.example.Order"; may be empty.
    std::string name;
    SchemaVersion schema;
};

/// A subject is named after the topic and the part of the record that it describes: "orders-key", "orders-value".
enum class RecordPart { kKey, kValue };

}  // namespace weir
