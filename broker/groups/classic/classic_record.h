// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/groups/classic/classic_member.h"
#include "broker/model/ids.h"

namespace weir::groups {

/// What outlives the broker of a classic group (Kafka's GroupMetadataValue).
///
///   record  => version:u8=1 type:u8=0 generation:i32 rebalancing:u8 state_since_ms:i64
///              protocol_type:text protocol:opt leader:opt [member]
///   member  => id:text instance:opt client_id:text client_host:text session_ms:i32 rebalance_ms:i32
///              [name:text metadata:bytes] assignment:bytes
///   text, bytes => length:i32 bytes; opt => present:u8 (text); all integers big-endian.
struct ClassicRecord {
    struct Member {
        std::string id;
        std::optional<std::string> instanceId;
        ClientIdentity client;
        std::chrono::milliseconds sessionTimeout{0};
        std::chrono::milliseconds rebalanceTimeout{0};
        std::vector<JoinGroupRequest::Protocol> protocols;
        Bytes assignment;
        bool operator==(const Member&) const = default;
    };
    GenerationId generation;
    /// The generation was handed out, its assignment was not: members must join again after a restart.
    bool rebalancing = false;
    Timestamp stateSince = kNoTimestamp;
    std::string protocolType;
    std::optional<std::string> protocol;
    std::optional<std::string> leader;
    std::vector<Member> members;
};

inline constexpr std::uint8_t kGroupRecordVersion = 1;
inline constexpr std::uint8_t kClassicRecordType = 0;

[[nodiscard]] Bytes encodeRecord(const ClassicRecord& record);
/// Nothing when the bytes are not such a record.
[[nodiscard]] std::optional<ClassicRecord> decodeClassicRecord(ByteView bytes);

}  // namespace weir::groups
