// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

#include "app/cluster/schema_decoder.h"

namespace weir::app {

/// A topic's records as a filter wants them: keys and values that are framed with a schema become their JSON. Only
/// where the registry has a subject that is named after the topic (TopicNameStrategy, TopicRecordNameStrategy), or one
/// that is named after no topic's part (RecordNameStrategy); else topics cost nothing, however their bytes begin.
/// Workers only, one at a time.
class SchemaReader {
public:
    /// Asks the registry. `cluster` outlives it.
    SchemaReader(Cluster& cluster, std::string topic) : m_decoder(cluster), m_topic(std::move(topic)) {
        const auto schemas = cluster.schemas();
        const auto state = schemas ? (*schemas)->state() : ClusterResult<SchemaRegistryState>(SchemaRegistryState{});
        m_isUsed = state && std::any_of(state->subjects.begin(), state->subjects.end(), [this](const auto& each) {
                       const std::string& subject = each.latest.subject;
                       return subject.starts_with(m_topic + "-") ||
                              (!subject.ends_with("-key") && !subject.ends_with("-value"));
                   });
    }

    [[nodiscard]] bool isUsed() const { return m_isUsed; }
    /// Points into the record and into this; good until the next call.
    [[nodiscard]] RecordView readable(const RecordView& record) {
        if (!m_isUsed) {
            return record;
        }
        RecordView made = record;
        const auto replace = [this](RecordPart part, std::optional<ByteView>& bytes, std::string& text) {
            if (auto json = m_decoder.json(m_topic, part, bytes)) {
                text = *std::move(json);
                bytes = asBytes(text);
            }
        };
        replace(RecordPart::kKey, made.key, m_key);
        replace(RecordPart::kValue, made.value, m_value);
        return made;
    }

private:
    SchemaDecoder m_decoder;
    std::string m_topic;
    bool m_isUsed = false;
    std::string m_key;
    std::string m_value;
};

}  // namespace weir::app
