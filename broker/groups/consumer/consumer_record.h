// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/groups/consumer/consumer_member.h"
#include "broker/groups/topic_directory.h"

namespace weir::groups {

inline constexpr std::uint8_t kConsumerRecordType = 1;

/// What outlives the broker of a consumer group.
///
///   record     => version:u8=1 type:u8=1 group_epoch:i32 assignment_epoch:i32 [topic] [member]
///   topic      => name:text id:16 bytes partitions:i32
///   member     => id:text instance:opt rack:opt client_id:text client_host:text rebalance_ms:i32 [topic:text]
///                 regex:text assignor:opt epoch:i32 previous_epoch:i32 state:u8
///                 assigned:assignment pending_revocation:assignment classic:u8 (session_ms:i32
///                 [name:text metadata:bytes]) target:assignment
///   assignment => [topic_id:16 bytes [partition:i32]]
struct ConsumerRecord {
    struct Member {
        ConsumerMember member;
        Assignment target;
    };
    std::int32_t groupEpoch = 0;
    std::int32_t assignmentEpoch = 0;
    std::vector<TopicFacts> topics;  // as the assignment knew them
    std::vector<Member> members;
};

[[nodiscard]] Bytes encodeRecord(const ConsumerRecord& record);
/// Nothing when the bytes are not such a record.
[[nodiscard]] std::optional<ConsumerRecord> decodeConsumerRecord(ByteView bytes);

}  // namespace weir::groups
