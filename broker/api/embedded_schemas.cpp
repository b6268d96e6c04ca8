// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/embedded_schemas.h"

#include <algorithm>

namespace weir::api {

namespace {

using registry::Deleted;
using registry::Subject;

ClusterError toClusterError(const registry::RegistryError& error) {
    const int code = static_cast<int>(error.code);
    return {code / 100 == 404 ? ClusterErrc::kNotFound : ClusterErrc::kRefused, 0, error.message};
}

SchemaVersion shown(registry::SubjectVersion version) {
    return {version.subject.text(), version.version, version.id, std::string(toText(version.schema.type)),
            std::move(version.schema.text)};
}

constexpr std::size_t kFrameBytes = 5;

}  // namespace

ClusterResult<std::vector<SchemaVersion>> EmbeddedSchemas::subjects() {
    std::vector<SchemaVersion> found;
    for (auto& each : m_service.registry().all(":*:", Deleted::kWithout, true)) {
        found.push_back(shown(std::move(each)));
    }
    return found;
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

ClusterResult<SchemaVersion> EmbeddedSchemas::add(const std::string& subject, const std::string& type,
                                                  const std::string& text) {
    registry::NewVersion version;
    version.schema.type = type == "JSON"       ? registry::SchemaType::kJson
                          : type == "PROTOBUF" ? registry::SchemaType::kProtobuf
                                               : registry::SchemaType::kAvro;
    version.schema.text = text;
    auto added = m_service.registry().add(Subject::parse(subject), version);
    if (!added) {
        return fail(toClusterError(added.error()));
    }
    return shown(*std::move(added));
}

ClusterResult<void> EmbeddedSchemas::removeSubject(const std::string& subject) {
    const auto removed = m_service.registry().removeSubject(Subject::parse(subject), false);
    return removed ? ClusterResult<void>() : fail(toClusterError(removed.error()));
}

ClusterResult<std::string> EmbeddedSchemas::compatibility(const std::string& subject) {
    const auto level = m_service.registry().effectiveConfig(Subject::parse(subject)).compatibility;
    return std::string(toText(level.value_or(registry::Compatibility::kBackward)));
}

ClusterResult<void> EmbeddedSchemas::setCompatibility(const std::string& subject, const std::string& level) {
    const auto known = registry::compatibilityNamed(level);
    if (!known) {
        return fail(ClusterError{ClusterErrc::kInvalid, 0, "There is no compatibility level " + level + "."});
    }
    const auto set = m_service.registry().setConfig(Subject::parse(subject), {.compatibility = known, .normalize = {}});
    return set ? ClusterResult<void>() : fail(toClusterError(set.error()));
}

std::optional<ClusterResult<DecodedValue>> EmbeddedSchemas::decode(const std::string& topic, ByteView bytes) {
    if (bytes.size() < kFrameBytes || bytes.front() != std::byte{0}) {
        return std::nullopt;
    }
    const int id = loadBigEndian<std::int32_t>(bytes.data() + 1);
    const Subject near{".", topic + "-value"};
    registry::Registry& registry = m_service.registry();
    const auto schema = registry.parsed(id, near);
    if (!schema) {
        return std::nullopt;
    }
    DecodedValue value;
    value.name = (*schema)->name();
    value.schema.id = id;
    value.schema.type = toText((*schema)->type());
    if (auto versions = registry.versionsOf(id, {near.context, {}}, Deleted::kWith); versions && !versions->empty()) {
        const auto own = std::find_if(versions->begin(), versions->end(),
                                      [&](const auto& each) { return each.subject.name.starts_with(topic + "-"); });
        value.schema = shown(own != versions->end() ? *own : versions->front());
    }
    auto json = (*schema)->toJson(bytes.subspan(kFrameBytes));
    if (!json) {
        return ClusterResult<DecodedValue>(fail(ClusterError{ClusterErrc::kInvalid, 0, json.error()}));
    }
    value.json = *std::move(json);
    return ClusterResult<DecodedValue>(std::move(value));
}

}  // namespace weir::api
