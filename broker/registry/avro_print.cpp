// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <set>

#include "broker/registry/avro_model.h"

namespace weir::registry::avro {

namespace {

/// Writes the members of a type in the order of Avro's Java library, which is the form that the registry compares.
class Printer {
public:
    Printer(const Model& model, TypeId first, Spelling spelling)
        : m_model(model), m_first(first), m_isSorted(spelling == Spelling::kSorted) {}

    Json type(TypeId id, const std::string& space) {
        const Type& type = m_model.at(id);
        switch (type.kind) {
            case Kind::kUnion: {
                Json branches = Json::array();
                for (const TypeId part : type.parts) {
                    branches.push(this->type(part, space));
                }
                return branches;
            }
            case Kind::kArray:
            case Kind::kMap: {
                Json json = Json::object({{"type", Json::string(std::string(toText(type.kind)))}});
                json.set(type.kind == Kind::kMap ? "values" : "items", this->type(type.parts.front(), space));
                addProperties(json, type.properties);
                return json;
            }
            case Kind::kRecord:
            case Kind::kEnum:
            case Kind::kFixed:
                return named(id, space);
            default: {
                const Json word = Json::string(std::string(toText(type.kind)));
                if (type.properties.empty()) {
                    return word;
                }
                Json json = Json::object({{"type", word}});
                addProperties(json, type.properties);
                return json;
            }
        }
    }

private:
    Json named(TypeId id, const std::string& space) {
        const Type& type = m_model.at(id);
        if (id < m_first || !m_written.insert(id).second) {
            const bool isShort = type.name.space == space && !primitiveNamed(type.name.name);
            return Json::string(isShort ? type.name.name : type.name.full());
        }
        Json json = Json::object();
        json.set("type", Json::string(type.isError ? "error" : std::string(toText(type.kind))));
        json.set("name", Json::string(type.name.name));
        if (type.name.space != space) {
            json.set("namespace", Json::string(type.name.space));
        }
        if (type.doc) {
            json.set("doc", Json::string(*type.doc));
        }
        if (type.kind == Kind::kRecord) {
            Json fields = Json::array();
            for (const Field& each : type.fields) {
                fields.push(field(each, type.name.space));
            }
            json.set("fields", std::move(fields));
        } else if (type.kind == Kind::kEnum) {
            Json symbols = Json::array();
            for (const std::string& symbol : type.symbols) {
                symbols.push(Json::string(symbol));
            }
            json.set("symbols", std::move(symbols));
            if (type.enumDefault) {
                json.set("default", Json::string(*type.enumDefault));
            }
        } else {
            json.set("size", Json::number(type.size));
        }
        addProperties(json, type.properties);
        addAliases(json, type.aliases, type.name.space);
        return json;
    }

    Json field(const Field& field, const std::string& space) {
        Json json = Json::object({{"name", Json::string(field.name)}});
        json.set("type", type(field.type, space));
        if (field.doc) {
            json.set("doc", Json::string(*field.doc));
        }
        if (field.defaultValue) {
            json.set("default", m_isSorted ? field.defaultValue->sorted() : *field.defaultValue);
        }
        if (field.order != "ascending") {
            json.set("order", Json::string(field.order));
        }
        addAliases(json, field.aliases, "");
        addProperties(json, field.properties);
        return json;
    }

    void addProperties(Json& json, std::vector<Json::Member> properties) const {
        if (m_isSorted) {
            std::sort(properties.begin(), properties.end(),
                      [](const Json::Member& a, const Json::Member& b) { return a.first < b.first; });
        }
        for (auto& [key, value] : properties) {
            json.set(std::move(key), m_isSorted ? value.sorted() : std::move(value));
        }
    }

    void addAliases(Json& json, std::vector<std::string> aliases, const std::string& space) const {
        if (aliases.empty()) {
            return;
        }
        if (m_isSorted) {
            std::sort(aliases.begin(), aliases.end());
        }
        Json list = Json::array();
        for (const std::string& alias : aliases) {
            const auto dot = alias.rfind('.');
            const bool isShort = !space.empty() && dot != std::string::npos && alias.substr(0, dot) == space;
            list.push(Json::string(isShort ? alias.substr(dot + 1) : alias));
        }
        json.set("aliases", std::move(list));
    }

    const Model& m_model;
    TypeId m_first;
    bool m_isSorted;
    std::set<TypeId> m_written;
};

}  // namespace

std::string print(const Model& model, TypeId first, Spelling spelling) {
    return Printer(model, first, spelling).type(model.root, "").toText();
}

}  // namespace weir::registry::avro
