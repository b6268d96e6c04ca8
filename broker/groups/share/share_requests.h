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

/// ShareGroupHeartbeat and ShareGroupDescribe (KIP-932) as plain values; fields follow Kafka's messages.
namespace weir::groups {

struct ShareGroupHeartbeatRequest {
    ClientIdentity client;
    std::string groupId;
    std::string memberId;  // made by the client
    std::int32_t memberEpoch = 0;
    std::optional<std::string> rackId;
    std::optional<std::vector<std::string>> subscribedTopics;  // nothing: unchanged
};

struct ShareGroupHeartbeatResponse {
    GroupErrc error = GroupErrc::kNone;
    std::optional<std::string> errorMessage;
    std::optional<std::string> memberId;
    std::int32_t memberEpoch = 0;
    std::chrono::milliseconds heartbeatInterval{0};
    std::optional<Assignment> assignment;  // nothing: as before
};

struct DescribedShareGroup {
    struct Member {
        std::string memberId;
        std::optional<std::string> rackId;
        std::int32_t memberEpoch = -1;
        std::string clientId;
        std::string clientHost;
        std::vector<std::string> subscribedTopics;
        Assignment assignment;
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
