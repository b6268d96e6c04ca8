// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/registry.h"

#include <algorithm>
#include <array>

#include "broker/registry/json.h"

namespace weir::registry {

namespace {

constexpr std::array<std::string_view, 7> kLevels{
    "NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"};
constexpr std::array<std::string_view, 4> kModes{"READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT"};

template <class Enum, std::size_t kCount>
std::optional<Enum> named(const std::array<std::string_view, kCount>& names, std::string_view text) {
    const auto found = std::find(names.begin(), names.end(), text);
    return found == names.end() ? std::nullopt : std::optional(static_cast<Enum>(found - names.begin()));
}

std::string referencesText(const std::vector<Reference>& references) {
    Json list = Json::array();
    for (const Reference& each : references) {
        list.push(Json::object({{"name", Json::string(each.name)},
                                {"subject", Json::string(each.subject)},
                                {"version", Json::number(each.version)}}));
    }
    return references.empty() ? std::string() : list.toText();
}

std::vector<Reference> referencesOf(const std::string& text) {
    std::vector<Reference> references;
    const auto list = Json::parse(text.empty() ? "[]" : text);
    for (const Json& each : list ? list->items() : std::vector<Json>()) {
        const Json* version = each.find("version");
        references.push_back({std::string(each.textOf("name")), std::string(each.textOf("subject")),
                              static_cast<int>(version != nullptr ? version->integer().value_or(0) : 0)});
    }
    return references;
}

/// Two schemas are the same when this is.
std::string identity(const SchemaText& schema) {
    return std::string(toText(schema.type)) + "\n" + referencesText(schema.references) + "\n" + schema.text;
}

SchemaType typeNamed(const std::string& text) {
    return text == "JSON" ? SchemaType::kJson : text == "PROTOBUF" ? SchemaType::kProtobuf : SchemaType::kAvro;
}

}  // namespace

std::string_view toText(Compatibility level) {
    return kLevels[static_cast<std::size_t>(level)];
}
std::optional<Compatibility> compatibilityNamed(std::string_view text) {
    return named<Compatibility>(kLevels, text);
}
std::string_view toText(Mode mode) {
    return kModes[static_cast<std::size_t>(mode)];
}
std::optional<Mode> modeNamed(std::string_view text) {
    return named<Mode>(kModes, text);
}

Registry::Registry(catalog::Catalog& catalog, Logger logger) : m_catalog(catalog), m_logger(std::move(logger)) {}

Result<std::unique_ptr<Registry>, catalog::CatalogError> Registry::open(catalog::Catalog& catalog, Logger logger) {
    auto rows = catalog.schemas();
    if (!rows) {
        return fail(rows.error());
    }
    std::unique_ptr<Registry> registry(new Registry(catalog, std::move(logger)));
    registry->take(*std::move(rows));
    return registry;
}

void Registry::take(catalog::SchemaRows rows) {
    for (auto& row : rows.schemas) {
        Context& context = m_contexts[row.context];
        SchemaText schema{typeNamed(row.type), std::move(row.text), referencesOf(row.references)};
        context.known.emplace(identity(schema), row.id);
        context.schemas[row.id] = {std::move(schema), nullptr};
        context.nextId = std::max(context.nextId, row.id + 1);
    }
    for (const auto& row : rows.contexts) {
        Context& context = m_contexts[row.context];
        context.nextId = std::max(context.nextId, row.nextId);
    }
    for (const auto& row : rows.versions) {
        if (m_contexts[row.context].schemas.contains(row.id)) {
            m_subjects[{row.context, row.subject}][row.version] = {row.id, row.isDeleted};
        } else {
            m_logger.warn("schema {} of subject {} is not there", row.id, row.subject);
        }
    }
    for (auto& row : rows.settings) {
        m_settings[{row.scope, row.name}] = std::move(row.value);
    }
}

Answer<void> Registry::commit(const catalog::SchemaChange& change) {
    if (const auto done = m_catalog.changeSchemas(change); !done) {
        m_logger.error("a schema could not be stored: {}", done.error().message);
        return fail(RegistryErrc::kStore, "Error in the backend data store: " + done.error().message);
    }
    return {};
}

// Schemas and what they refer to.

Answer<void> Registry::collect(const std::string& context, const std::vector<Reference>& references,
                               std::vector<Dependency>& into, int depth) {
    constexpr int kMaxDepth = 50;
    constexpr std::size_t kMaxDependencies = 1000;
    for (const Reference& each : references) {
        const bool isKnown =
            std::any_of(into.begin(), into.end(), [&](const Dependency& d) { return d.name == each.name; });
        if (isKnown) {
            continue;
        }
        if (depth > kMaxDepth || into.size() > kMaxDependencies) {
            return fail(RegistryErrc::kInvalidSchema, "References lead too far from '" + each.name + "'");
        }
        Subject subject = Subject::parse(each.subject);
        if (subject.isDefault() && !each.subject.starts_with(":.:")) {
            subject.context = context;
        }
        const Versions* versions = versionsHere(subject, Deleted::kWith);
        const auto found = versions == nullptr       ? Versions::const_iterator()
                           : each.version == kLatest ? std::prev(versions->end())
                                                     : versions->find(each.version);
        if (versions == nullptr || found == versions->end()) {
            return fail(RegistryErrc::kInvalidSchema, "No schema reference found for subject \"" + each.subject +
                                                          "\" and version " + std::to_string(each.version));
        }
        const SchemaText schema = m_contexts[subject.context].schemas[found->second.id].schema;
        if (auto done = collect(subject.context, schema.references, into, depth + 1); !done) {
            return done;
        }
        into.push_back({each.name, schema.text});
    }
    return {};
}

Answer<SchemaPtr> Registry::understand(const Subject& subject, const SchemaText& schema, Strictness strictness) {
    if (schema.text.size() > kMaxSchemaBytes) {
        return fail(RegistryErrc::kTooLarge, "Schema too large: " + std::to_string(schema.text.size()) + " bytes");
    }
    if (schema.text.empty()) {
        return fail(RegistryErrc::kInvalidSchema, std::string("Empty schema"));
    }
    std::vector<Dependency> dependencies;
    if (auto done = collect(subject.context, schema.references, dependencies, 0); !done) {
        return fail(done.error());
    }
    auto parsed = parseSchema(schema.type, schema.text, dependencies, strictness);
    if (!parsed) {
        return fail(RegistryErrc::kInvalidSchema,
                    "Invalid schema of type " + std::string(toText(schema.type)) + ", details: " + parsed.error());
    }
    return *std::move(parsed);
}

Answer<SchemaText> Registry::canonical(const Subject& subject, const SchemaText& schema, bool normalize,
                                       SchemaPtr& parsed) {
    auto understood = understand(subject, schema, Strictness::kNew);
    if (!understood) {
        return fail(understood.error());
    }
    parsed = *std::move(understood);
    SchemaText text = schema;
    const bool isNormalized = normalize || effectiveHere(subject).normalize.value_or(false);
    text.text = isNormalized ? parsed->normalized() : parsed->canonical();
    for (Reference& each : text.references) {
        if (each.version == kLatest) {
            const Versions* versions = versionsHere(Subject::parse(each.subject), Deleted::kWith);
            each.version = versions != nullptr ? versions->rbegin()->first : each.version;
        }
    }
    return text;
}

Answer<SchemaPtr> Registry::parsedHere(const std::string& context, int id) {
    Stored& stored = m_contexts[context].schemas[id];
    if (!stored.parsed) {
        auto parsed = understand({context, {}}, stored.schema, Strictness::kStored);
        if (!parsed) {
            return parsed;
        }
        stored.parsed = *std::move(parsed);
    }
    return stored.parsed;
}

Registry::Versions* Registry::versionsHere(const Subject& subject, Deleted deleted) {
    const auto found = m_subjects.find(subject);
    if (found == m_subjects.end()) {
        return nullptr;
    }
    const bool isThere =
        deleted != Deleted::kWithout || std::any_of(found->second.begin(), found->second.end(),
                                                    [](const auto& each) { return !each.second.isDeleted; });
    return isThere ? &found->second : nullptr;
}

SubjectVersion Registry::make(const Subject& subject, int version, const Slot& slot) {
    return {subject, version, slot.id, m_contexts[subject.context].schemas[slot.id].schema, slot.isDeleted};
}

// Registering.

Answer<void> Registry::mayWrite(const Subject& subject, bool hasId) {
    const Mode mode = effectiveModeHere(subject);
    if (mode == Mode::kReadOnly || mode == Mode::kReadOnlyOverride) {
        return fail(RegistryErrc::kNotPermitted, "Subject " + subject.text() + " in context  is in read-only mode");
    }
    if (hasId != (mode == Mode::kImport)) {
        return fail(RegistryErrc::kNotPermitted, hasId ? "Subject " + subject.text() + " is not in import mode"
                                                       : "Subject " + subject.text() + " is in import mode");
    }
    return {};
}

Answer<SubjectVersion> Registry::add(const Subject& subject, const NewVersion& wanted) {
    const std::lock_guard lock(m_mutex);
    if (subject.name.empty() || std::any_of(subject.name.begin(), subject.name.end(),
                                            [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
        return fail(RegistryErrc::kInvalidSubject, "The specified subject '" + subject.text() + "' is not a valid.");
    }
    SchemaPtr parsed;
    auto text = canonical(subject, wanted.schema, wanted.normalize, parsed);
    if (!text) {
        return fail(text.error());
    }
    Versions* versions = versionsHere(subject, Deleted::kWith);
    if (versions != nullptr && !wanted.id) {
        const auto known = m_contexts[subject.context].known.find(identity(*text));
        for (auto it = versions->rbegin(); known != m_contexts[subject.context].known.end() && it != versions->rend();
             ++it) {
            if (!it->second.isDeleted && it->second.id == known->second) {
                return make(subject, it->first, it->second);
            }
        }
    }
    if (auto may = mayWrite(subject, wanted.id.has_value()); !may) {
        return fail(may.error());
    }
    if (!wanted.id) {
        std::vector<int> present;
        for (const auto& [version, slot] : versions != nullptr ? *versions : Versions()) {
            if (!slot.isDeleted) {
                present.push_back(version);
            }
        }
        const Compatibility level = effectiveHere(subject).compatibility.value_or(Compatibility::kBackward);
        const auto why = conflicts(subject, *parsed, std::move(present), level);
        if (!why) {
            return fail(why.error());
        }
        if (!why->empty()) {
            std::string details;
            for (const std::string& each : *why) {
                details += (details.empty() ? "" : ", ") + each;
            }
            return fail(RegistryErrc::kIncompatible,
                        "Schema being registered is incompatible with an earlier schema for subject \"" +
                            subject.text() + "\", details: [" + details + "]");
        }
    }
    return place(subject, wanted, *std::move(text), std::move(parsed));
}

Answer<SubjectVersion> Registry::place(const Subject& subject, const NewVersion& wanted, SchemaText text,
                                       SchemaPtr parsed) {
    Context& context = m_contexts[subject.context];
    const std::string key = identity(text);
    const auto known = context.known.find(key);
    const int id = wanted.id ? *wanted.id : known != context.known.end() ? known->second : context.nextId;
    const auto stored = context.schemas.find(id);
    if (stored != context.schemas.end() && identity(stored->second.schema) != key) {
        return fail(RegistryErrc::kNotPermitted,
                    "Overwrite new schema with id " + std::to_string(id) + " is not permitted.");
    }
    const auto subjectAt = m_subjects.find(subject);
    const int latest =
        subjectAt == m_subjects.end() || subjectAt->second.empty() ? 0 : subjectAt->second.rbegin()->first;
    const int version = wanted.version.value_or(latest + 1);
    catalog::SchemaChange change;
    const bool isNew = stored == context.schemas.end();
    if (isNew) {
        change.put.schemas.push_back(
            {subject.context, id, std::string(toText(text.type)), text.text, referencesText(text.references)});
        change.put.contexts.push_back({subject.context, std::max(context.nextId, id + 1)});
    }
    change.put.versions.push_back({subject.context, subject.name, version, id, false});
    if (auto done = commit(change); !done) {
        return fail(done.error());
    }
    if (isNew) {
        context.nextId = std::max(context.nextId, id + 1);
        context.known.emplace(key, id);
        context.schemas[id] = {std::move(text), std::move(parsed)};
    }
    Slot& slot = m_subjects[subject][version];
    slot = {id, false};
    return make(subject, version, slot);
}

Answer<SubjectVersion> Registry::find(const Subject& subject, const SchemaText& schema, bool normalize,
                                      Deleted deleted) {
    const std::lock_guard lock(m_mutex);
    const Versions* versions = versionsHere(subject, deleted);
    if (versions == nullptr) {
        return fail(RegistryErrc::kSubjectNotFound, "Subject '" + subject.text() + "' not found.");
    }
    SchemaPtr parsed;
    const auto text = canonical(subject, schema, normalize, parsed);
    if (!text) {
        return fail(text.error());
    }
    const auto& known = m_contexts[subject.context].known;
    const auto id = known.find(identity(*text));
    for (auto it = versions->rbegin(); id != known.end() && it != versions->rend(); ++it) {
        if (it->second.id == id->second && (deleted != Deleted::kWithout || !it->second.isDeleted)) {
            return make(subject, it->first, it->second);
        }
    }
    return fail(RegistryErrc::kSchemaNotFound, std::string("Schema not found"));
}

// Compatibility.

Answer<std::vector<std::string>> Registry::conflicts(const Subject& subject, const Schema& schema,
                                                     std::vector<int> versions, Compatibility level) {
    std::vector<std::string> why;
    const bool isTransitive = level == Compatibility::kBackwardTransitive ||
                              level == Compatibility::kForwardTransitive || level == Compatibility::kFullTransitive;
    const bool isBackward =
        level != Compatibility::kNone && level != Compatibility::kForward && level != Compatibility::kForwardTransitive;
    const bool isForward = level != Compatibility::kNone && level != Compatibility::kBackward &&
                           level != Compatibility::kBackwardTransitive;
    if (level == Compatibility::kNone || versions.empty()) {
        return why;
    }
    if (!isTransitive) {
        versions = {versions.back()};
    }
    std::reverse(versions.begin(), versions.end());
    for (const int version : versions) {
        const Slot& slot = m_subjects[subject][version];
        const auto old = parsedHere(subject.context, slot.id);
        if (!old) {
            return fail(old.error());
        }
        std::vector<Incompatibility> found;
        if ((*old)->type() != schema.type()) {
            found.push_back({"SCHEMA_TYPE_CHANGED", "/", "The new schema is of another schema type"});
        } else {
            found = isBackward ? schema.whyUnreadable(**old, {"new", "old"}) : std::vector<Incompatibility>();
            const auto back =
                isForward ? (*old)->whyUnreadable(schema, {"old", "new"}) : std::vector<Incompatibility>();
            found.insert(found.end(), back.begin(), back.end());
        }
        for (const Incompatibility& each : found) {
            why.push_back("{errorType:'" + each.kind + "', description:'" + each.description + "', additionalInfo:'" +
                          each.path + "'}");
        }
        if (!found.empty()) {
            why.push_back("{oldSchemaVersion: " + std::to_string(version) + "}");
            why.push_back("{oldSchema: '" + (*old)->canonical() + "'}");
            why.push_back("{compatibility: '" + std::string(toText(level)) + "'}");
            break;
        }
    }
    return why;
}

Answer<std::vector<std::string>> Registry::test(const Subject& subject, std::optional<int> version,
                                                const SchemaText& schema, bool normalize) {
    const std::lock_guard lock(m_mutex);
    Versions* versions = versionsHere(subject, Deleted::kWithout);
    std::vector<int> against;
    for (const auto& [number, slot] : versions != nullptr ? *versions : Versions()) {
        if (!slot.isDeleted && (!version || *version == kLatest || *version == number)) {
            against.push_back(number);
        }
    }
    if (version && against.empty() && *version != kLatest) {
        return fail(versions == nullptr ? RegistryErrc::kSubjectNotFound : RegistryErrc::kVersionNotFound,
                    versions == nullptr ? "Subject '" + subject.text() + "' not found."
                                        : "Version " + std::to_string(*version) + " not found.");
    }
    SchemaPtr parsed;
    const auto text = canonical(subject, schema, normalize, parsed);
    if (!text) {
        return fail(text.error());
    }
    return conflicts(subject, *parsed, std::move(against),
                     effectiveHere(subject).compatibility.value_or(Compatibility::kBackward));
}

// Looking.

std::vector<Subject> Registry::subjects(std::string_view prefix, Deleted deleted) {
    const std::lock_guard lock(m_mutex);
    std::vector<Subject> found;
    const bool isEverywhere = prefix.starts_with(":*:");
    const std::string_view rest = isEverywhere ? prefix.substr(3) : prefix;
    for (const auto& [subject, versions] : m_subjects) {
        const bool isDeleted =
            std::all_of(versions.begin(), versions.end(), [](const auto& each) { return each.second.isDeleted; });
        if (deleted == Deleted::kWithout ? isDeleted : deleted == Deleted::kOnly && !isDeleted) {
            continue;
        }
        if (isEverywhere ? subject.name.starts_with(rest) : subject.text().starts_with(rest)) {
            found.push_back(subject);
        }
    }
    return found;
}

std::vector<std::string> Registry::contexts() {
    const std::lock_guard lock(m_mutex);
    std::vector<std::string> names{"."};
    for (const auto& [subject, versions] : m_subjects) {
        if (std::find(names.begin(), names.end(), subject.context) == names.end()) {
            names.push_back(subject.context);
        }
    }
    return names;
}

Answer<std::vector<int>> Registry::versions(const Subject& subject, Deleted deleted) {
    const std::lock_guard lock(m_mutex);
    std::vector<int> numbers;
    const auto found = m_subjects.find(subject);
    for (const auto& [number, slot] : found != m_subjects.end() ? found->second : Versions()) {
        if (deleted == Deleted::kWith || slot.isDeleted == (deleted == Deleted::kOnly)) {
            numbers.push_back(number);
        }
    }
    if (numbers.empty()) {
        return fail(RegistryErrc::kSubjectNotFound, "Subject '" + subject.text() + "' not found.");
    }
    return numbers;
}

Answer<SubjectVersion> Registry::version(const Subject& subject, int version, Deleted deleted) {
    const std::lock_guard lock(m_mutex);
    const Versions* versions = versionsHere(subject, deleted);
    if (versions == nullptr) {
        return fail(RegistryErrc::kSubjectNotFound, "Subject '" + subject.text() + "' not found.");
    }
    for (auto it = versions->rbegin(); it != versions->rend(); ++it) {
        const bool isSeen = deleted == Deleted::kWith || !it->second.isDeleted;
        if (isSeen && (version == kLatest || version == it->first)) {
            return make(subject, it->first, it->second);
        }
    }
    return fail(RegistryErrc::kVersionNotFound, "Version " + std::to_string(version) + " not found.");
}

std::vector<SubjectVersion> Registry::all(std::string_view prefix, Deleted deleted, bool latestOnly) {
    std::vector<SubjectVersion> found;
    for (const Subject& subject : subjects(prefix, deleted)) {
        const std::lock_guard lock(m_mutex);
        std::vector<SubjectVersion> ofSubject;
        for (const auto& [number, slot] : m_subjects[subject]) {
            if (deleted == Deleted::kWith || slot.isDeleted == (deleted == Deleted::kOnly)) {
                ofSubject.push_back(make(subject, number, slot));
            }
        }
        if (latestOnly && ofSubject.size() > 1) {
            ofSubject.erase(ofSubject.begin(), ofSubject.end() - 1);
        }
        std::move(ofSubject.begin(), ofSubject.end(), std::back_inserter(found));
    }
    return found;
}

const Registry::Context* Registry::contextOf(int id, const Subject& near, std::string& name) {
    const auto has = [&](const std::string& each) {
        const auto found = m_contexts.find(each);
        name = each;
        return found != m_contexts.end() && found->second.schemas.contains(id) ? &found->second : nullptr;
    };
    if (const Context* found = has(near.context)) {
        return found;
    }
    // A subject that names no context may be in any that has the id.
    for (const auto& [subject, versions] : m_subjects) {
        const bool isIt =
            !near.name.empty() && near.isDefault() && subject.name == near.name &&
            std::any_of(versions.begin(), versions.end(), [&](const auto& each) { return each.second.id == id; });
        if (isIt) {
            return has(subject.context);
        }
    }
    return nullptr;
}

Answer<SchemaText> Registry::byId(int id, const Subject& near) {
    const std::lock_guard lock(m_mutex);
    std::string name;
    const Context* context = contextOf(id, near, name);
    if (context == nullptr) {
        return fail(RegistryErrc::kSchemaNotFound, "Schema " + std::to_string(id) + " not found");
    }
    return context->schemas.at(id).schema;
}

Answer<SchemaPtr> Registry::parsed(int id, const Subject& near) {
    const std::lock_guard lock(m_mutex);
    std::string name;
    if (contextOf(id, near, name) == nullptr) {
        return fail(RegistryErrc::kSchemaNotFound, "Schema " + std::to_string(id) + " not found");
    }
    return parsedHere(name, id);
}

Answer<std::vector<SubjectVersion>> Registry::versionsOf(int id, const Subject& near, Deleted deleted) {
    const std::lock_guard lock(m_mutex);
    std::string name;
    if (contextOf(id, near, name) == nullptr) {
        return fail(RegistryErrc::kSchemaNotFound, "Schema " + std::to_string(id) + " not found");
    }
    std::vector<SubjectVersion> found;
    for (const auto& [subject, versions] : m_subjects) {
        for (const auto& [number, slot] : versions) {
            if (subject.context == name && slot.id == id && (deleted == Deleted::kWith || !slot.isDeleted) &&
                (near.name.empty() || near.name == subject.name)) {
                found.push_back(make(subject, number, slot));
            }
        }
    }
    return found;
}

std::vector<int> Registry::referrers(const Subject& subject, int version, bool isDeletedToo) {
    std::vector<int> ids;
    for (const auto& [other, versions] : m_subjects) {
        for (const auto& [number, slot] : versions) {
            const std::string& context = other.context;
            const auto& references = m_contexts[context].schemas[slot.id].schema.references;
            const bool isReferring = (isDeletedToo || !slot.isDeleted) &&
                                     std::any_of(references.begin(), references.end(), [&](const Reference& each) {
                                         Subject target = Subject::parse(each.subject);
                                         target.context = target.isDefault() ? context : target.context;
                                         return target == subject && each.version == version;
                                     });
            if (isReferring && std::find(ids.begin(), ids.end(), slot.id) == ids.end()) {
                ids.push_back(slot.id);
            }
        }
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

Answer<std::vector<int>> Registry::referencedBy(const Subject& subject, int version) {
    const auto found = this->version(subject, version, Deleted::kWith);
    if (!found) {
        return fail(found.error());
    }
    const std::lock_guard lock(m_mutex);
    return referrers(subject, found->version, false);
}

}  // namespace weir::registry
