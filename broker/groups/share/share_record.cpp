// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/share/share_record.h"

#include "broker/groups/classic/classic_record.h"
#include "broker/groups/store/assignment_codec.h"

namespace weir::groups {

Bytes encodeRecord(const ShareRecord& record) {
    ByteWriter writer;
    writer.byte(kGroupRecordVersion);
    writer.byte(kShareRecordType);
    writer.integer<std::int32_t>(record.groupEpoch);
    writeTopics(writer, record.topics);
    writeCount(writer, record.members.size());
    for (const auto& member : record.members) {
        writer.text(member.id);
        writer.optionalText(member.rackId);
        writer.text(member.client.clientId);
        writer.text(member.client.clientHost);
        writeTexts(writer, member.subscribedTopics);
        writer.integer<std::int32_t>(member.epoch);
        writer.integer<std::int32_t>(member.previousEpoch);
        writeAssignment(writer, member.assigned);
    }
    return writer.take();
}

std::optional<ShareRecord> decodeShareRecord(ByteView bytes) {
    ByteReader reader(bytes);
    if (reader.byte() != kGroupRecordVersion || reader.byte() != kShareRecordType) {
        return std::nullopt;
    }
    ShareRecord record;
    record.groupEpoch = reader.integer<std::int32_t>();
    record.topics = readTopics(reader);
    for (auto left = reader.count(29); left > 0 && reader.ok(); --left) {
        ShareMember member;
        member.id = reader.text();
        member.rackId = reader.optionalText();
        member.client.clientId = reader.text();
        member.client.clientHost = reader.text();
        member.subscribedTopics = readTexts(reader);
        member.epoch = reader.integer<std::int32_t>();
        member.previousEpoch = reader.integer<std::int32_t>();
        member.assigned = readAssignment(reader);
        record.members.push_back(std::move(member));
    }
    return reader.ok() ? std::optional(std::move(record)) : std::nullopt;
}

}  // namespace weir::groups
