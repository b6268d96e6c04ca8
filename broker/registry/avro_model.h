// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/registry/json.h"
#include "broker/registry/schema.h"

/// An Avro schema as a graph: types refer to each other by index, since named ones may refer to themselves.
namespace weir::registry::avro {

enum class Kind {
    kNull,
    kBoolean,
    kInt,
    kLong,
    kFloat,
    kDouble,
    kBytes,
    kString,
    kRecord,
    kEnum,
    kArray,
    kMap,
    kUnion,
    kFixed
};

/// "int", "record", ... as schemas spell them.
std::string_view toText(Kind kind);
std::optional<Kind> primitiveNamed(std::string_view text);

struct Name {
    std::string space;
    std::string name;
    [[nodiscard]] std::string full() const { return space.empty() ? name : space + "." + name; }
};

using TypeId = std::size_t;

struct Field {
    std::string name;
    std::optional<std::string> doc;
    TypeId type = 0;
    std::optional<Json> defaultValue;
    /// "ascending" unless said otherwise.
    std::string order = "ascending";
    std::vector<std::string> aliases;
    std::vector<Json::Member> properties;
};

struct Type {
    Kind kind = Kind::kNull;
    bool isError = false;
    Name name;
    std::optional<std::string> doc;
    /// Full names.
    std::vector<std::string> aliases;
    std::vector<Field> fields;
    std::vector<std::string> symbols;
    std::optional<std::string> enumDefault;
    /// Branches of a union; the one item type of an array or a map.
    std::vector<TypeId> parts;
    std::int64_t size = 0;
    /// What the language has no word for, logicalType among it.
    std::vector<Json::Member> properties;

    [[nodiscard]] bool isNamed() const { return kind == Kind::kRecord || kind == Kind::kEnum || kind == Kind::kFixed; }
    [[nodiscard]] const Json* property(std::string_view key) const;
};

struct Model {
    std::vector<Type> types;
    std::map<std::string, TypeId, std::less<>> named;
    TypeId root = 0;

    [[nodiscard]] const Type& at(TypeId id) const { return types[id]; }
};

/// Types beyond this number are refused: the rules of compatibility compare pairs.
inline constexpr std::size_t kMaxTypes = 20'000;

/// Adds what `text` says to `model` and makes it the root; named types that are in it already can be referred to.
Result<void, std::string> parseInto(Model& model, std::string_view text, Strictness strictness);

enum class Spelling { kAsWritten, kSorted };
/// The JSON text as Avro's Java library writes it. Named types of other texts (`first` and before) appear by name.
std::string print(const Model& model, TypeId first, Spelling spelling);

/// By the rules of Avro's schema resolution, worded as in its SchemaCompatibility.
std::vector<Incompatibility> whyUnreadable(const Model& reader, const Model& writer, Roles roles);

/// One datum in Avro's binary encoding as JSON; unions show the value alone, and dates, times and decimals what they
/// mean.
Result<std::string, std::string> decode(const Model& model, ByteView bytes);

/// A datum from what decode() writes: a union's value alone (the first branch that takes it) or as Avro's own JSON has
/// it, dates, times and decimals as words or numbers; fields that are missing get their defaults. The error names the
/// place and what was expected there.
Result<Bytes, std::string> encode(const Model& model, const Json& value);

}  // namespace weir::registry::avro
