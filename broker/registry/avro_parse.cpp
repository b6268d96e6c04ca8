// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "broker/registry/avro_model.h"

namespace weir::registry::avro {

namespace {

constexpr std::array<std::string_view, 14> kKindNames{"null",   "boolean", "int",  "long",  "float", "double", "bytes",
                                                      "string", "record",  "enum", "array", "map",   "union",  "fixed"};

bool isName(std::string_view text) {
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && isLetter(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return isLetter(c) || (c >= '0' && c <= '9'); });
}

/// Parts between dots; an empty space is the null namespace.
bool isSpace(std::string_view text) {
    for (std::size_t at = 0; !text.empty() && at <= text.size();) {
        const auto end = std::min(text.find('.', at), text.size());
        if (!isName(text.substr(at, end - at))) {
            return false;
        }
        at = end + 1;
    }
    return true;
}

/// Whether `value` may stand as the default of a field of this type. A union takes what any of its branches takes.
/// `steps` is what the question may cost: defaults of recursive records unfold without end.
bool fits(const Model& model, TypeId id, const Json& value, int& steps, int depth = 0) {
    const Type& type = model.at(id);
    if (depth > Json::kMaxDepth || --steps < 0) {
        return false;
    }
    const auto each = [&](const Json& item) { return fits(model, type.parts.front(), item, steps, depth + 1); };
    switch (type.kind) {
        case Kind::kNull:
            return value.isNull();
        case Kind::kBoolean:
            return value.isBoolean();
        case Kind::kInt:
            return value.integer() && *value.integer() == static_cast<std::int32_t>(*value.integer());
        case Kind::kLong:
            return value.integer().has_value();
        case Kind::kFloat:
        case Kind::kDouble:
            return value.isNumber();
        case Kind::kBytes:
        case Kind::kString:
        case Kind::kEnum:
        case Kind::kFixed:
            return value.isString();
        case Kind::kArray:
            return value.isArray() && std::all_of(value.items().begin(), value.items().end(), each);
        case Kind::kMap:
            return value.isObject() && std::all_of(value.members().begin(), value.members().end(),
                                                   [&](const Json::Member& member) { return each(member.second); });
        case Kind::kUnion:
            return std::any_of(type.parts.begin(), type.parts.end(),
                               [&](TypeId branch) { return fits(model, branch, value, steps, depth + 1); });
        case Kind::kRecord:
            return value.isObject() && std::all_of(type.fields.begin(), type.fields.end(), [&](const Field& field) {
                       const Json* given = value.find(field.name);
                       const Json* used =
                           given != nullptr ? given : (field.defaultValue ? &*field.defaultValue : nullptr);
                       return used != nullptr && fits(model, field.type, *used, steps, depth + 1);
                   });
    }
    return false;
}

class Parser {
public:
    using Parsed = Result<TypeId, std::string>;

    Parser(Model& model, Strictness strictness) : m_model(model), m_strictness(strictness) {}

    Parsed parse(const Json& json, const std::string& space) {
        if (m_model.types.size() > kMaxTypes) {
            return fail(std::string("Too many types"));
        }
        if (json.isString()) {
            return named(json.text(), space);
        }
        if (json.isArray()) {
            return unionOf(json, space);
        }
        if (!json.isObject()) {
            return fail("Schema not yet supported: " + json.toText());
        }
        const Json* type = json.find("type");
        if (type == nullptr) {
            return fail("No type: " + json.toText());
        }
        if (!type->isString()) {
            // {"type": {...}}: what is inside counts.
            return parse(*type, space);
        }
        return object(type->text(), json, space);
    }

private:
    TypeId add(Type type) {
        m_model.types.push_back(std::move(type));
        return m_model.types.size() - 1;
    }

    Parsed named(const std::string& text, const std::string& space) {
        if (const auto primitive = primitiveNamed(text)) {
            Type type;
            type.kind = *primitive;
            return add(std::move(type));
        }
        const bool isFull = text.find('.') != std::string::npos;
        for (const std::string& full : {isFull || space.empty() ? text : space + "." + text, text}) {
            if (const auto found = m_model.named.find(full); found != m_model.named.end()) {
                return found->second;
            }
        }
        return fail("Undefined name: \"" + text + "\"");
    }

    Parsed unionOf(const Json& json, const std::string& space) {
        Type type;
        type.kind = Kind::kUnion;
        std::vector<std::string> seen;
        for (const Json& branch : json.items()) {
            const auto parsed = parse(branch, space);
            if (!parsed) {
                return parsed;
            }
            const Type& part = m_model.at(*parsed);
            if (part.kind == Kind::kUnion) {
                return fail("Nested union: " + json.toText());
            }
            seen.push_back(part.isNamed() ? part.name.full() : std::string(toText(part.kind)));
            type.parts.push_back(*parsed);
        }
        std::sort(seen.begin(), seen.end());
        if (const auto twice = std::adjacent_find(seen.begin(), seen.end()); twice != seen.end()) {
            return fail("Duplicate in union:" + *twice);
        }
        return add(std::move(type));
    }

