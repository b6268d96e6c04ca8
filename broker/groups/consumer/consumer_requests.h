// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/groups/consumer/assignment.h"
#include "broker/groups/group_errc.h"
#include "broker/groups/membership_requests.h"
#include "broker/model/snapshot.h"

/// ConsumerGroupHeartbeat and ConsumerGroupDescribe (KIP-848) as plain values; fields follow Kafka's messages.
namespace weir::groups {

/// Epochs of a ConsumerGroupHeartbeat that are requests in themselves.
inline constexpr std::int32_t kJoinEpoch = 0;
inline constexpr std::int32_t kLeaveEpoch = -1;
inline constexpr std::int32_t kStaticLeaveEpoch = -2;  // "back soon": the partitions stay with the instance id

struct ConsumerGroupHeartbeatRequest {
    std::int16_t apiVersion = 1;
    ClientIdentity client;
    std::string groupId;
    std::string memberId;  // v0 may leave it to the coordinator when joining
    std::int32_t memberEpoch = kJoinEpoch;
    std::optional<std::string> instanceId;
    std::optional<std::string> rackId;
    std::optional<std::chrono::milliseconds> rebalanceTimeout;  // nothing for -1: unchanged
    std::optional<std::vector<std::string>> subscribedTopics;   // nothing: unchanged
    std::optional<std::string> subscribedRegex;                 // v1+; empty: none any more
    std::optional<std::string> serverAssignor;
    std::optional<Assignment> owned;  // what the member holds; nothing: unchanged
};

struct ConsumerGroupHeartbeatResponse {
    GroupErrc error = GroupErrc::kNone;
    std::optional<std::string> errorMessage;
    std::optional<std::string> memberId;
    std::int32_t memberEpoch = 0;
    std::chrono::milliseconds heartbeatInterval{0};
    std::optional<Assignment> assignment;  // nothing: as before
};

struct DescribedConsumerGroup {
    struct Member {
        std::string memberId;
        std::optional<std::string> instanceId;
        std::optional<std::string> rackId;
        std::int32_t memberEpoch = -1;
        std::string clientId;
        std::string clientHost;
        std::vector<std::string> subscribedTopics;
        std::optional<std::string> subscribedRegex;
        Assignment assignment;
        Assignment target;
        bool usesClassicProtocol = false;  // v1+: member type 0 classic, 1 consumer
    };
    GroupErrc error = GroupErrc::kNone;
    std::string errorMessage;
    std::string groupId;
    GroupState state = GroupState::kDead;
    std::int32_t groupEpoch = 0;
    std::int32_t assignmentEpoch = 0;
    std::string assignor;
    std::vector<Member> members;
};

}  // namespace weir::groups
