// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/clock.h"
#include "broker/groups/completion.h"
#include "broker/groups/membership_requests.h"

namespace weir::groups {

/// One member of a classic group. A plain value with the two requests that it may have parked.
struct ClassicMember {
    std::string id;
    std::optional<std::string> instanceId;
    ClientIdentity client;
    std::chrono::milliseconds sessionTimeout{0};
    std::chrono::milliseconds rebalanceTimeout{0};
    std::vector<JoinGroupRequest::Protocol> protocols;
    Bytes assignment;

    Completion<JoinGroupResponse> parkedJoin;
    Completion<SyncGroupResponse> parkedSync;
    /// max() while a parked request keeps the member alive.
    Clock::Steady sessionDeadline = Clock::Steady::max();
    /// Has joined but was never told its generation, so it cannot send heartbeats yet.
    bool isNew = false;

    [[nodiscard]] bool isStatic() const { return instanceId.has_value(); }
    [[nodiscard]] bool awaitsJoin() const { return static_cast<bool>(parkedJoin); }
    [[nodiscard]] bool awaitsSync() const { return static_cast<bool>(parkedSync); }
    [[nodiscard]] bool supports(const std::string& protocol) const;
    [[nodiscard]] const Bytes* metadataFor(const std::string& protocol) const;
};

}  // namespace weir::groups
