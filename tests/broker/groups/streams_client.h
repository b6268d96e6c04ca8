// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "tests/broker/groups/fixture.h"

namespace weir::groups::testing {

/// in -> repartition -> a count with a changelog.
inline StreamsTopology countingTopology(std::int32_t epoch = 0) {
    StreamsTopology topology;
    topology.epoch = epoch;
    auto& first = topology.subtopologies.emplace_back();
    first.id = "0";
    first.sources = {"in"};
    first.sinks = {"app-repartition"};
    auto& second = topology.subtopologies.emplace_back();
    second.id = "1";
    second.repartitions.push_back({"app-repartition", 0, 0, {{"cleanup.policy", "delete"}}});
    second.changelogs.push_back({"app-changelog", 0, 0, {{"cleanup.policy", "compact"}}});
    return topology;
}

/// A streams member as the client library drives it.
struct StreamsClient {
    StreamsClient(World& w, std::string memberId) : world(w), id(std::move(memberId)), process(id) {}

    StreamsGroupHeartbeatResponse send(std::int32_t withEpoch) {
        StreamsGroupHeartbeatRequest request;
        request.client = {id, "/127.0.0.1"};
        request.groupId = "app";
        request.memberId = id;
        request.memberEpoch = withEpoch;
        if (withEpoch == 0) {
            request.topology = topology;
            request.processId = process;
            request.rebalanceTimeout = 30s;
        }
        request.active = withEpoch == 0 ? Tasks{} : active;
        request.standby = withEpoch == 0 ? Tasks{} : standby;
        request.warmup = Tasks{};
        if (asks) {
            asks(request);
        }
        Answer<StreamsGroupHeartbeatResponse> answer;
        world.manager->streamsGroupHeartbeat(std::move(request), answer.expect());
        return *answer;
    }
    /// One heartbeat; takes over the answer.
    StreamsGroupHeartbeatResponse beat() {
        auto answer = send(epoch);
        if (answer.error == GroupErrc::kNone) {
            epoch = answer.memberEpoch;
            if (answer.assignment) {
                active = answer.assignment->active;
                standby = answer.assignment->standby;
            }
        }
        return answer;
    }

    /// The first of a new group: joins, waits until the group has waited for others, and takes its tasks.
    void settle() {
        beat();
        world.advance(3s);
        beat();
    }

    World& world;
    std::string id;
    std::string process;
    StreamsTopology topology = countingTopology();
    std::function<void(StreamsGroupHeartbeatRequest&)> asks;  // what else it says
    std::int32_t epoch = 0;
    Tasks active;
    Tasks standby;
};

inline void makeTopics(World& world, std::int32_t partitions) {
    world.topics.put("in", partitions);
    world.topics.put("app-repartition", partitions);
    world.topics.put("app-changelog", partitions);
}

inline Tasks tasks(std::initializer_list<std::pair<const char*, int>> from) {
    Tasks made;
    for (const auto& [subtopology, partition] : from) {
        made[subtopology].insert(PartitionId(partition));
    }
    return made;
}

}  // namespace weir::groups::testing
