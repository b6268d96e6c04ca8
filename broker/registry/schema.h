// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/result.h"

namespace weir::registry {

enum class SchemaType { kAvro, kJson, kProtobuf };

/// "AVRO", "JSON", "PROTOBUF": the words of the HTTP API.
std::string_view toText(SchemaType type);

/// That a schema needs another: `name` is what its text calls it (a full Avro name, a $ref, a .proto file).
struct Reference {
    std::string name;
    std::string subject;
    int version = 0;
    bool operator==(const Reference&) const = default;
};

/// A schema as it is written, with what it refers to.
struct SchemaText {
    SchemaType type = SchemaType::kAvro;
    std::string text;
    std::vector<Reference> references;
    bool operator==(const SchemaText&) const = default;
};

/// The text behind a reference. A list of them is in order of need: each uses only those before it.
struct Dependency {
    std::string name;
    std::string text;
};

/// One reason for which data of the older schema cannot be read with the newer one, or the other way round.
struct Incompatibility {
    /// A word of the schema language's rule, e.g. READER_FIELD_MISSING_DEFAULT_VALUE.
    std::string kind;
    /// Where, e.g. "/fields/1".
    std::string path;
    std::string description;
};

/// Who is who in a description: "new" and "old", in either direction.
struct Roles {
    std::string_view reader;
    std::string_view writer;
};

/// A schema of any of the three languages, understood. Immutable, any thread.
class Schema {
public:
    virtual ~Schema() = default;

    [[nodiscard]] virtual SchemaType type() const = 0;
    /// The text by which the registry tells schemas apart: layout, and for Protobuf comments, are gone from it.
    [[nodiscard]] virtual const std::string& canonical() const = 0;
    /// A form in which also the order of what has no order is gone (normalize=true).
    [[nodiscard]] virtual std::string normalized() const = 0;
    /// What it describes, e.g. "com.example.Order"; empty when it has no name.
    [[nodiscard]] virtual std::string name() const = 0;
    /// Why this one cannot read what was written with `writer`, which is of the same language; empty when it can.
    [[nodiscard]] virtual std::vector<Incompatibility> whyUnreadable(const Schema& writer, Roles roles) const = 0;
    /// A payload as JSON text; what follows the schema id in a Kafka value. The error says what does not fit.
    [[nodiscard]] virtual Result<std::string, std::string> toJson(ByteView payload) const = 0;
    /// The payload for a JSON text, toJson()'s way back. The error says where the value does not fit, and why.
    [[nodiscard]] virtual Result<Bytes, std::string> fromJson(std::string_view json) const = 0;
    /// The text in another format of the HTTP API ("serialized" for Protobuf); empty when there is no such.
    [[nodiscard]] virtual std::string formatted(std::string_view /*format*/) const { return {}; }
};
using SchemaPtr = std::shared_ptr<const Schema>;

/// The largest text of one schema.
inline constexpr std::size_t kMaxSchemaBytes = std::size_t{1} << 20;

enum class Strictness {
    kNew,    ///< Coming in: defaults have to fit their types.
    kStored  ///< Was accepted before.
};

/// The error is for the person who wrote the schema.
Result<SchemaPtr, std::string> parseSchema(SchemaType type, std::string_view text,
                                           const std::vector<Dependency>& dependencies, Strictness strictness);

}  // namespace weir::registry
