// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/groups/consumer/assignment.h"
#include "broker/groups/consumer/consumer_requests.h"

namespace weir::groups {

/// How far a member is on its way to its target (Kafka's MemberState).
enum class MemberState : std::uint8_t {
    kStable,               // has what it shall have in its epoch
    kUnrevokedPartitions,  // was told to give some up and has not said that it did
    kUnreleasedPartitions  // waits for partitions that others still hold
};

/// What a member that speaks the classic protocol brings along.
struct ClassicFace {
    std::chrono::milliseconds sessionTimeout{0};
    std::vector<JoinGroupRequest::Protocol> protocols;
};

/// One member of a consumer group. A plain value.
struct ConsumerMember {
    std::string id;
    std::optional<std::string> instanceId;
    std::optional<std::string> rackId;
    ClientIdentity client;
    std::chrono::milliseconds rebalanceTimeout{0};
    std::vector<std::string> subscribedTopics;
    std::string subscribedRegex;
    std::optional<std::string> serverAssignor;

    std::int32_t epoch = 0;
    std::int32_t previousEpoch = 0;
    MemberState state = MemberState::kStable;
    Assignment assigned;
    Assignment pendingRevocation;

    Clock::Steady sessionDeadline = Clock::Steady::max();
    Clock::Steady revocationDeadline = Clock::Steady::max();

    std::optional<ClassicFace> classic;
    /// When a classic member must have joined again, or synced after that.
    Clock::Steady classicDeadline = Clock::Steady::max();

    /// Left for a while with kStaticLeaveEpoch.
    [[nodiscard]] bool isAway() const { return epoch == kStaticLeaveEpoch; }
};

}  // namespace weir::groups
