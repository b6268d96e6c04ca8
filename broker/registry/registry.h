// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/log.h"
#include "broker/catalog/catalog.h"
#include "broker/registry/schema.h"
#include "broker/registry/subject.h"

namespace weir::registry {

/// Confluent's error codes: the HTTP status and two digits, which clients know each by.
enum class RegistryErrc {
    kIncompatible = 409,
    kSubjectNotFound = 40401,
    kVersionNotFound = 40402,
    kSchemaNotFound = 40403,
    kSubjectSoftDeleted = 40404,
    kSubjectNotSoftDeleted = 40405,
    kVersionSoftDeleted = 40406,
    kVersionNotSoftDeleted = 40407,
    kNoSubjectCompatibility = 40408,
    kNoSubjectMode = 40409,
    kInvalidSchema = 42201,
    kInvalidVersion = 42202,
    kInvalidCompatibility = 42203,
    kInvalidMode = 42204,
    kNotPermitted = 42205,
    kReferenceExists = 42206,
    kIdDiffers = 42207,
    kInvalidSubject = 42208,
    kTooLarge = 42209,
    kStore = 50001,
};
using RegistryError = Error<RegistryErrc>;
template <class T>
using Answer = Result<T, RegistryError>;

enum class Compatibility {
    kNone,
    kBackward,
    kBackwardTransitive,
    kForward,
    kForwardTransitive,
    kFull,
    kFullTransitive
};
std::string_view toText(Compatibility level);
std::optional<Compatibility> compatibilityNamed(std::string_view text);

enum class Mode { kReadWrite, kReadOnly, kReadOnlyOverride, kImport };
std::string_view toText(Mode mode);
std::optional<Mode> modeNamed(std::string_view text);

/// What a scope says of itself; nothing where a wider scope decides.
struct Config {
    std::optional<Compatibility> compatibility;
    std::optional<bool> normalize;
    bool operator==(const Config&) const = default;
};

enum class Deleted { kWithout, kWith, kOnly };

/// A version of a subject with its schema.
struct SubjectVersion {
    Subject subject;
    int version = 0;
    int id = 0;
    SchemaText schema;
    bool isDeleted = false;
};

struct NewVersion {
    SchemaText schema;
    bool normalize = false;
    /// Given in mode IMPORT only.
    std::optional<int> id;
    std::optional<int> version;
};

/// The latest version, where a version is asked for.
inline constexpr int kLatest = -1;

/// Subjects, versions and schemas, kept in the catalog and in memory. Every change is in the catalog before it is
/// answered. Any thread; calls that change something block for a commit. One lock: registrations are rare.
/// A scope is a subject, a context (":.staging:") or, empty, everything.
class Registry {
public:
    static Result<std::unique_ptr<Registry>, catalog::CatalogError> open(catalog::Catalog& catalog, Logger logger);
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    /// The version that stands for the schema: a new one, or the one that has it already.
    Answer<SubjectVersion> add(const Subject& subject, const NewVersion& version);
    /// The version of the subject that is this schema.
    Answer<SubjectVersion> find(const Subject& subject, const SchemaText& schema, bool normalize, Deleted deleted);
    /// Why the schema may not become a version after `version` (kLatest: the latest; nothing: all that the level asks
    /// for). Empty when it may.
    Answer<std::vector<std::string>> test(const Subject& subject, std::optional<int> version, const SchemaText& schema,
                                          bool normalize);

    [[nodiscard]] std::vector<Subject> subjects(std::string_view prefix, Deleted deleted);
    [[nodiscard]] std::vector<std::string> contexts();
    Answer<std::vector<int>> versions(const Subject& subject, Deleted deleted);
    Answer<SubjectVersion> version(const Subject& subject, int version, Deleted deleted);
    /// Every version of every subject whose text starts with `prefix`.
    [[nodiscard]] std::vector<SubjectVersion> all(std::string_view prefix, Deleted deleted, bool latestOnly);
    /// Ids are of a context: `near` names it, or a subject that has the id.
    Answer<SchemaText> byId(int id, const Subject& near);
    Answer<std::vector<SubjectVersion>> versionsOf(int id, const Subject& near, Deleted deleted);
    Answer<std::vector<int>> referencedBy(const Subject& subject, int version);

