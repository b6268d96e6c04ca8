// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/json_schema.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace weir::registry {

namespace {

class JsonSchema final : public Schema {
public:
    explicit JsonSchema(JsonDocuments documents)
        : m_documents(std::move(documents)), m_canonical(m_documents.root.toText()) {}

    [[nodiscard]] SchemaType type() const override { return SchemaType::kJson; }
    [[nodiscard]] const std::string& canonical() const override { return m_canonical; }
    [[nodiscard]] std::string normalized() const override { return m_documents.root.sorted().toText(); }
    [[nodiscard]] std::string name() const override {
        for (const char* key : {"title", "$id", "id"}) {
            if (const auto text = m_documents.root.textOf(key); !text.empty()) {
                return std::string(text);
            }
        }
        return {};
    }
    [[nodiscard]] std::vector<Incompatibility> whyUnreadable(const Schema& writer, Roles roles) const override {
        return registry::whyUnreadable(m_documents, static_cast<const JsonSchema&>(writer).m_documents, roles);
    }
    [[nodiscard]] Result<std::string, std::string> toJson(ByteView payload) const override {
        const auto value = Json::parse(asText(payload));
        if (!value) {
            return fail(value.error());
        }
        return value->toText();
    }

    [[nodiscard]] Result<Bytes, std::string> fromJson(std::string_view json) const override {
        const auto value = Json::parse(json);
        if (!value) {
            return fail(value.error());
        }
        if (std::string why = whyInvalid(m_documents, *value); !why.empty()) {
            return fail(std::move(why));
        }
        return toBytes(value->toText());
    }

private:
    JsonDocuments m_documents;
    std::string m_canonical;
};

/// "~1" and "~0" of JSON pointers (RFC 6901), and percent escapes of the URI it stands in.
std::string unescaped(std::string_view step) {
    std::string text;
    for (std::size_t i = 0; i < step.size(); ++i) {
        unsigned code = 0;
        if (step[i] == '~' && i + 1 < step.size() && (step[i + 1] == '0' || step[i + 1] == '1')) {
            text += step[++i] == '0' ? '~' : '/';
        } else if (step[i] == '%' && i + 2 < step.size() &&
                   std::from_chars(step.data() + i + 1, step.data() + i + 3, code, 16).ptr == step.data() + i + 3) {
            text += static_cast<char>(code);
            i += 2;
        } else {
            text += step[i];
        }
    }
    return text;
}

const Json* atPointer(const Json& document, std::string_view pointer) {
    const Json* at = &document;
    while (at != nullptr && !pointer.empty()) {
        pointer.remove_prefix(1);
        const auto end = std::min(pointer.find('/'), pointer.size());
        const std::string step = unescaped(pointer.substr(0, end));
        pointer.remove_prefix(end);
        if (at->isArray()) {
            std::size_t index = 0;
            const auto [stop, bad] = std::from_chars(step.data(), step.data() + step.size(), index);
            at = bad == std::errc{} && index < at->items().size() ? &at->items()[index] : nullptr;
        } else {
            at = at->find(step);
        }
    }
    return at;
}

/// The schema inside `document` that says it is called `#anchor`.
const Json* atAnchor(const Json& json, std::string_view anchor) {
    if (json.textOf("$anchor") == anchor || json.textOf("$id") == "#" + std::string(anchor)) {
        return &json;
    }
    for (const auto& [key, value] : json.members()) {
        if (const Json* found = atAnchor(value, anchor)) {
            return found;
        }
    }
    for (const Json& item : json.items()) {
        if (const Json* found = atAnchor(item, anchor)) {
            return found;
        }
    }
    return nullptr;
}

/// What a schema gets wrong about its own language. Keywords nobody knows are annotations and legal.
class Checker {
public:
    explicit Checker(const JsonDocuments& documents) : m_documents(documents) {}

