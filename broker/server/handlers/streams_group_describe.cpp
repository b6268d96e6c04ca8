// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/streams_group_describe.h"

#include "broker/server/handlers/describe_groups_of.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/streams_wire.h"

namespace weir::server {

namespace {

using protocol::StreamsGroupDescribeRequest;
using protocol::StreamsGroupDescribeResponse;

std::vector<StreamsGroupDescribeResponse::TopicInfo> toInfo(
    const std::vector<groups::StreamsTopology::InternalTopic>& topics) {
    std::vector<StreamsGroupDescribeResponse::TopicInfo> infos;
    for (const auto& topic : topics) {
        auto& made = infos.emplace_back();
        made.name = topic.name;
        made.partitions = topic.partitions;
        made.replicationFactor = topic.replication;
        for (const auto& [key, value] : topic.configs) {
            made.topicConfigs.push_back({key, value, {}});
        }
    }
    return infos;
}

StreamsGroupDescribeResponse::Topology toTopology(const groups::StreamsTopology& topology) {
    StreamsGroupDescribeResponse::Topology made;
    made.epoch = topology.epoch;
    made.subtopologies.emplace();
    for (const auto& sub : topology.subtopologies) {
        auto& each = made.subtopologies->emplace_back();
        each.subtopologyId = sub.id;
        each.sourceTopics = sub.sources;
        each.repartitionSinkTopics = sub.sinks;
        each.stateChangelogTopics = toInfo(sub.changelogs);
        each.repartitionSourceTopics = toInfo(sub.repartitions);
    }
    return made;
}

StreamsGroupDescribeResponse::Assignment toAssignment(const groups::TaskAssignment& tasks) {
    using TaskIds = StreamsGroupDescribeResponse::TaskIds;
    StreamsGroupDescribeResponse::Assignment made;
    made.activeTasks = toTaskIds<TaskIds>(tasks.active);
    made.standbyTasks = toTaskIds<TaskIds>(tasks.standby);
    return made;
}

StreamsGroupDescribeResponse::Member toMember(groups::DescribedStreamsGroup::Member member) {
    StreamsGroupDescribeResponse::Member made;
    made.memberId = std::move(member.memberId);
    made.memberEpoch = member.memberEpoch;
    made.instanceId = std::move(member.instanceId);
    made.rackId = std::move(member.rackId);
    made.clientId = std::move(member.client.clientId);
    made.clientHost = std::move(member.client.clientHost);
    made.topologyEpoch = member.topologyEpoch;
    made.processId = std::move(member.processId);
    if (member.endpoint) {
        made.userEndpoint = {std::move(member.endpoint->host), member.endpoint->port, {}};
    }
    for (const auto& [key, value] : member.tags) {
        made.clientTags.push_back({key, value, {}});
    }
    made.assignment = toAssignment(member.assignment);
    made.targetAssignment = toAssignment(member.target);
    return made;
}

StreamsGroupDescribeResponse streamsGroupDescribe(Services& services, const Call& call,
                                                  StreamsGroupDescribeRequest request) {
    return describeGroupsOf<StreamsGroupDescribeResponse>(
        services, call, std::move(request),
        [&](const std::string& groupId) { return services.groups.describeStreamsGroup(groupId); },
        [](auto& group, auto& found) {
            if (found.topology) {
                group.topology = toTopology(*found.topology);
            }
            for (auto& member : found.members) {
                group.members.push_back(toMember(std::move(member)));
            }
        });
}

}  // namespace

constinit const Handler kStreamsGroupDescribeHandler =
    handledBy<streamsGroupDescribe>(StreamsGroupDescribeRequest::kVersions);

}  // namespace weir::server
