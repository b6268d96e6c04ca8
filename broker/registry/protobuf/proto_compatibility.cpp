// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/protobuf/proto_compatibility.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <set>

namespace weir::registry {

namespace pb = google::protobuf;

namespace {

/// Types that are read as one another, whatever the number means then.
enum class Wire { kVarint, kZigzag, kBytes, kFixed32, kFixed64, kFloat, kDouble, kMessage };

Wire wireOf(const pb::FieldDescriptor& field) {
    switch (field.type()) {
        case pb::FieldDescriptor::TYPE_SINT32:
        case pb::FieldDescriptor::TYPE_SINT64:
            return Wire::kZigzag;
        case pb::FieldDescriptor::TYPE_STRING:
        case pb::FieldDescriptor::TYPE_BYTES:
            return Wire::kBytes;
        case pb::FieldDescriptor::TYPE_FIXED32:
        case pb::FieldDescriptor::TYPE_SFIXED32:
            return Wire::kFixed32;
        case pb::FieldDescriptor::TYPE_FIXED64:
        case pb::FieldDescriptor::TYPE_SFIXED64:
            return Wire::kFixed64;
        case pb::FieldDescriptor::TYPE_FLOAT:
            return Wire::kFloat;
        case pb::FieldDescriptor::TYPE_DOUBLE:
            return Wire::kDouble;
        case pb::FieldDescriptor::TYPE_MESSAGE:
        case pb::FieldDescriptor::TYPE_GROUP:
            return Wire::kMessage;
        default:
            return Wire::kVarint;
    }
}

/// The name inside the package: a package may be renamed.
std::string localName(const std::string& full, const std::string& package) {
    return package.empty() ? full : full.substr(package.size() + 1);
}

class Comparison {
public:
    explicit Comparison(Roles roles) : m_roles(roles) {}

    std::vector<Incompatibility> run(const pb::FileDescriptor& reader, const pb::FileDescriptor& writer) {
        for (int i = 0; i < writer.message_type_count(); ++i) {
            const pb::Descriptor& before = *writer.message_type(i);
            present(before, reader.FindMessageTypeByName(before.name()), "#/" + before.name());
        }
        return std::move(m_found);
    }

private:
    static constexpr std::size_t kMaxFound = 100;
    static constexpr int kMaxDepth = 500;

    void report(const char* kind, const std::string& path, const std::string& what) {
        if (m_found.size() < kMaxFound) {
            m_found.push_back({kind, path, what});
        }
    }
    [[nodiscard]] std::string reader() const { return "the " + std::string(m_roles.reader) + " schema"; }

    void present(const pb::Descriptor& before, const pb::Descriptor* now, const std::string& path) {
        if (now == nullptr) {
            report("MESSAGE_REMOVED", path,
                   "The " + std::string(m_roles.reader) + " schema is missing the message at path '" + path + "'");
        } else {
            messages(before, *now, path);
        }
    }

    void messages(const pb::Descriptor& before, const pb::Descriptor& now, const std::string& path) {
        if (!m_seen.emplace(&before, &now).second) {
            return;
        }
        if (++m_depth > kMaxDepth) {
            report("MESSAGE_REMOVED", path, "The schemas are too deep to be compared");
            --m_depth;
            return;
        }
        for (int i = 0; i < before.nested_type_count(); ++i) {
            const pb::Descriptor& nested = *before.nested_type(i);
            // The entries of a map are compared as the field's.
            if (!nested.options().map_entry()) {
                present(nested, now.FindNestedTypeByName(nested.name()), path + "/" + nested.name());
            }
        }
        for (int i = 0; i < before.field_count(); ++i) {
            const pb::FieldDescriptor& field = *before.field(i);
            const std::string place = path + "/" + std::to_string(field.number());
            if (const pb::FieldDescriptor* theirs = now.FindFieldByNumber(field.number())) {
                fields(field, *theirs, place);
            } else {
                removed(field, now, place);
            }
        }
        for (int i = 0; i < now.field_count(); ++i) {
            const pb::FieldDescriptor& field = *now.field(i);
            if (field.is_required() && before.FindFieldByNumber(field.number()) == nullptr) {
                const std::string place = path + "/" + std::to_string(field.number());
                report("REQUIRED_FIELD_ADDED", place, "A required field at path '" + place + "' is new in " + reader());
            }
        }
        choices(before, now, path);
        --m_depth;
    }

