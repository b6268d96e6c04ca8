// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>

#include "broker/registry/json.h"
#include "broker/registry/schema.h"

namespace weir::registry {

/// A JSON Schema of draft 4 to 2020-12, as far as its keywords say which values are legal.
Result<SchemaPtr, std::string> parseJsonSchema(std::string_view text, const std::vector<Dependency>& dependencies);

/// What a $ref may lead to: the schema itself and the schemas it refers to by name.
struct JsonDocuments {
    Json root;
    std::map<std::string, Json, std::less<>> others;
};

/// A place in one of the documents.
struct JsonPlace {
    const Json* json = nullptr;
    /// The document it stands in, for its local references.
    const Json* document = nullptr;
};

/// Follows a $ref; nothing when it leads nowhere.
std::optional<JsonPlace> followReference(const JsonDocuments& documents, const JsonPlace& from, std::string_view ref);

/// Why `reader` refuses something that `writer` allows: Confluent's rules, with their names. An object is open when it
/// takes properties it does not name, closed when it takes none, and partly open in between; which properties may come
/// and go follows from that.
std::vector<Incompatibility> whyUnreadable(const JsonDocuments& reader, const JsonDocuments& writer, Roles roles);

/// Why a value is not legal, with its place; empty when it is. `format` is not looked at.
std::string whyInvalid(const JsonDocuments& schema, const Json& value);

}  // namespace weir::registry