    Result<void, std::string> check(const Json& schema, const std::string& path) {
        if (schema.isBoolean()) {
            return {};
        }
        if (!schema.isObject()) {
            return fail(path + ": a schema is an object or a boolean");
        }
        if (const Json* ref = schema.find("$ref"); ref != nullptr && ref->isString()) {
            if (!followReference(m_documents, {&schema, &m_documents.root}, ref->text())) {
                return fail(path + ": cannot resolve $ref \"" + ref->text() + "\"");
            }
        }
        if (auto types = checkTypes(schema, path); !types) {
            return types;
        }
        return checkParts(schema, path);
    }

private:
    static Result<void, std::string> checkTypes(const Json& schema, const std::string& path) {
        static const std::set<std::string, std::less<>> kTypes{"string", "number", "integer", "boolean",
                                                               "null",   "object", "array"};
        if (const Json* type = schema.find("type")) {
            const auto isKnown = [](const Json& each) { return each.isString() && kTypes.contains(each.text()); };
            if (!isKnown(*type) && !(type->isArray() && !type->items().empty() &&
                                     std::all_of(type->items().begin(), type->items().end(), isKnown))) {
                return fail(path + "/type: unknown type: " + type->toText());
            }
        }
        if (const Json* required = schema.find("required")) {
            // Draft 3 wrote a boolean.
            const bool isList = required->isArray() && std::all_of(required->items().begin(), required->items().end(),
                                                                   [](const Json& each) { return each.isString(); });
            if (!isList && !required->isBoolean()) {
                return fail(path + "/required: expected names, found: " + required->toText());
            }
        }
        if (const Json* values = schema.find("enum"); values != nullptr && !values->isArray()) {
            return fail(path + "/enum: expected a list, found: " + values->toText());
        }
        for (const char* key : {"maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"}) {
            const Json* limit = schema.find(key);
            if (limit != nullptr && (!limit->isNumber() || limit->real() < 0)) {
                return fail(path + "/" + key + ": expected a number, found: " + limit->toText());
            }
        }
        return {};
    }

    Result<void, std::string> checkParts(const Json& schema, const std::string& path) {
        for (const char* key : {"properties", "patternProperties", "definitions", "$defs", "dependentSchemas"}) {
            const Json* parts = schema.find(key);
            if (parts != nullptr && !parts->isObject()) {
                return fail(path + "/" + key + ": expected an object, found: " + parts->toText());
            }
            for (const auto& [name, part] : parts != nullptr ? parts->members() : std::vector<Json::Member>()) {
                if (auto checked = check(part, path + "/" + key + "/" + name); !checked) {
                    return checked;
                }
            }
        }
        for (const char* key : {"allOf", "anyOf", "oneOf", "prefixItems", "items"}) {
            const Json* parts = schema.find(key);
            const bool isList = parts != nullptr && parts->isArray();
            if (parts != nullptr && !isList && std::string_view(key) != "items") {
                return fail(path + "/" + key + ": expected a list, found: " + parts->toText());
            }
            for (const Json& part : isList ? parts->items() : std::vector<Json>()) {
                if (auto checked = check(part, path + "/" + key); !checked) {
                    return checked;
                }
            }
        }
        for (const char* key : {"not", "additionalProperties", "additionalItems", "items", "contains", "propertyNames",
                                "if", "then", "else"}) {
            const Json* part = schema.find(key);
            if (part != nullptr && !part->isArray()) {
                if (auto checked = check(*part, path + "/" + key); !checked) {
                    return checked;
                }
            }
        }
        return {};
    }

    const JsonDocuments& m_documents;
};

}  // namespace

std::optional<JsonPlace> followReference(const JsonDocuments& documents, const JsonPlace& from, std::string_view ref) {
    const auto hash = std::min(ref.find('#'), ref.size());
    const std::string_view address = ref.substr(0, hash);
    const std::string_view fragment = hash < ref.size() ? ref.substr(hash + 1) : std::string_view();
    const Json* document = from.document;
    if (!address.empty()) {
        auto found = documents.others.find(address);
        for (auto it = documents.others.begin(); found == documents.others.end() && it != documents.others.end();
             ++it) {
            // By what it calls itself, or relative to where this schema says it is.
            const std::string_view id = it->second.textOf("$id");
            if (id == address || id.ends_with("/" + std::string(address))) {
                found = it;
            }
        }
        if (found != documents.others.end()) {
            document = &found->second;
        } else if (documents.root.textOf("$id") == address) {
            document = &documents.root;
        } else if (address.starts_with("http://json-schema.org/") || address.starts_with("https://json-schema.org/")) {
            static const Json kAnything = Json::boolean(true);
            return JsonPlace{&kAnything, &kAnything};
        } else {
            return std::nullopt;
        }
    }
    const Json* json =
        fragment.empty() || fragment.front() == '/' ? atPointer(*document, fragment) : atAnchor(*document, fragment);
    return json == nullptr ? std::nullopt : std::optional(JsonPlace{json, document});
}

Result<SchemaPtr, std::string> parseJsonSchema(std::string_view text, const std::vector<Dependency>& dependencies) {
    JsonDocuments documents;
    auto root = Json::parse(text);
    if (!root) {
        return fail(root.error());
    }
    documents.root = *std::move(root);
    for (const Dependency& dependency : dependencies) {
        auto other = Json::parse(dependency.text);
        if (!other) {
            return fail("The reference " + dependency.name + ": " + other.error());
        }
        documents.others.insert_or_assign(dependency.name, *std::move(other));
    }
    if (auto checked = Checker(documents).check(documents.root, "#"); !checked) {
        return fail(checked.error());
    }
    return SchemaPtr(std::make_shared<JsonSchema>(std::move(documents)));
}

}  // namespace weir::registry
