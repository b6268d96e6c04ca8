// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <set>

#include "broker/registry/avro_model.h"

namespace weir::registry::avro {

namespace {

/// Schema resolution of the Avro specification, with the names of rules as in Avro's SchemaCompatibility. A pair that
/// is being compared further up is taken to be readable: recursive types are as good as the rest of them.
class Resolver {
public:
    Resolver(const Model& reader, const Model& writer, Roles roles)
        : m_reader(reader), m_writer(writer), m_roles(roles) {}

    std::vector<Incompatibility> run() {
        compare(m_reader.root, m_writer.root, "/");
        return std::move(m_found);
    }

private:
    static constexpr int kMaxDepth = 1000;
    static constexpr int kMaxSteps = 1'000'000;
    /// What one schema can be said to break; the rest would be more of the same.
    static constexpr std::size_t kMaxFound = 100;

    void report(const char* kind, const std::string& path, std::string description) {
        if (m_found.size() < kMaxFound) {
            m_found.push_back({kind, path, std::move(description)});
        }
    }

    static std::string at(const std::string& path, const std::string& step) {
        return path == "/" ? "/" + step : path + "/" + step;
    }

    static std::string nameOf(const Type& type) {
        return type.isNamed() ? type.name.full() : std::string(toText(type.kind));
    }

    static bool promotes(Kind writer, Kind reader) {
        switch (reader) {
            case Kind::kLong:
                return writer == Kind::kInt;
            case Kind::kFloat:
                return writer == Kind::kInt || writer == Kind::kLong;
            case Kind::kDouble:
                return writer == Kind::kInt || writer == Kind::kLong || writer == Kind::kFloat;
            case Kind::kBytes:
                return writer == Kind::kString;
            case Kind::kString:
                return writer == Kind::kBytes;
            default:
                return false;
        }
    }

    /// Unqualified names, or the reader knows the writer's by an alias.
    static bool sameName(const Type& reader, const Type& writer) {
        return reader.name.name == writer.name.name ||
               std::find(reader.aliases.begin(), reader.aliases.end(), writer.name.full()) != reader.aliases.end();
    }

    bool isReadable(TypeId reader, TypeId writer) {
        const auto before = m_found.size();
        const auto compared = m_comparing.size();
        compare(reader, writer, "/");
        const bool is = m_found.size() == before;
        if (!is) {
            // What a rejected branch was taken to prove is not proven.
            for (; m_comparing.size() > compared; m_comparing.pop_back()) {
                m_seen.erase(m_comparing.back());
            }
            m_found.resize(before);
        }
        return is;
    }

    void compare(TypeId readerId, TypeId writerId, const std::string& path) {
        const Type& reader = m_reader.at(readerId);
        const Type& writer = m_writer.at(writerId);
        if (++m_depth > kMaxDepth || ++m_steps > kMaxSteps) {
            report("TYPE_MISMATCH", path, "The schemas are too large to be compared");
        } else if (writer.kind == Kind::kUnion) {
            for (std::size_t i = 0; i < writer.parts.size(); ++i) {
                compareWithBranch(readerId, writer.parts[i],
                                  reader.kind == Kind::kUnion ? at(path, std::to_string(i)) : path);
            }
        } else if (reader.kind == Kind::kUnion) {
            compareWithBranch(readerId, writerId, path);
        } else if (reader.kind != writer.kind) {
            if (!promotes(writer.kind, reader.kind)) {
                report("TYPE_MISMATCH", path,
                       "The type (path '" + path + "') of a field in the " + std::string(m_roles.reader) +
                           " schema does not match with the " + std::string(m_roles.writer) + " schema: reader type: " +
                           upper(reader) + " not compatible with writer type: " + upper(writer));
            }
        } else {
            sameKind(readerId, writerId, path);
        }
        --m_depth;
    }

    static std::string upper(const Type& type) {
        std::string text(toText(type.kind));
        std::transform(text.begin(), text.end(), text.begin(),
                       [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); });
        return text;
    }

    /// One type of the writer's against all that the reader takes.
    void compareWithBranch(TypeId readerId, TypeId writerId, const std::string& path) {
        const Type& reader = m_reader.at(readerId);
        if (reader.kind != Kind::kUnion) {
            compare(readerId, writerId, path);
            return;
        }
        for (const TypeId branch : reader.parts) {
            if (isReadable(branch, writerId)) {
                return;
            }
        }
        report("MISSING_UNION_BRANCH", path,
               "The " + std::string(m_roles.reader) + " schema is missing a type inside a union field at path '" +
                   path + "' in the " + std::string(m_roles.writer) +
                   " schema: reader union lacking writer type: " + nameOf(m_writer.at(writerId)));
    }

