// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/embedded_schemas.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdlib>

namespace weir::api {

namespace {

using registry::Deleted;
using registry::Subject;

ClusterError toClusterError(const registry::RegistryError& error) {
    const int code = static_cast<int>(error.code);
    const bool isInvalid = error.code == registry::RegistryErrc::kInvalidSchema ||
                           error.code == registry::RegistryErrc::kInvalidSubject ||
                           error.code == registry::RegistryErrc::kTooLarge;
    return {code / 100 == 404 ? ClusterErrc::kNotFound
            : isInvalid       ? ClusterErrc::kInvalid
                              : ClusterErrc::kRefused,
            0, error.message};
}

SchemaVersion shown(registry::SubjectVersion version) {
    SchemaVersion made{version.subject.text(),
                       version.version,
                       version.id,
                       std::string(toText(version.schema.type)),
                       std::move(version.schema.text),
                       {}};
    for (registry::Reference& each : version.schema.references) {
        made.references.push_back({std::move(each.name), std::move(each.subject), each.version});
    }
    return made;
}

registry::SchemaText textOf(const NewSchema& schema) {
    registry::SchemaText text;
    text.type = schema.type == "JSON"       ? registry::SchemaType::kJson
                : schema.type == "PROTOBUF" ? registry::SchemaType::kProtobuf
                                            : registry::SchemaType::kAvro;
    text.text = schema.text;
    for (const SchemaReference& each : schema.references) {
        text.references.push_back({each.name, each.subject, each.version});
    }
    return text;
}

std::string levelOf(registry::Registry& registry, const Subject& subject) {
    const auto level = registry.effectiveConfig(subject).compatibility;
    return std::string(toText(level.value_or(registry::Compatibility::kBackward)));
}

/// What the HTTP API says in its own notation, for a person: the sentences and the version that they are about.
void explain(const std::vector<std::string>& conflicts, SchemaVerdict& into) {
    constexpr std::string_view kDescription = "description:'";
    constexpr std::string_view kPlace = "', additionalInfo:'";
    constexpr std::string_view kVersion = "{oldSchemaVersion: ";
    for (const std::string& each : conflicts) {
        const auto from = each.find(kDescription);
        const auto until = each.rfind(kPlace);
        if (from != std::string::npos && until != std::string::npos && until > from) {
            const std::string place = each.substr(until + kPlace.size(), each.size() - until - kPlace.size() - 2);
            const std::string sentence = each.substr(from + kDescription.size(), until - from - kDescription.size());
            into.conflicts.push_back(place.empty() || place == "/" ? sentence : place + ": " + sentence);
        } else if (each.starts_with(kVersion)) {
            into.against = std::atoi(each.c_str() + kVersion.size());
        }
    }
}

constexpr std::size_t kFrameBytes = 5;

class EncoderOf final : public SchemaEncoder {
public:
    EncoderOf(std::string subject, int version, int id, registry::SchemaPtr schema)
        : m_subject(std::move(subject)), m_version(version), m_id(id), m_schema(std::move(schema)) {}

