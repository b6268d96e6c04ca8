// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/clock.h"
#include "broker/groups/consumer/assignment.h"
#include "broker/groups/membership_requests.h"
#include "broker/groups/topic_directory.h"

namespace weir::groups {

/// One member of a share group. A plain value.
struct ShareMember {
    std::string id;
    std::optional<std::string> rackId;
    ClientIdentity client;
    std::vector<std::string> subscribedTopics;  // sorted
    std::int32_t epoch = 0;
    std::int32_t previousEpoch = 0;
    Assignment assigned;
    Clock::Steady sessionDeadline = Clock::Steady::max();
};

inline constexpr std::uint8_t kShareRecordType = 2;

/// What outlives the broker of a share group's members.
///
///   record => version:u8=1 type:u8=2 group_epoch:i32 [topic] [member]
///   topic  => name:text id:16 bytes partitions:i32
///   member => id:text rack:opt client_id:text client_host:text [topic:text] epoch:i32 previous_epoch:i32
///             assigned:assignment        (assignment as in consumer_record.h)
struct ShareRecord {
    std::int32_t groupEpoch = 0;
    std::vector<TopicFacts> topics;
    std::vector<ShareMember> members;
};

[[nodiscard]] Bytes encodeRecord(const ShareRecord& record);
/// Nothing when the bytes are not such a record.
[[nodiscard]] std::optional<ShareRecord> decodeShareRecord(ByteView bytes);

}  // namespace weir::groups
