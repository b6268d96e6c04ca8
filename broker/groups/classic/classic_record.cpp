// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/classic/classic_record.h"

#include <algorithm>

#include "broker/groups/store/byte_codec.h"

namespace weir::groups {
namespace {

std::int32_t wholeMs(std::chrono::milliseconds duration) {
    return static_cast<std::int32_t>(duration.count());
}

void writeMember(ByteWriter& writer, const ClassicRecord::Member& member) {
    writer.text(member.id);
    writer.optionalText(member.instanceId);
    writer.text(member.client.clientId);
    writer.text(member.client.clientHost);
    writer.integer<std::int32_t>(wholeMs(member.sessionTimeout));
    writer.integer<std::int32_t>(wholeMs(member.rebalanceTimeout));
    writer.integer<std::int32_t>(static_cast<std::int32_t>(member.protocols.size()));
    for (const auto& protocol : member.protocols) {
        writer.text(protocol.name);
        writer.bytes(protocol.metadata);
    }
    writer.bytes(member.assignment);
}

ClassicRecord::Member readMember(ByteReader& reader) {
    ClassicRecord::Member member;
    member.id = reader.text();
    member.instanceId = reader.optionalText();
    member.client.clientId = reader.text();
    member.client.clientHost = reader.text();
    member.sessionTimeout = std::chrono::milliseconds(reader.integer<std::int32_t>());
    member.rebalanceTimeout = std::chrono::milliseconds(reader.integer<std::int32_t>());
    for (auto left = reader.count(8); left > 0 && reader.ok(); --left) {
        auto name = reader.text();
        member.protocols.push_back({std::move(name), toBytes(reader.bytes())});
    }
    member.assignment = toBytes(reader.bytes());
    return member;
}

}  // namespace

bool ClassicMember::supports(const std::string& protocol) const {
    return metadataFor(protocol) != nullptr;
}

const Bytes* ClassicMember::metadataFor(const std::string& protocol) const {
    const auto it = std::ranges::find(protocols, protocol, &JoinGroupRequest::Protocol::name);
    return it == protocols.end() ? nullptr : &it->metadata;
}

Bytes encodeRecord(const ClassicRecord& record) {
    ByteWriter writer;
    writer.byte(kGroupRecordVersion);
    writer.byte(kClassicRecordType);
    writer.integer<std::int32_t>(record.generation.value);
    writer.byte(record.rebalancing ? 1 : 0);
    writer.integer<std::int64_t>(record.stateSince.value);
    writer.text(record.protocolType);
    writer.optionalText(record.protocol);
    writer.optionalText(record.leader);
    writer.integer<std::int32_t>(static_cast<std::int32_t>(record.members.size()));
    for (const auto& member : record.members) {
        writeMember(writer, member);
    }
    return writer.take();
}

std::optional<ClassicRecord> decodeClassicRecord(ByteView bytes) {
    ByteReader reader(bytes);
    if (reader.byte() != kGroupRecordVersion || reader.byte() != kClassicRecordType) {
        return std::nullopt;
    }
    ClassicRecord record;
    record.generation = GenerationId(reader.integer<std::int32_t>());
    record.rebalancing = reader.byte() != 0;
    record.stateSince = Timestamp(reader.integer<std::int64_t>());
    record.protocolType = reader.text();
    record.protocol = reader.optionalText();
    record.leader = reader.optionalText();
    for (auto left = reader.count(29); left > 0 && reader.ok(); --left) {
        record.members.push_back(readMember(reader));
    }
    return reader.ok() ? std::optional(std::move(record)) : std::nullopt;
}

}  // namespace weir::groups
