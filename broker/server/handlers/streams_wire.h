// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/groups/streams/streams_requests.h"
#include "broker/protocol/messages/streams_group_heartbeat.h"

/// Tasks and topologies between the coordinator's form and that of the streams messages.
namespace weir::server {

template <class WireTasks>
groups::Tasks tasksOf(const std::vector<WireTasks>& wire) {
    groups::Tasks tasks;
    for (const auto& each : wire) {
        if (!each.partitions.empty()) {
            tasks[each.subtopologyId].insert(each.partitions.begin(), each.partitions.end());
        }
    }
    return tasks;
}

template <class WireTasks>
std::vector<WireTasks> toTaskIds(const groups::Tasks& tasks) {
    std::vector<WireTasks> wire;
    for (const auto& [subtopology, partitions] : tasks) {
        wire.push_back({subtopology, {partitions.begin(), partitions.end()}, {}});
    }
    return wire;
}

inline std::vector<groups::StreamsTopology::InternalTopic> internalTopicsOf(
    const std::vector<protocol::StreamsGroupHeartbeatRequest::TopicInfo>& wire) {
    std::vector<groups::StreamsTopology::InternalTopic> topics;
    for (const auto& each : wire) {
        auto& made = topics.emplace_back();
        made.name = each.name;
        made.partitions = each.partitions;
        made.replication = each.replicationFactor;
        for (const auto& config : each.topicConfigs) {
            made.configs.emplace(config.key, config.value);
        }
    }
    return topics;
}

inline groups::StreamsTopology topologyOf(const protocol::StreamsGroupHeartbeatRequest::Topology& wire) {
    groups::StreamsTopology topology;
    topology.epoch = wire.epoch;
    for (const auto& each : wire.subtopologies) {
        auto& made = topology.subtopologies.emplace_back();
        made.id = each.subtopologyId;
        made.sources = each.sourceTopics;
        made.patterns = each.sourceTopicRegex;
        made.sinks = each.repartitionSinkTopics;
        made.repartitions = internalTopicsOf(each.repartitionSourceTopics);
        made.changelogs = internalTopicsOf(each.stateChangelogTopics);
        for (const auto& group : each.copartitionGroups) {
            made.copartitions.push_back({group.sourceTopics, group.sourceTopicRegex, group.repartitionSourceTopics});
        }
    }
    return topology;
}

}  // namespace weir::server
