// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/consumer_protocol.h"

#include "broker/groups/store/byte_codec.h"

namespace weir::groups {
namespace {

std::vector<TopicPartition> readPartitions(ByteReader& reader) {
    std::vector<TopicPartition> partitions;
    for (auto topics = reader.count(6); topics > 0 && reader.ok(); --topics) {
        const auto topic = reader.shortText();
        reader.integers<std::int32_t>([&](std::int32_t id) { partitions.push_back({topic, PartitionId(id)}); });
    }
    return partitions;
}

Bytes readNullableBytes(ByteReader& reader) {
    const auto length = reader.integer<std::int32_t>();
    return length == -1 ? Bytes{} : toBytes(reader.bytes(length));
}

void writeShortText(ByteWriter& writer, std::string_view text) {
    writer.integer<std::int16_t>(static_cast<std::int16_t>(text.size()));
    for (const char c : text) {
        writer.byte(static_cast<std::uint8_t>(c));
    }
}

void writeNullableBytes(ByteWriter& writer, const Bytes& bytes) {
    if (bytes.empty()) {
        writer.integer<std::int32_t>(-1);
    } else {
        writer.bytes(bytes);
    }
}

void writePartitions(ByteWriter& writer, const std::vector<TopicPartition>& partitions) {
    std::vector<std::pair<std::string_view, std::vector<PartitionId>>> topics;
    for (const auto& [topic, partition] : partitions) {
        auto it = topics.begin();
        while (it != topics.end() && it->first != topic) {
            ++it;
        }
        if (it == topics.end()) {
            it = topics.insert(it, {topic, {}});
        }
        it->second.push_back(partition);
    }
    writer.integer<std::int32_t>(static_cast<std::int32_t>(topics.size()));
    for (const auto& [topic, ids] : topics) {
        writeShortText(writer, topic);
        writer.integer<std::int32_t>(static_cast<std::int32_t>(ids.size()));
        for (const auto id : ids) {
            writer.integer<std::int32_t>(id.value);
        }
    }
}

}  // namespace

std::optional<ConsumerSubscription> parseSubscription(ByteView bytes) {
    ByteReader reader(bytes);
    ConsumerSubscription subscription;
    subscription.version = reader.integer<std::int16_t>();
    if (subscription.version < 0) {
        return std::nullopt;
    }
    for (auto left = reader.count(2); left > 0 && reader.ok(); --left) {
        subscription.topics.push_back(reader.shortText());
    }
    // Some clients end a version 0 subscription here.
    subscription.userData = reader.ok() && reader.remaining() == 0 ? Bytes{} : readNullableBytes(reader);
    // sarama writes version 1 without the owned partitions; Kafka's reader would refuse, we only look.
    if (subscription.version >= 1 && reader.remaining() > 0) {
        subscription.owned = readPartitions(reader);
    }
    if (subscription.version >= 2 && reader.remaining() > 0) {
        subscription.generation = GenerationId(reader.integer<std::int32_t>());
    }
    if (subscription.version >= 3 && reader.remaining() > 0) {
        const auto length = reader.integer<std::int16_t>();
        if (length >= 0) {
            subscription.rackId = std::string(asText(reader.bytes(length)));
        }
    }
    return reader.ok() ? std::optional(std::move(subscription)) : std::nullopt;
}

std::optional<ConsumerAssignment> parseAssignment(ByteView bytes) {
    ByteReader reader(bytes);
    ConsumerAssignment assignment;
    assignment.version = reader.integer<std::int16_t>();
    if (assignment.version < 0) {
        return std::nullopt;
    }
    assignment.partitions = readPartitions(reader);
    if (reader.remaining() > 0) {
        assignment.userData = readNullableBytes(reader);
    }
    return reader.ok() ? std::optional(std::move(assignment)) : std::nullopt;
}

Bytes writeSubscription(const ConsumerSubscription& subscription) {
    ByteWriter writer;
    writer.integer<std::int16_t>(subscription.version);
    writer.integer<std::int32_t>(static_cast<std::int32_t>(subscription.topics.size()));
    for (const auto& topic : subscription.topics) {
        writeShortText(writer, topic);
    }
    writeNullableBytes(writer, subscription.userData);
    if (subscription.version >= 1) {
        writePartitions(writer, subscription.owned);
    }
    if (subscription.version >= 2) {
        writer.integer<std::int32_t>(subscription.generation.value);
    }
    if (subscription.version >= 3) {
        if (subscription.rackId) {
            writeShortText(writer, *subscription.rackId);
        } else {
            writer.integer<std::int16_t>(-1);
        }
    }
    return writer.take();
}

Bytes writeAssignment(const ConsumerAssignment& assignment) {
    ByteWriter writer;
    writer.integer<std::int16_t>(assignment.version);
    writePartitions(writer, assignment.partitions);
    writeNullableBytes(writer, assignment.userData);
    return writer.take();
}

}  // namespace weir::groups
