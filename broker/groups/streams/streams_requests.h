// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/groups/group_errc.h"
#include "broker/groups/membership_requests.h"
#include "broker/groups/streams/task_assignor.h"
#include "broker/groups/streams/topology.h"
#include "broker/model/snapshot.h"

/// StreamsGroupHeartbeat and StreamsGroupDescribe (KIP-1071) as plain values; fields follow Kafka's messages.
namespace weir::groups {

struct StreamsEndpoint {
    std::string host;
    std::uint16_t port = 0;
    bool operator==(const StreamsEndpoint&) const = default;
};

struct StreamsGroupHeartbeatRequest {
    ClientIdentity client;
    std::string groupId;
    std::string memberId;  // made by the client
    std::int32_t memberEpoch = 0;
    std::int32_t endpointEpoch = -1;
    std::optional<std::string> instanceId;
    std::optional<std::string> rackId;
    std::optional<std::chrono::milliseconds> rebalanceTimeout;  // nothing for -1: unchanged
    std::optional<StreamsTopology> topology;                    // when joining
    std::optional<Tasks> active;                                // what the member runs; nothing: unchanged
    std::optional<Tasks> standby;
    std::optional<Tasks> warmup;
    std::optional<std::string> processId;
    std::optional<StreamsEndpoint> endpoint;
    std::optional<std::map<std::string, std::string>> tags;
    bool shutdownApplication = false;
};

struct StreamsGroupHeartbeatResponse {
    struct Status {
        StreamsStatus code{};
        std::string detail;
    };
    struct EndpointPartitions {
        StreamsEndpoint endpoint;
        std::map<std::string, std::set<PartitionId>> active;  // by topic
        std::map<std::string, std::set<PartitionId>> standby;
    };
    GroupErrc error = GroupErrc::kNone;
    std::optional<std::string> errorMessage;
    std::string memberId;
    std::int32_t memberEpoch = 0;
    std::chrono::milliseconds heartbeatInterval{0};
    std::vector<Status> status;
    std::optional<TaskAssignment> assignment;  // nothing: as before
    std::int32_t endpointEpoch = 0;
    std::optional<std::vector<EndpointPartitions>> endpoints;  // nothing: as before
    /// Whoever hands this to the client makes these topics first.
    std::vector<TopicToCreate> missingTopics;
};

struct DescribedStreamsGroup {
    struct Member {
        std::string memberId;
        std::int32_t memberEpoch = 0;
        std::optional<std::string> instanceId;
        std::optional<std::string> rackId;
        ClientIdentity client;
        std::int32_t topologyEpoch = 0;
        std::string processId;
        std::optional<StreamsEndpoint> endpoint;
        std::map<std::string, std::string> tags;
        TaskAssignment assignment;
        TaskAssignment target;
    };
    GroupErrc error = GroupErrc::kNone;
    std::string errorMessage;
    std::string groupId;
    GroupState state = GroupState::kDead;
    std::int32_t groupEpoch = 0;
    std::int32_t assignmentEpoch = 0;
    std::optional<StreamsTopology> topology;
    std::vector<Member> members;
};

}  // namespace weir::groups