    Parsed object(const std::string& word, const Json& json, const std::string& space) {
        if (const auto primitive = primitiveNamed(word)) {
            Type type;
            type.kind = *primitive;
            takeProperties(type.properties, json, kTypeWords);
            return add(std::move(type));
        }
        if (word == "record" || word == "error") {
            return record(json, space, word == "error");
        }
        if (word == "enum") {
            return enumeration(json, space);
        }
        if (word == "fixed") {
            return fixed(json, space);
        }
        if (word == "array" || word == "map") {
            return container(json, space, word == "map");
        }
        return named(word, space);
    }

    static constexpr std::string_view kTypeWords = " type name namespace doc fields items values size symbols aliases ";
    static constexpr std::string_view kEnumWords =
        " type name namespace doc fields items values size symbols aliases default ";
    static constexpr std::string_view kFieldWords = " type name doc default order aliases ";

    static void takeProperties(std::vector<Json::Member>& into, const Json& json, std::string_view words) {
        for (const auto& member : json.members()) {
            if (words.find(" " + member.first + " ") == std::string_view::npos) {
                into.push_back(member);
            }
        }
    }

    static Result<void, std::string> readName(Type& type, const Json& json, const std::string& space) {
        const std::string_view name = json.textOf("name");
        if (name.empty()) {
            return fail("No name in schema: " + json.toText());
        }
        if (const auto dot = name.rfind('.'); dot != std::string_view::npos) {
            type.name = {std::string(name.substr(0, dot)), std::string(name.substr(dot + 1))};
        } else {
            const Json* own = json.find("namespace");
            type.name = {own != nullptr && own->isString() ? own->text() : space, std::string(name)};
        }
        if (!isName(type.name.name) || !isSpace(type.name.space)) {
            return fail("Illegal name: " + type.name.full());
        }
        if (primitiveNamed(type.name.name) && type.name.space.empty()) {
            return fail("Schemas may not be named after primitives: " + type.name.name);
        }
        if (const Json* doc = json.find("doc"); doc != nullptr && doc->isString()) {
            type.doc = doc->text();
        }
        if (const Json* aliases = json.find("aliases")) {
            if (!aliases->isArray()) {
                return fail("aliases not an array: " + aliases->toText());
            }
            for (const Json& alias : aliases->items()) {
                if (!alias.isString()) {
                    return fail("alias not a string: " + alias.toText());
                }
                const bool isFull = alias.text().find('.') != std::string::npos || type.name.space.empty();
                type.aliases.push_back(isFull ? alias.text() : type.name.space + "." + alias.text());
            }
        }
        return {};
    }

    /// Enters the type under its name, before its fields are known, so that they may refer to it.
    Parsed enter(Type type) {
        const std::string full = type.name.full();
        const TypeId id = add(std::move(type));
        if (!m_model.named.emplace(full, id).second) {
            return fail("Can't redefine: " + full);
        }
        return id;
    }

    Parsed record(const Json& json, const std::string& space, bool isError) {
        Type type;
        type.kind = Kind::kRecord;
        type.isError = isError;
        if (auto read = readName(type, json, space); !read) {
            return fail(read.error());
        }
        takeProperties(type.properties, json, kTypeWords);
        const Json* fields = json.find("fields");
        if (fields == nullptr || !fields->isArray()) {
            return fail("Record has no fields: " + json.toText());
        }
        const std::string inner = type.name.space;
        const Parsed id = enter(std::move(type));
        if (!id) {
            return id;
        }
        std::vector<Field> read;
        std::vector<std::string> names;
        for (const Json& each : fields->items()) {
            auto field = readField(each, inner);
            if (!field) {
                return fail(field.error());
            }
            names.push_back(field->name);
            read.push_back(*std::move(field));
        }
        std::sort(names.begin(), names.end());
        if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end()) {
            return fail("Duplicate field " + *twice + " in record " + m_model.at(*id).name.full());
        }
        m_model.types[*id].fields = std::move(read);
        return checkDefaults(*id);
    }

