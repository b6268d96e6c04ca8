// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/groups/group_errc.h"
#include "broker/model/ids.h"

/// JoinGroup, SyncGroup, Heartbeat and LeaveGroup as plain values. Fields follow Kafka's messages; `apiVersion` is the
/// version of the request on the wire where a rule depends on it.
namespace weir::groups {

inline constexpr GenerationId kNoGeneration{-1};

struct ClientIdentity {
    std::string clientId;
    std::string clientHost;  // "/127.0.0.1", as Kafka tools print it
    bool operator==(const ClientIdentity&) const = default;
};

struct JoinGroupRequest {
    struct Protocol {
        std::string name;
        Bytes metadata;
        bool operator==(const Protocol&) const = default;
    };
    std::int16_t apiVersion = 9;
    ClientIdentity client;
    std::string groupId;
    std::string memberId;  // empty: the member is new
    std::optional<std::string> instanceId;
    std::chrono::milliseconds sessionTimeout{0};
    std::chrono::milliseconds rebalanceTimeout{-1};  // negative: v0, the session timeout counts
    std::string protocolType;
    std::vector<Protocol> protocols;  // in the member's order of preference
    std::optional<std::string> reason;
};

struct JoinGroupResponse {
    struct Member {
        std::string memberId;
        std::optional<std::string> instanceId;
        Bytes metadata;
    };
    GroupErrc error = GroupErrc::kNone;
    GenerationId generation = kNoGeneration;
    std::optional<std::string> protocolType;
    std::optional<std::string> protocolName;  // v0-6: write nothing as ""
    std::string leader;
    bool skipAssignment = false;
    std::string memberId;
    std::vector<Member> members;  // the leader's answer only
};

struct SyncGroupRequest {
    struct Assignment {
        std::string memberId;
        Bytes assignment;
    };
    std::string groupId;
    GenerationId generation = kNoGeneration;
    std::string memberId;
    std::optional<std::string> instanceId;
    std::optional<std::string> protocolType;  // v5+
    std::optional<std::string> protocolName;  // v5+
    std::vector<Assignment> assignments;      // the leader's request only
};

struct SyncGroupResponse {
    GroupErrc error = GroupErrc::kNone;
    std::optional<std::string> protocolType;
    std::optional<std::string> protocolName;
    Bytes assignment;
};

struct HeartbeatRequest {
    std::string groupId;
    GenerationId generation = kNoGeneration;
    std::string memberId;
    std::optional<std::string> instanceId;
};

struct LeaveGroupRequest {
    struct Member {
        std::string memberId;  // may be empty where instanceId names the member
        std::optional<std::string> instanceId;
        std::optional<std::string> reason;
    };
    std::string groupId;
    std::vector<Member> members;  // v0-2: exactly one
};

/// v0-2 answer `error`, or when that is kNone the only member's error.
struct LeaveGroupResponse {
    struct Member {
        std::string memberId;
        std::optional<std::string> instanceId;
        GroupErrc error = GroupErrc::kNone;
    };
    GroupErrc error = GroupErrc::kNone;
    std::vector<Member> members;
};

}  // namespace weir::groups
