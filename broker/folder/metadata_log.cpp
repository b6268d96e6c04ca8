// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/folder/metadata_log.h"

#include <utility>

#include "broker/folder/log_bytes.h"

namespace weir::folder {

namespace {

constexpr std::uint32_t kFrame = 1;
/// The numbers of the kinds of records (their apiKey).
enum Kind : std::uint32_t { kTopic = 2, kPartition = 3, kConfig = 4, kRemoveTopic = 9 };
/// ConfigResource.Type.
constexpr std::int8_t kTopicResource = 2;
constexpr std::int8_t kBrokerResource = 4;

}  // namespace

void MetadataLog::add(ByteView value) {
    LogBytes in(value, true);
    const bool isFramed = in.varint() == kFrame;
    const std::uint32_t kind = in.varint();
    // The fields below are those of every version so far: later ones add behind them.
    in.varint();
    if (!in.ok() || !isFramed) {
        ++m_unknown;
        return;
    }
    if (kind == kTopic) {
        std::string name = in.text();
        const TopicId id = in.uuid();
        if (in.ok()) {
            m_topics[id] = {std::move(name), {}};
        }
    } else if (kind == kPartition) {
        const auto partition = in.number<std::int32_t>();
        const auto topic = m_topics.find(in.uuid());
        if (in.ok() && topic != m_topics.end()) {
            topic->second.partitions.insert(partition);
        }
    } else if (kind == kConfig) {
        const std::int8_t type = in.byte();
        const std::string resource = in.text();
        const std::string name = in.text();
        auto set = in.nullableText();
        const bool isOfBrokers = type == kBrokerResource && resource.empty();
        if (in.ok() && (isOfBrokers || type == kTopicResource)) {
            Settings& into = isOfBrokers ? m_brokerDefaults : m_settings[resource];
            if (set) {
                into[name] = *std::move(set);
            } else {
                into.erase(name);
            }
        }
    } else if (kind == kRemoveTopic) {
        const auto topic = m_topics.find(in.uuid());
        if (in.ok() && topic != m_topics.end()) {
            m_settings.erase(topic->second.name);
            m_topics.erase(topic);
        }
    }
    m_unknown += in.ok() ? 0 : 1;
}

std::map<std::string, MetadataLog::Topic> MetadataLog::topics() const {
    std::map<std::string, Topic> all;
    for (const auto& [id, known] : m_topics) {
        const auto settings = m_settings.find(known.name);
        all[known.name] = {id, known.partitions, settings == m_settings.end() ? Settings() : settings->second};
    }
    return all;
}

}  // namespace weir::folder