    Result<Field, std::string> readField(const Json& json, const std::string& space) {
        Field field;
        field.name = json.textOf("name");
        if (!isName(field.name)) {
            return fail(field.name.empty() ? "No field name: " + json.toText() : "Illegal name: " + field.name);
        }
        const Json* type = json.find("type");
        if (type == nullptr) {
            return fail("No field type: " + json.toText());
        }
        const Parsed parsed = parse(*type, space);
        if (!parsed) {
            return fail(parsed.error());
        }
        field.type = *parsed;
        if (const Json* doc = json.find("doc"); doc != nullptr && doc->isString()) {
            field.doc = doc->text();
        }
        if (const Json* value = json.find("default")) {
            field.defaultValue = *value;
            const Kind kind = m_model.at(field.type).kind;
            if (value->isString() && (kind == Kind::kFloat || kind == Kind::kDouble)) {
                // Schemas in the wild write "0.0"; Avro's own parser takes the number.
                if (const auto number = Json::parse(value->text()); number && number->isNumber()) {
                    field.defaultValue = *number;
                }
            }
        }
        if (const std::string_view order = json.textOf("order"); !order.empty()) {
            field.order = order;
        }
        if (const Json* aliases = json.find("aliases")) {
            for (const Json& alias : aliases->items()) {
                field.aliases.push_back(alias.text());
            }
        }
        takeProperties(field.properties, json, kFieldWords);
        return field;
    }

    Parsed checkDefaults(TypeId id) {
        if (m_strictness == Strictness::kNew) {
            for (const Field& field : m_model.at(id).fields) {
                int steps = 100'000;
                if (field.defaultValue && !fits(m_model, field.type, *field.defaultValue, steps)) {
                    const Type& type = m_model.at(field.type);
                    return fail("Invalid default for field " + field.name + ": " + field.defaultValue->toText() +
                                " not a " +
                                (type.isNamed() ? type.name.full() : "\"" + std::string(toText(type.kind)) + "\""));
                }
            }
        }
        return id;
    }

    Parsed enumeration(const Json& json, const std::string& space) {
        Type type;
        type.kind = Kind::kEnum;
        if (auto read = readName(type, json, space); !read) {
            return fail(read.error());
        }
        takeProperties(type.properties, json, kEnumWords);
        const Json* symbols = json.find("symbols");
        if (symbols == nullptr || !symbols->isArray()) {
            return fail("Enum has no symbols: " + json.toText());
        }
        for (const Json& symbol : symbols->items()) {
            if (!symbol.isString() || !isName(symbol.text())) {
                return fail("Illegal name: " + symbol.toText());
            }
            if (std::find(type.symbols.begin(), type.symbols.end(), symbol.text()) != type.symbols.end()) {
                return fail("Duplicate enum symbol: " + symbol.text());
            }
            type.symbols.push_back(symbol.text());
        }
        if (const Json* value = json.find("default")) {
            if (std::find(type.symbols.begin(), type.symbols.end(), value->text()) == type.symbols.end()) {
                return fail("The Enum Default: " + value->text() + " is not in the enum symbol set");
            }
            type.enumDefault = value->text();
        }
        return enter(std::move(type));
    }

    Parsed fixed(const Json& json, const std::string& space) {
        Type type;
        type.kind = Kind::kFixed;
        if (auto read = readName(type, json, space); !read) {
            return fail(read.error());
        }
        takeProperties(type.properties, json, kTypeWords);
        const Json* size = json.find("size");
        if (size == nullptr || !size->integer() || *size->integer() < 0 || *size->integer() > INT32_MAX) {
            return fail("Invalid or no size: " + json.toText());
        }
        type.size = *size->integer();
        return enter(std::move(type));
    }

    Parsed container(const Json& json, const std::string& space, bool isMap) {
        Type type;
        type.kind = isMap ? Kind::kMap : Kind::kArray;
        takeProperties(type.properties, json, kTypeWords);
        const Json* inner = json.find(isMap ? "values" : "items");
        if (inner == nullptr) {
            return fail((isMap ? "Map has no values type: " : "Array has no items type: ") + json.toText());
        }
        const Parsed part = parse(*inner, space);
        if (!part) {
            return part;
        }
        type.parts.push_back(*part);
        return add(std::move(type));
    }

    Model& m_model;
    Strictness m_strictness;
};

}  // namespace

std::string_view toText(Kind kind) {
    return kKindNames[static_cast<std::size_t>(kind)];
}

std::optional<Kind> primitiveNamed(std::string_view text) {
    const auto end = kKindNames.begin() + static_cast<int>(Kind::kRecord);
    const auto found = std::find(kKindNames.begin(), end, text);
    return found == end ? std::nullopt : std::optional(static_cast<Kind>(found - kKindNames.begin()));
}

const Json* Type::property(std::string_view key) const {
    const auto found =
        std::find_if(properties.begin(), properties.end(), [&](const Json::Member& m) { return m.first == key; });
    return found == properties.end() ? nullptr : &found->second;
}

Result<void, std::string> parseInto(Model& model, std::string_view text, Strictness strictness) {
    const auto json = Json::parse(text);
    if (!json) {
        return fail(json.error());
    }
    const auto root = Parser(model, strictness).parse(*json, "");
    if (!root) {
        return fail(root.error());
    }
    model.root = *root;
    return {};
}

}  // namespace weir::registry::avro
