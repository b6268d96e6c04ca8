// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/consumer/consumer_record.h"

#include <algorithm>

#include "broker/groups/classic/classic_record.h"
#include "broker/groups/consumer/assignor.h"
#include "broker/groups/store/assignment_codec.h"

namespace weir::groups {
namespace {

void writeMember(ByteWriter& writer, const ConsumerMember& member) {
    writer.text(member.id);
    writer.optionalText(member.instanceId);
    writer.optionalText(member.rackId);
    writer.text(member.client.clientId);
    writer.text(member.client.clientHost);
    writeCount(writer, member.rebalanceTimeout.count());
    writeTexts(writer, member.subscribedTopics);
    writer.text(member.subscribedRegex);
    writer.optionalText(member.serverAssignor);
    writer.integer<std::int32_t>(member.epoch);
    writer.integer<std::int32_t>(member.previousEpoch);
    writer.byte(static_cast<std::uint8_t>(member.state));
    writeAssignment(writer, member.assigned);
    writeAssignment(writer, member.pendingRevocation);
    writer.byte(member.classic ? 1 : 0);
    if (member.classic) {
        writeCount(writer, member.classic->sessionTimeout.count());
        writeCount(writer, member.classic->protocols.size());
        for (const auto& protocol : member.classic->protocols) {
            writer.text(protocol.name);
            writer.bytes(protocol.metadata);
        }
    }
}

ConsumerMember readMember(ByteReader& reader) {
    ConsumerMember member;
    member.id = reader.text();
    member.instanceId = reader.optionalText();
    member.rackId = reader.optionalText();
    member.client.clientId = reader.text();
    member.client.clientHost = reader.text();
    member.rebalanceTimeout = std::chrono::milliseconds(reader.integer<std::int32_t>());
    member.subscribedTopics = readTexts(reader);
    member.subscribedRegex = reader.text();
    member.serverAssignor = reader.optionalText();
    member.epoch = reader.integer<std::int32_t>();
    member.previousEpoch = reader.integer<std::int32_t>();
    member.state = static_cast<MemberState>(std::min<std::uint8_t>(reader.byte(), 2));
    member.assigned = readAssignment(reader);
    member.pendingRevocation = readAssignment(reader);
    if (reader.byte() != 0) {
        auto& classic = member.classic.emplace();
        classic.sessionTimeout = std::chrono::milliseconds(reader.integer<std::int32_t>());
        for (auto left = reader.count(8); left > 0 && reader.ok(); --left) {
            auto name = reader.text();
            classic.protocols.push_back({std::move(name), toBytes(reader.bytes())});
        }
    }
    return member;
}

}  // namespace

Bytes encodeRecord(const ConsumerRecord& record) {
    ByteWriter writer;
    writer.byte(kGroupRecordVersion);
    writer.byte(kConsumerRecordType);
    writer.integer<std::int32_t>(record.groupEpoch);
    writer.integer<std::int32_t>(record.assignmentEpoch);
    writeTopics(writer, record.topics);
    writeCount(writer, record.members.size());
    for (const auto& [member, target] : record.members) {
        writeMember(writer, member);
        writeAssignment(writer, target);
    }
    return writer.take();
}

std::optional<ConsumerRecord> decodeConsumerRecord(ByteView bytes) {
    ByteReader reader(bytes);
    if (reader.byte() != kGroupRecordVersion || reader.byte() != kConsumerRecordType) {
        return std::nullopt;
    }
    ConsumerRecord record;
    record.groupEpoch = reader.integer<std::int32_t>();
    record.assignmentEpoch = reader.integer<std::int32_t>();
    record.topics = readTopics(reader);
    for (auto left = reader.count(40); left > 0 && reader.ok(); --left) {
        auto member = readMember(reader);
        auto target = readAssignment(reader);
        if (member.classic && member.classic->protocols.empty()) {
            return std::nullopt;
        }
        // Of another version of Weir, or damaged: the broker's own choice is used instead.
        if (member.serverAssignor && assignorNamed(*member.serverAssignor) == nullptr) {
            member.serverAssignor.reset();
        }
        record.members.push_back({std::move(member), std::move(target)});
    }
    return reader.ok() ? std::optional(std::move(record)) : std::nullopt;
}

}  // namespace weir::groups
