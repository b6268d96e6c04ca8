// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/registry/registry.h"

/// What takes versions away, and the settings of scopes.
namespace weir::registry {

namespace {

constexpr const char* kCompatibility = "compatibility";
constexpr const char* kNormalize = "normalize";
constexpr const char* kMode = "mode";

RegistryError stillReferenced(const Subject& subject, int version) {
    return {RegistryErrc::kReferenceExists,
            "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=" + subject.text() +
                ",version=" + std::to_string(version) + "}."};
}

}  // namespace

void Registry::forgetUnused(const std::string& context, int id, const Subject& subject, const std::vector<int>& going,
                            catalog::SchemaChange& change) {
    for (const auto& [other, versions] : m_subjects) {
        for (const auto& [number, slot] : versions) {
            const bool isGoing = other == subject && std::find(going.begin(), going.end(), number) != going.end();
            if (other.context == context && slot.id == id && !isGoing) {
                return;
            }
        }
    }
    change.remove.schemas.push_back({context, id, {}, {}, {}});
}

Answer<std::vector<int>> Registry::removeSubject(const Subject& subject, bool isPermanent) {
    const std::lock_guard lock(m_mutex);
    Versions* versions = versionsHere(subject, Deleted::kWith);
    if (versions == nullptr) {
        return fail(RegistryErrc::kSubjectNotFound, "Subject '" + subject.text() + "' not found.");
    }
    const bool isGone = versionsHere(subject, Deleted::kWithout) == nullptr;
    if (isGone != isPermanent) {
        return fail(isGone ? RegistryErrc::kSubjectSoftDeleted : RegistryErrc::kSubjectNotSoftDeleted,
                    isGone
                        ? "Subject '" + subject.text() + "' was soft deleted. Set permanent=true to delete permanently"
                        : "Subject '" + subject.text() + "' was not deleted first before being permanently deleted");
    }
    if (effectiveModeHere(subject) == Mode::kReadOnly) {
        return fail(RegistryErrc::kNotPermitted, "Subject " + subject.text() + " is in read-only mode");
    }
    std::vector<int> going;
    catalog::SchemaChange change;
    for (const auto& [number, slot] : *versions) {
        if (isPermanent || !slot.isDeleted) {
            if (!referrers(subject, number, isPermanent).empty()) {
                return fail(stillReferenced(subject, number));
            }
            going.push_back(number);
            auto& rows = isPermanent ? change.remove.versions : change.put.versions;
            rows.push_back({subject.context, subject.name, number, slot.id, true});
        }
    }
    for (const char* name : {kCompatibility, kNormalize, kMode}) {
        change.remove.settings.push_back({subject.text(), name, {}});
    }
    for (const auto& row : change.remove.versions) {
        forgetUnused(subject.context, row.id, subject, going, change);
    }
    if (auto done = commit(change); !done) {
        return fail(done.error());
    }
    for (const auto& row : change.remove.settings) {
        m_settings.erase({row.scope, row.name});
    }
    for (const int number : going) {
        (*versions)[number].isDeleted = true;
    }
    if (isPermanent) {
        m_subjects.erase(subject);
    }
    Context& context = m_contexts[subject.context];
    for (const auto& row : change.remove.schemas) {
        std::erase_if(context.known, [&](const auto& each) { return each.second == row.id; });
        context.schemas.erase(row.id);
    }
    return going;
}

Answer<int> Registry::removeVersion(const Subject& subject, int wanted, bool isPermanent) {
    const std::lock_guard lock(m_mutex);
    Versions* versions = versionsHere(subject, isPermanent ? Deleted::kWith : Deleted::kWithout);
    if (versions == nullptr) {
        return fail(RegistryErrc::kSubjectNotFound, "Subject '" + subject.text() + "' not found.");
    }
    auto found = versions->find(wanted);
    for (auto it = versions->begin(); wanted == kLatest && it != versions->end(); ++it) {
        found = it->second.isDeleted == isPermanent ? it : found;
    }
    if (found == versions->end()) {
        return fail(RegistryErrc::kVersionNotFound, "Version " + std::to_string(wanted) + " not found.");
    }
    const int number = found->first;
    if (found->second.isDeleted != isPermanent) {
        const std::string which = "Subject '" + subject.text() + "' Version " + std::to_string(number);
        return fail(isPermanent ? RegistryErrc::kVersionNotSoftDeleted : RegistryErrc::kVersionSoftDeleted,
                    which + (isPermanent ? " was not deleted first before being permanently deleted"
                                         : " was soft deleted. Set permanent=true to delete permanently"));
    }
    if (effectiveModeHere(subject) == Mode::kReadOnly) {
        return fail(RegistryErrc::kNotPermitted, "Subject " + subject.text() + " is in read-only mode");
    }
    if (!referrers(subject, number, isPermanent).empty()) {
        return fail(stillReferenced(subject, number));
    }
    catalog::SchemaChange change;
    auto& rows = isPermanent ? change.remove.versions : change.put.versions;
    rows.push_back({subject.context, subject.name, number, found->second.id, true});
    if (isPermanent) {
        forgetUnused(subject.context, found->second.id, subject, {number}, change);
    }
    if (auto done = commit(change); !done) {
        return fail(done.error());
    }
    found->second.isDeleted = true;
    if (isPermanent) {
        versions->erase(found);
        if (versions->empty()) {
            m_subjects.erase(subject);
        }
    }
    Context& context = m_contexts[subject.context];
    for (const auto& row : change.remove.schemas) {
        std::erase_if(context.known, [&](const auto& each) { return each.second == row.id; });
        context.schemas.erase(row.id);
    }
    return number;
}

Answer<void> Registry::restore(const Subject& subject, const std::vector<int>& wanted) {
    const std::lock_guard lock(m_mutex);
    Versions* versions = versionsHere(subject, Deleted::kWith);
    if (versions == nullptr) {
        return fail(RegistryErrc::kSubjectNotFound, "Subject '" + subject.text() + "' not found.");
    }
    if (effectiveModeHere(subject) == Mode::kReadOnly) {
        return fail(RegistryErrc::kNotPermitted, "Subject " + subject.text() + " is in read-only mode");
    }
    catalog::SchemaChange change;
    for (const int number : wanted) {
        const auto found = versions->find(number);
        if (found == versions->end()) {
            return fail(RegistryErrc::kVersionNotFound, "Version " + std::to_string(number) + " not found.");
        }
        change.put.versions.push_back({subject.context, subject.name, number, found->second.id, false});
    }
    if (auto done = commit(change); !done) {
        return fail(done.error());
    }
    for (const int number : wanted) {
        (*versions)[number].isDeleted = false;
    }
    return {};
}

// Settings.

Config Registry::configHere(const Subject& scope) const {
    Config config;
    if (const auto level = m_settings.find({scope.text(), kCompatibility}); level != m_settings.end()) {
        config.compatibility = compatibilityNamed(level->second);
    }
    if (const auto normalize = m_settings.find({scope.text(), kNormalize}); normalize != m_settings.end()) {
        config.normalize = normalize->second == "true";
    }
    return config;
}

Config Registry::effectiveHere(const Subject& scope) const {
    Config config = configHere(scope);
    for (const Subject& wider : {Subject{scope.context, {}}, Subject{}}) {
        const Config theirs = configHere(wider);
        config.compatibility = config.compatibility ? config.compatibility : theirs.compatibility;
        config.normalize = config.normalize ? config.normalize : theirs.normalize;
    }
    config.compatibility = config.compatibility.value_or(Compatibility::kBackward);
    return config;
}

std::optional<Mode> Registry::modeHere(const Subject& scope) const {
    const auto found = m_settings.find({scope.text(), kMode});
    return found == m_settings.end() ? std::nullopt : modeNamed(found->second);
}

Mode Registry::effectiveModeHere(const Subject& scope) const {
    if (modeHere({}) == Mode::kReadOnlyOverride) {
        return Mode::kReadOnlyOverride;
    }
    for (const Subject& each : {scope, Subject{scope.context, {}}, Subject{}}) {
        if (const auto mode = modeHere(each)) {
            return *mode;
        }
    }
    return Mode::kReadWrite;
}

Config Registry::config(const Subject& scope) {
    const std::lock_guard lock(m_mutex);
    return configHere(scope);
}
Config Registry::effectiveConfig(const Subject& scope) {
    const std::lock_guard lock(m_mutex);
    return effectiveHere(scope);
}
std::optional<Mode> Registry::mode(const Subject& scope) {
    const std::lock_guard lock(m_mutex);
    return modeHere(scope);
}
Mode Registry::effectiveMode(const Subject& scope) {
    const std::lock_guard lock(m_mutex);
    return effectiveModeHere(scope);
}

Answer<Config> Registry::setConfig(const Subject& scope, const Config& config) {
    const std::lock_guard lock(m_mutex);
    catalog::SchemaChange change;
    if (config.compatibility) {
        change.put.settings.push_back({scope.text(), kCompatibility, std::string(toText(*config.compatibility))});
    }
    if (config.normalize) {
        change.put.settings.push_back({scope.text(), kNormalize, *config.normalize ? "true" : "false"});
    }
    if (auto done = commit(change); !done) {
        return fail(done.error());
    }
    for (const auto& row : change.put.settings) {
        m_settings[{row.scope, row.name}] = row.value;
    }
    return configHere(scope);
}

Answer<Config> Registry::clearConfig(const Subject& scope) {
    const std::lock_guard lock(m_mutex);
    const Config before = configHere(scope);
    if (before == Config() && !scope.text().empty()) {
        return fail(RegistryErrc::kNoSubjectCompatibility,
                    "Subject '" + scope.text() + "' does not have subject-level compatibility configured");
    }
    catalog::SchemaChange change;
    for (const char* name : {kCompatibility, kNormalize}) {
        change.remove.settings.push_back({scope.text(), name, {}});
    }
    if (auto done = commit(change); !done) {
        return fail(done.error());
    }
    for (const auto& row : change.remove.settings) {
        m_settings.erase({row.scope, row.name});
    }
    return before;
}

Answer<Mode> Registry::setMode(const Subject& scope, Mode mode, bool isForced) {
    const std::lock_guard lock(m_mutex);
    if (mode == Mode::kImport && !isForced) {
        const bool isTaken = std::any_of(m_subjects.begin(), m_subjects.end(), [&](const auto& each) {
            const bool isInScope =
                scope.name.empty() ? scope.isDefault() || each.first.context == scope.context : each.first == scope;
            return isInScope && versionsHere(each.first, Deleted::kWithout) != nullptr;
        });
        if (isTaken) {
            return fail(RegistryErrc::kNotPermitted, std::string("Cannot import since found existing subjects"));
        }
    }
    catalog::SchemaChange change;
    change.put.settings.push_back({scope.text(), kMode, std::string(toText(mode))});
    if (auto done = commit(change); !done) {
        return fail(done.error());
    }
    m_settings[{scope.text(), kMode}] = std::string(toText(mode));
    return mode;
}

Answer<Mode> Registry::clearMode(const Subject& scope) {
    const std::lock_guard lock(m_mutex);
    const auto before = modeHere(scope);
    if (!before) {
        return fail(RegistryErrc::kNoSubjectMode,
                    "Subject '" + scope.text() + "' does not have subject-level mode configured");
    }
    catalog::SchemaChange change;
    change.remove.settings.push_back({scope.text(), kMode, {}});
    if (auto done = commit(change); !done) {
        return fail(done.error());
    }
    m_settings.erase({scope.text(), kMode});
    return *before;
}

}  // namespace weir::registry