    /// Answers the versions that went.
    Answer<std::vector<int>> removeSubject(const Subject& subject, bool isPermanent);
    Answer<int> removeVersion(const Subject& subject, int version, bool isPermanent);
    /// Brings back versions that were taken away and not permanently; those that are there stay. Weir's own:
    /// Confluent's API has no way back but to register again, which makes a new version.
    Answer<void> restore(const Subject& subject, const std::vector<int>& versions);

    [[nodiscard]] Config config(const Subject& scope);
    /// What holds for the scope, whoever says it.
    [[nodiscard]] Config effectiveConfig(const Subject& scope);
    Answer<Config> setConfig(const Subject& scope, const Config& config);
    /// Answers what was set.
    Answer<Config> clearConfig(const Subject& scope);
    [[nodiscard]] std::optional<Mode> mode(const Subject& scope);
    [[nodiscard]] Mode effectiveMode(const Subject& scope);
    Answer<Mode> setMode(const Subject& scope, Mode mode, bool isForced);
    Answer<Mode> clearMode(const Subject& scope);

    /// The schema of an id, ready for use.
    Answer<SchemaPtr> parsed(int id, const Subject& near);

private:
    struct Stored {
        SchemaText schema;
        SchemaPtr parsed;
    };
    struct Context {
        std::map<int, Stored> schemas;
        /// Identity to id.
        std::map<std::string, int> known;
        int nextId = 1;
    };
    struct Slot {
        int id = 0;
        bool isDeleted = false;
    };
    using Versions = std::map<int, Slot>;

    Registry(catalog::Catalog& catalog, Logger logger);
    void take(catalog::SchemaRows rows);
    Answer<SchemaPtr> understand(const Subject& subject, const SchemaText& schema, Strictness strictness);
    Answer<void> collect(const std::string& context, const std::vector<Reference>& references,
                         std::vector<Dependency>& into, int depth);
    Answer<SchemaText> canonical(const Subject& subject, const SchemaText& schema, bool normalize, SchemaPtr& parsed);
    Answer<SchemaPtr> parsedHere(const std::string& context, int id);
    Answer<std::vector<std::string>> conflicts(const Subject& subject, const Schema& schema, std::vector<int> versions,
                                               Compatibility level);
    Answer<SubjectVersion> place(const Subject& subject, const NewVersion& wanted, SchemaText text, SchemaPtr parsed);
    Answer<void> mayWrite(const Subject& subject, bool hasId);
    Versions* versionsHere(const Subject& subject, Deleted deleted);
    [[nodiscard]] SubjectVersion make(const Subject& subject, int version, const Slot& slot);
    [[nodiscard]] std::vector<int> referrers(const Subject& subject, int version, bool isDeletedToo);
    const Context* contextOf(int id, const Subject& near, std::string& name);
    [[nodiscard]] Config configHere(const Subject& scope) const;
    [[nodiscard]] Config effectiveHere(const Subject& scope) const;
    [[nodiscard]] std::optional<Mode> modeHere(const Subject& scope) const;
    [[nodiscard]] Mode effectiveModeHere(const Subject& scope) const;
    Answer<void> commit(const catalog::SchemaChange& change);
    void forgetUnused(const std::string& context, int id, const Subject& subject, const std::vector<int>& going,
                      catalog::SchemaChange& change);

    catalog::Catalog& m_catalog;
    Logger m_logger;
    std::mutex m_mutex;
    std::map<std::string, Context> m_contexts;
    std::map<Subject, Versions> m_subjects;
    /// (scope, name) to value.
    std::map<std::pair<std::string, std::string>, std::string> m_settings;
};

}  // namespace weir::registry
