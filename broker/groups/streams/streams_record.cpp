// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/streams/streams_record.h"

#include <algorithm>

#include "broker/groups/classic/classic_record.h"
#include "broker/groups/store/assignment_codec.h"

namespace weir::groups {
namespace {

void writeTasks(ByteWriter& writer, const Tasks& tasks) {
    writeCount(writer, tasks.size());
    for (const auto& [subtopology, partitions] : tasks) {
        writer.text(subtopology);
        writeCount(writer, partitions.size());
        for (const auto partition : partitions) {
            writer.integer<std::int32_t>(partition.value);
        }
    }
}

Tasks readTasks(ByteReader& reader) {
    Tasks tasks;
    for (auto left = reader.count(8); left > 0 && reader.ok(); --left) {
        auto& partitions = tasks[reader.text()];
        reader.integers<std::int32_t>([&](std::int32_t id) { partitions.insert(PartitionId(id)); });
    }
    return tasks;
}

void writeMember(ByteWriter& writer, const StreamsMember& member) {
    writer.text(member.id);
    writer.optionalText(member.rackId);
    writer.text(member.client.clientId);
    writer.text(member.client.clientHost);
    writeCount(writer, member.rebalanceTimeout.count());
    writer.integer<std::int32_t>(member.topologyEpoch);
    writer.text(member.processId);
    writer.byte(member.endpoint ? 1 : 0);
    if (member.endpoint) {
        writer.text(member.endpoint->host);
        writer.integer<std::uint16_t>(member.endpoint->port);
    }
    writeCount(writer, member.tags.size());
    for (const auto& [key, value] : member.tags) {
        writer.text(key);
        writer.text(value);
    }
    writer.integer<std::int32_t>(member.epoch);
    writer.integer<std::int32_t>(member.previousEpoch);
    writer.byte(static_cast<std::uint8_t>(member.state));
    writeTasks(writer, member.assigned);
    writeTasks(writer, member.pendingRevocation);
    writeTasks(writer, member.standby);
}

StreamsMember readMember(ByteReader& reader) {
    StreamsMember member;
    member.id = reader.text();
    member.rackId = reader.optionalText();
    member.client.clientId = reader.text();
    member.client.clientHost = reader.text();
    member.rebalanceTimeout = std::chrono::milliseconds(reader.integer<std::int32_t>());
    member.topologyEpoch = reader.integer<std::int32_t>();
    member.processId = reader.text();
    if (reader.byte() != 0) {
        member.endpoint.emplace().host = reader.text();
        member.endpoint->port = reader.integer<std::uint16_t>();
    }
    for (auto left = reader.count(8); left > 0 && reader.ok(); --left) {
        auto key = reader.text();
        member.tags.emplace(std::move(key), reader.text());
    }
    member.epoch = reader.integer<std::int32_t>();
    member.previousEpoch = reader.integer<std::int32_t>();
    member.state = static_cast<MemberState>(std::min<std::uint8_t>(reader.byte(), 2));
    member.assigned = readTasks(reader);
    member.pendingRevocation = readTasks(reader);
    member.standby = readTasks(reader);
    return member;
}

}  // namespace

Bytes encodeRecord(const StreamsRecord& record) {
    ByteWriter writer;
    writer.byte(kGroupRecordVersion);
    writer.byte(kStreamsRecordType);
    writer.integer<std::int32_t>(record.groupEpoch);
    writer.integer<std::int32_t>(record.assignmentEpoch);
    writer.byte(record.topology ? 1 : 0);
    if (record.topology) {
        writeTopology(writer, *record.topology);
    }
    writeCount(writer, record.members.size());
    for (const auto& [member, target] : record.members) {
        writeMember(writer, member);
        writeTasks(writer, target.active);
        writeTasks(writer, target.standby);
    }
    return writer.take();
}

std::optional<StreamsRecord> decodeStreamsRecord(ByteView bytes) {
    ByteReader reader(bytes);
    if (reader.byte() != kGroupRecordVersion || reader.byte() != kStreamsRecordType) {
        return std::nullopt;
    }
    StreamsRecord record;
    record.groupEpoch = reader.integer<std::int32_t>();
    record.assignmentEpoch = reader.integer<std::int32_t>();
    if (reader.byte() != 0) {
        record.topology = readTopology(reader);
        if (!faultOf(*record.topology).empty()) {
            return std::nullopt;  // its indexes lead anywhere
        }
    }
    for (auto left = reader.count(50); left > 0 && reader.ok(); --left) {
        auto member = readMember(reader);
        auto active = readTasks(reader);
        record.members.push_back({std::move(member), {std::move(active), readTasks(reader)}});
    }
    return reader.ok() ? std::optional(std::move(record)) : std::nullopt;
}

}  // namespace weir::groups