    void sameKind(TypeId readerId, TypeId writerId, const std::string& path) {
        const Type& reader = m_reader.at(readerId);
        const Type& writer = m_writer.at(writerId);
        if (reader.kind == Kind::kArray || reader.kind == Kind::kMap) {
            compare(reader.parts.front(), writer.parts.front(),
                    at(path, reader.kind == Kind::kArray ? "items" : "values"));
            return;
        }
        if (!reader.isNamed() || !m_seen.emplace(readerId, writerId).second) {
            return;
        }
        m_comparing.emplace_back(readerId, writerId);
        if (!sameName(reader, writer)) {
            report("NAME_MISMATCH", at(path, "name"),
                   "The name of the schema has changed (path '" + at(path, "name") +
                       "'): expected: " + writer.name.full() + ", found: " + reader.name.full());
        }
        if (reader.kind == Kind::kFixed) {
            fixed(reader, writer, path);
        } else if (reader.kind == Kind::kEnum) {
            symbols(reader, writer, path);
        } else {
            fields(reader, writer, path);
        }
    }

    void fixed(const Type& reader, const Type& writer, const std::string& path) {
        if (reader.size != writer.size) {
            report("FIXED_SIZE_MISMATCH", at(path, "size"),
                   "The size of FIXED type field at path '" + at(path, "size") + "' in the " +
                       std::string(m_roles.reader) + " schema does not match with the " + std::string(m_roles.writer) +
                       " schema: expected: " + std::to_string(writer.size) + ", found: " + std::to_string(reader.size));
        }
    }

    void symbols(const Type& reader, const Type& writer, const std::string& path) {
        std::string missing;
        for (const std::string& symbol : writer.symbols) {
            if (std::find(reader.symbols.begin(), reader.symbols.end(), symbol) == reader.symbols.end()) {
                missing += (missing.empty() ? "" : ", ") + symbol;
            }
        }
        if (!missing.empty() && !reader.enumDefault) {
            report("MISSING_ENUM_SYMBOLS", at(path, "symbols"),
                   "The " + std::string(m_roles.reader) + " schema is missing enum symbols '[" + missing +
                       "]' at path '" + at(path, "symbols") + "' in the " + std::string(m_roles.writer) + " schema");
        }
    }

    static const Field* writersField(const Type& writer, const Field& field) {
        const auto named = [&](const std::string& name) {
            const auto found = std::find_if(writer.fields.begin(), writer.fields.end(),
                                            [&](const Field& each) { return each.name == name; });
            return found == writer.fields.end() ? nullptr : &*found;
        };
        const Field* found = named(field.name);
        for (std::size_t i = 0; found == nullptr && i < field.aliases.size(); ++i) {
            found = named(field.aliases[i]);
        }
        return found;
    }

    void fields(const Type& reader, const Type& writer, const std::string& path) {
        for (std::size_t i = 0; i < reader.fields.size(); ++i) {
            const Field& field = reader.fields[i];
            const std::string place = at(at(path, "fields"), std::to_string(i));
            if (const Field* theirs = writersField(writer, field)) {
                compare(field.type, theirs->type, at(place, "type"));
            } else if (!field.defaultValue && !m_reader.at(field.type).enumDefault) {
                report("READER_FIELD_MISSING_DEFAULT_VALUE", place,
                       "The field '" + field.name + "' at path '" + place + "' in the " + std::string(m_roles.reader) +
                           " schema has no default value and is missing in the " + std::string(m_roles.writer) +
                           " schema");
            }
        }
    }

    const Model& m_reader;
    const Model& m_writer;
    Roles m_roles;
    std::vector<Incompatibility> m_found;
    std::set<std::pair<TypeId, TypeId>> m_seen;
    /// Those of m_seen in order of their coming.
    std::vector<std::pair<TypeId, TypeId>> m_comparing;
    int m_depth = 0;
    int m_steps = 0;
};

}  // namespace

std::vector<Incompatibility> whyUnreadable(const Model& reader, const Model& writer, Roles roles) {
    return Resolver(reader, writer, roles).run();
}

}  // namespace weir::registry::avro
