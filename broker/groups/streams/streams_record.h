// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/clock.h"
#include "broker/groups/consumer/consumer_member.h"
#include "broker/groups/streams/streams_requests.h"

namespace weir::groups {

/// One member of a streams group. A plain value; its active tasks walk to their target as a consumer's partitions do.
struct StreamsMember {
    std::string id;
    std::optional<std::string> rackId;
    ClientIdentity client;
    std::chrono::milliseconds rebalanceTimeout{0};
    std::int32_t topologyEpoch = 0;
    std::string processId;
    std::optional<StreamsEndpoint> endpoint;
    std::map<std::string, std::string> tags;

    std::int32_t epoch = 0;
    std::int32_t previousEpoch = 0;
    MemberState state = MemberState::kStable;
    Tasks assigned;  // active
    Tasks pendingRevocation;
    Tasks standby;

    Clock::Steady sessionDeadline = Clock::Steady::max();
    Clock::Steady revocationDeadline = Clock::Steady::max();
};

inline constexpr std::uint8_t kStreamsRecordType = 3;

/// What outlives the broker of a streams group.
///
///   record => version:u8=1 type:u8=3 group_epoch:i32 assignment_epoch:i32 has_topology:u8 (topology) [member]
///   member => id:text rack:opt client_id:text client_host:text rebalance_ms:i32 topology_epoch:i32 process:text
///             has_endpoint:u8 (host:text port:u16) [key:text value:text] epoch:i32 previous_epoch:i32 state:u8
///             assigned:tasks pending_revocation:tasks standby:tasks target_active:tasks target_standby:tasks
///   tasks  => [subtopology:text [partition:i32]]      (topology as in topology.h)
struct StreamsRecord {
    struct Member {
        StreamsMember member;
        TaskAssignment target;
    };
    std::int32_t groupEpoch = 0;
    std::int32_t assignmentEpoch = 0;
    std::optional<StreamsTopology> topology;
    std::vector<Member> members;
};

[[nodiscard]] Bytes encodeRecord(const StreamsRecord& record);
/// Nothing when the bytes are not such a record.
[[nodiscard]] std::optional<StreamsRecord> decodeStreamsRecord(ByteView bytes);

}  // namespace weir::groups
