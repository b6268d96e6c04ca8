// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "tests/broker/groups/fixture.h"

namespace weir::groups::testing {

/// A consumer of the new protocol as a client library would drive it: it believes its own `owned` and gives up what it
/// is told to on its next heartbeat.
class NewConsumer {
public:
    NewConsumer(World& world, std::string groupId, std::string id);

    std::optional<std::string> instanceId;
    std::optional<std::string> assignor;
    std::vector<std::string> topics{"orders"};
    std::optional<std::string> regex;
    std::chrono::milliseconds rebalanceTimeout{30s};
    std::int16_t apiVersion = 1;

    /// One heartbeat, of whatever kind is due; takes over the answer. Its error.
    GroupErrc beat();
    GroupErrc leave(std::int32_t epoch = kLeaveEpoch);
    /// Forgets everything, so that the next heartbeat joins.
    void restart();
    /// Sends the whole state.
    [[nodiscard]] ConsumerGroupHeartbeatRequest request() const;
    Answer<ConsumerGroupHeartbeatResponse> send(ConsumerGroupHeartbeatRequest request);
    [[nodiscard]] std::vector<int> partitionsOf(const std::string& topic) const;

    std::string groupId;
    std::string id;
    std::int32_t epoch = 0;
    Assignment owned;
    Answer<ConsumerGroupHeartbeatResponse> answer;

private:
    World& m_world;
};

/// Heartbeats of all until nothing changes any more.
void converge(std::vector<NewConsumer*> consumers);

}  // namespace weir::groups::testing
