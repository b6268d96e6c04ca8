// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "broker/groups/consumer/assignment.h"
#include "broker/groups/store/byte_codec.h"
#include "broker/groups/topic_directory.h"

/// What the records of all groups in which the broker assigns have in common; the grammar stands in consumer_record.h.
namespace weir::groups {

template <class Count>
void writeCount(ByteWriter& writer, Count count) {
    writer.integer<std::int32_t>(static_cast<std::int32_t>(count));
}

inline void writeId(ByteWriter& writer, const TopicId& id) {
    for (const auto byte : id.bytes) {
        writer.byte(static_cast<std::uint8_t>(byte));
    }
}

inline TopicId readId(ByteReader& reader) {
    TopicId id;
    std::ranges::copy(reader.bytes(static_cast<std::int64_t>(id.bytes.size())), id.bytes.begin());
    return id;
}

inline void writeAssignment(ByteWriter& writer, const Assignment& assignment) {
    writeCount(writer, assignment.size());
    for (const auto& [topic, partitions] : assignment) {
        writeId(writer, topic);
        writeCount(writer, partitions.size());
        for (const auto partition : partitions) {
            writer.integer<std::int32_t>(partition.value);
        }
    }
}

inline Assignment readAssignment(ByteReader& reader) {
    Assignment assignment;
    for (auto topics = reader.count(20); topics > 0 && reader.ok(); --topics) {
        const auto topic = readId(reader);
        reader.integers<std::int32_t>([&](std::int32_t id) { assignment[topic].insert(PartitionId(id)); });
    }
    return assignment;
}

inline void writeTopics(ByteWriter& writer, const std::vector<TopicFacts>& topics) {
    writeCount(writer, topics.size());
    for (const auto& topic : topics) {
        writer.text(topic.name);
        writeId(writer, topic.id);
        writer.integer<std::int32_t>(topic.partitions);
    }
}

inline std::vector<TopicFacts> readTopics(ByteReader& reader) {
    std::vector<TopicFacts> topics;
    for (auto left = reader.count(24); left > 0 && reader.ok(); --left) {
        auto name = reader.text();
        const auto id = readId(reader);
        topics.push_back({std::move(name), id, reader.integer<std::int32_t>()});
    }
    return topics;
}

inline void writeTexts(ByteWriter& writer, const std::vector<std::string>& texts) {
    writeCount(writer, texts.size());
    for (const auto& text : texts) {
        writer.text(text);
    }
}

inline std::vector<std::string> readTexts(ByteReader& reader) {
    std::vector<std::string> texts;
    for (auto left = reader.count(4); left > 0 && reader.ok(); --left) {
        texts.push_back(reader.text());
    }
    return texts;
}

}  // namespace weir::groups