    [[nodiscard]] ClusterResult<Bytes> encode(const std::string& json) const override {
        const auto payload = m_schema->fromJson(json);
        if (!payload) {
            return fail(ClusterError{
                ClusterErrc::kInvalid, 0,
                fmt::format("The value does not fit version {} of {}: {}.", m_version, m_subject, payload.error())});
        }
        Bytes framed(kFrameBytes);
        storeBigEndian(framed.data() + 1, static_cast<std::int32_t>(m_id));
        framed.insert(framed.end(), payload->begin(), payload->end());
        return framed;
    }

private:
    std::string m_subject;
    int m_version;
    int m_id;
    registry::SchemaPtr m_schema;
};

}  // namespace

ClusterResult<SchemaRegistryState> EmbeddedSchemas::state() {
    registry::Registry& registry = m_service.registry();
    SchemaRegistryState state{m_service.url(), levelOf(registry, {}), {}};
    for (auto& each : registry.all(":*:", Deleted::kWithout, true)) {
        const Subject subject = each.subject;
        const auto versions = registry.versions(subject, Deleted::kWithout);
        state.subjects.push_back({shown(std::move(each)), versions ? static_cast<int>(versions->size()) : 1,
                                  levelOf(registry, subject), registry.config(subject).compatibility.has_value()});
    }
    std::sort(state.subjects.begin(), state.subjects.end(),
              [](const auto& a, const auto& b) { return a.latest.subject < b.latest.subject; });
    return state;
}

ClusterResult<std::vector<SchemaVersion>> EmbeddedSchemas::versions(const std::string& subject) {
    const Subject wanted = Subject::parse(subject);
    const auto numbers = m_service.registry().versions(wanted, Deleted::kWithout);
    if (!numbers) {
        return fail(toClusterError(numbers.error()));
    }
    std::vector<SchemaVersion> found;
    for (const int number : *numbers) {
        if (auto version = m_service.registry().version(wanted, number, Deleted::kWithout)) {
            found.push_back(shown(*std::move(version)));
        }
    }
    return found;
}

ClusterResult<SchemaVerdict> EmbeddedSchemas::check(const NewSchema& schema) {
    registry::Registry& registry = m_service.registry();
    const Subject subject = Subject::parse(schema.subject);
    const registry::SchemaText text = textOf(schema);
    SchemaVerdict verdict;
    verdict.compatibility = levelOf(registry, subject);
    auto conflicts = registry.test(subject, std::nullopt, text, false);
    if (!conflicts) {
        return fail(toClusterError(conflicts.error()));
    }
    if (auto known = registry.find(subject, text, false, Deleted::kWithout)) {
        verdict.known = shown(*std::move(known));
    } else {
        explain(*conflicts, verdict);
    }
    return verdict;
}

ClusterResult<SchemaVersion> EmbeddedSchemas::add(const NewSchema& schema) {
    registry::NewVersion version;
    version.schema = textOf(schema);
    auto added = m_service.registry().add(Subject::parse(schema.subject), version);
    if (!added) {
        return fail(toClusterError(added.error()));
    }
    return shown(*std::move(added));
}

ClusterResult<std::vector<int>> EmbeddedSchemas::remove(const std::string& subject, std::optional<int> version) {
    const Subject from = Subject::parse(subject);
    if (version) {
        const auto removed = m_service.registry().removeVersion(from, *version, false);
        return removed ? ClusterResult<std::vector<int>>({*removed}) : fail(toClusterError(removed.error()));
    }
    auto removed = m_service.registry().removeSubject(from, false);
    return removed ? ClusterResult<std::vector<int>>(*std::move(removed)) : fail(toClusterError(removed.error()));
}

ClusterResult<void> EmbeddedSchemas::restore(const std::string& subject, const std::vector<int>& versions) {
    const auto restored = m_service.registry().restore(Subject::parse(subject), versions);
    return restored ? ClusterResult<void>() : fail(toClusterError(restored.error()));
}

ClusterResult<void> EmbeddedSchemas::setCompatibility(const std::string& subject, const std::string& level) {
    registry::Registry& registry = m_service.registry();
    const Subject scope = Subject::parse(subject);
    if (level.empty()) {
        // That nothing was set for it is what was asked for.
        const auto cleared = registry.clearConfig(scope);
        return cleared || cleared.error().code == registry::RegistryErrc::kNoSubjectCompatibility
                   ? ClusterResult<void>()
                   : fail(toClusterError(cleared.error()));
    }
    const auto known = registry::compatibilityNamed(level);
    if (!known) {
        return fail(ClusterError{ClusterErrc::kInvalid, 0, "There is no compatibility level " + level + "."});
    }
    const auto set = registry.setConfig(scope, {.compatibility = known, .normalize = {}});
    return set ? ClusterResult<void>() : fail(toClusterError(set.error()));
}

ClusterResult<std::shared_ptr<const SchemaEncoder>> EmbeddedSchemas::encoder(const std::string& subject,
                                                                             std::optional<int> version) {
    registry::Registry& registry = m_service.registry();
    const Subject wanted = Subject::parse(subject);
    const auto found = registry.version(wanted, version.value_or(registry::kLatest), Deleted::kWithout);
    if (!found) {
        return fail(toClusterError(found.error()));
    }
    auto schema = registry.parsed(found->id, wanted);
    if (!schema) {
        return fail(toClusterError(schema.error()));
    }
    return std::shared_ptr<const SchemaEncoder>(
        std::make_shared<EncoderOf>(subject, found->version, found->id, *std::move(schema)));
}

std::optional<ClusterResult<DecodedValue>> EmbeddedSchemas::decode(const std::string& topic, RecordPart part,
                                                                   ByteView bytes) {
    using Answer = ClusterResult<DecodedValue>;
    if (bytes.size() < kFrameBytes || bytes.front() != std::byte{0}) {
        return std::nullopt;
    }
    const int id = loadBigEndian<std::int32_t>(bytes.data() + 1);
    const std::string own = topic + (part == RecordPart::kKey ? "-key" : "-value");
    registry::Registry& registry = m_service.registry();
    const auto schema = registry.parsed(id, {".", own});
    if (!schema) {
        return Answer(fail(ClusterError{ClusterErrc::kNotFound, 0,
                                        "No schema of this registry has the id " + std::to_string(id) + "."}));
    }
    DecodedValue value;
    value.name = (*schema)->name();
    value.schema.id = id;
    value.schema.type = toText((*schema)->type());
    if (auto versions = registry.versionsOf(id, {".", {}}, Deleted::kWith); versions && !versions->empty()) {
        auto best = std::find_if(versions->begin(), versions->end(),
                                 [&](const auto& each) { return each.subject.name == own; });
        if (best == versions->end()) {
            best = std::find_if(versions->begin(), versions->end(),
                                [&](const auto& each) { return each.subject.name.starts_with(topic + "-"); });
        }
        value.schema = shown(best != versions->end() ? *best : versions->front());
    }
    auto json = (*schema)->toJson(bytes.subspan(kFrameBytes));
    if (!json) {
        return Answer(fail(ClusterError{
            ClusterErrc::kInvalid, 0, "It is framed with schema id " + std::to_string(id) + ", but: " + json.error()}));
    }
    value.json = *std::move(json);
    return Answer(std::move(value));
}

}  // namespace weir::api