    void removed(const pb::FieldDescriptor& field, const pb::Descriptor& now, const std::string& path) {
        const pb::OneofDescriptor* choice = field.real_containing_oneof();
        if (field.is_required()) {
            report("REQUIRED_FIELD_REMOVED", path, "A required field at path '" + path + "' is missing in " + reader());
        } else if (choice != nullptr && now.FindOneofByName(choice->name()) != nullptr) {
            report("ONEOF_FIELD_REMOVED", path, "A oneof field at path '" + path + "' is missing in " + reader());
        }
    }

    void fields(const pb::FieldDescriptor& before, const pb::FieldDescriptor& now, const std::string& path) {
        const Wire wire = wireOf(before);
        const Wire wireNow = wireOf(now);
        if (before.is_required() != now.is_required()) {
            report(now.is_required() ? "REQUIRED_FIELD_ADDED" : "REQUIRED_FIELD_REMOVED", path,
                   "A field at path '" + path + "' is required in one of the schemas only");
        }
        if ((wire == Wire::kMessage) != (wireNow == Wire::kMessage) || before.is_map() != now.is_map()) {
            report("FIELD_KIND_CHANGED", path,
                   "The kind of the field at path '" + path + "' is different in " + reader());
        } else if (wire != wireNow) {
            report("FIELD_SCALAR_KIND_CHANGED", path,
                   "The kind of the SCALAR field at path '" + path + "' in " + reader() +
                       " does not match: " + before.type_name() + " became " + now.type_name());
        } else if (before.is_repeated() != now.is_repeated() && wire != Wire::kBytes && wire != Wire::kMessage) {
            report("FIELD_NUMERIC_LABEL_CHANGED", path,
                   "The label of the numeric field at path '" + path + "' is different in " + reader());
        } else if (before.is_map()) {
            for (const int part : {1, 2}) {
                fields(*before.message_type()->FindFieldByNumber(part), *now.message_type()->FindFieldByNumber(part),
                       path + (part == 1 ? "/key" : "/value"));
            }
        } else if (wire == Wire::kMessage) {
            named(*before.message_type(), *now.message_type(), path);
        } else if (before.enum_type() != nullptr && now.enum_type() != nullptr) {
            sameName(*before.enum_type(), *now.enum_type(), path);
        }
    }

    template <class Descriptor>
    bool sameName(const Descriptor& before, const Descriptor& now, const std::string& path) {
        const std::string first = localName(before.full_name(), before.file()->package());
        const std::string second = localName(now.full_name(), now.file()->package());
        if (first == second) {
            return true;
        }
        report("FIELD_NAMED_TYPE_CHANGED", path,
               "The type of the field at path '" + path + "' is " + second + " in " + reader() + " and was " + first);
        return false;
    }

    void named(const pb::Descriptor& before, const pb::Descriptor& now, const std::string& path) {
        if (sameName(before, now, path)) {
            messages(before, now, path);
        }
    }

    /// Fields that become choices of each other: one may move into a oneof of its own, more cannot keep their values.
    void choices(const pb::Descriptor& before, const pb::Descriptor& now, const std::string& path) {
        for (int i = 0; i < now.real_oneof_decl_count(); ++i) {
            const pb::OneofDescriptor& choice = *now.oneof_decl(i);
            const bool existed = before.FindOneofByName(choice.name()) != nullptr;
            const std::string place = path + "/" + choice.name();
            int moved = 0;
            for (int j = 0; j < choice.field_count(); ++j) {
                const pb::FieldDescriptor* old = before.FindFieldByNumber(choice.field(j)->number());
                moved += old != nullptr && old->real_containing_oneof() == nullptr ? 1 : 0;
            }
            if (existed && moved > 0) {
                report("FIELD_MOVED_TO_EXISTING_ONEOF", place,
                       "A field moved into the existing oneof at path '" + place + "' of " + reader());
            } else if (moved > 1) {
                report("MULTIPLE_FIELDS_MOVED_TO_ONEOF", place,
                       "Multiple fields moved into the oneof at path '" + place + "' of " + reader());
            }
        }
    }

    Roles m_roles;
    std::vector<Incompatibility> m_found;
    std::set<std::pair<const pb::Descriptor*, const pb::Descriptor*>> m_seen;
    int m_depth = 0;
};

}  // namespace

std::vector<Incompatibility> whyUnreadable(const pb::FileDescriptor& reader, const pb::FileDescriptor& writer,
                                           Roles roles) {
    return Comparison(roles).run(reader, writer);
}

}  // namespace weir::registry
