// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/streams_group_heartbeat.h"

#include <set>

#include "broker/server/error_map.h"
#include "broker/server/handlers/group_wire.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/streams_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::StreamsGroupHeartbeatRequest;
using protocol::StreamsGroupHeartbeatResponse;
using WirePartition = StreamsGroupHeartbeatResponse::TopicPartition;

groups::StreamsGroupHeartbeatRequest heartOf(StreamsGroupHeartbeatRequest request, const Call& call) {
    groups::StreamsGroupHeartbeatRequest beat;
    beat.client = identityOf(call);
    beat.groupId = std::move(request.groupId);
    beat.memberId = std::move(request.memberId);
    beat.memberEpoch = request.memberEpoch;
    beat.endpointEpoch = request.endpointInformationEpoch;
    beat.instanceId = std::move(request.instanceId);
    beat.rackId = std::move(request.rackId);
    if (request.rebalanceTimeoutMs != -1) {
        beat.rebalanceTimeout = std::chrono::milliseconds(request.rebalanceTimeoutMs);
    }
    if (request.topology) {
        beat.topology = topologyOf(*request.topology);
    }
    const auto tasks = [](const auto& wire) { return wire ? std::optional(tasksOf(*wire)) : std::nullopt; };
    beat.active = tasks(request.activeTasks);
    beat.standby = tasks(request.standbyTasks);
    beat.warmup = tasks(request.warmupTasks);
    beat.processId = std::move(request.processId);
    if (request.userEndpoint) {
        beat.endpoint = {std::move(request.userEndpoint->host), request.userEndpoint->port};
    }
    if (request.clientTags) {
        beat.tags.emplace();
        for (auto& tag : *request.clientTags) {
            beat.tags->emplace(std::move(tag.key), std::move(tag.value));
        }
    }
    beat.shutdownApplication = request.shutdownApplication;
    return beat;
}

std::vector<WirePartition> toTopics(const std::map<std::string, std::set<PartitionId>>& partitions) {
    std::vector<WirePartition> topics;
    for (const auto& [topic, ids] : partitions) {
        topics.push_back({topic, {ids.begin(), ids.end()}, {}});
    }
    return topics;
}

/// Makes what the application needs; what went wrong, for the status, which the next heartbeat takes up again.
std::string makeTopics(Services& services, const Call& call, const std::vector<groups::TopicToCreate>& missing) {
    std::vector<NewTopic> wanted;
    for (const auto& topic : missing) {
        NewTopic made;
        made.name = topic.name;
        made.partitions = topic.partitions;
        for (const auto& [key, value] : topic.configs) {
            made.configs.push_back({key, value});
        }
        wanted.push_back(std::move(made));
    }
    if (!wanted.empty() && !mayCluster(services, call, AclOperation::kCreate)) {
        return " Unauthorized to CREATE on cluster.";
    }
    std::string failures;
    for (const auto& made : services.topics.create(wanted, topics::Mode::kApply)) {
        if (!made && made.error().code != topics::TopicErrc::kAlreadyExists) {
            failures += " " + made.error().message;
        }
    }
    return failures;
}

void answer(Services& services, groups::StreamsGroupHeartbeatResponse answered,
            Reply<StreamsGroupHeartbeatResponse> reply) {
    const std::string failures =
        answered.missingTopics.empty() ? std::string() : makeTopics(services, reply.call(), answered.missingTopics);
    StreamsGroupHeartbeatResponse response;
    response.errorCode = toKafka(answered.error);
    response.errorMessage = std::move(answered.errorMessage);
    response.memberId = std::move(answered.memberId);
    response.memberEpoch = answered.memberEpoch;
    response.heartbeatIntervalMs = static_cast<std::int32_t>(answered.heartbeatInterval.count());
    response.status.reset();
    for (auto& status : answered.status) {
        if (!response.status) {
            response.status.emplace();
        }
        if (status.code == groups::StreamsStatus::kMissingInternalTopics) {
            status.detail += failures;
        }
        response.status->push_back({static_cast<std::int8_t>(status.code), std::move(status.detail), {}});
    }
    if (answered.assignment) {
        using TaskIds = StreamsGroupHeartbeatResponse::TaskIds;
        response.activeTasks = toTaskIds<TaskIds>(answered.assignment->active);
        response.standbyTasks = toTaskIds<TaskIds>(answered.assignment->standby);
        response.warmupTasks.emplace();
    }
    response.endpointInformationEpoch = answered.endpointEpoch;
    if (answered.endpoints) {
        response.partitionsByUserEndpoint.emplace();
        for (const auto& each : *answered.endpoints) {
            auto& made = response.partitionsByUserEndpoint->emplace_back();
            made.userEndpoint = {each.endpoint.host, each.endpoint.port, {}};
            made.activePartitions = toTopics(each.active);
            made.standbyPartitions = toTopics(each.standby);
        }
    }
    reply.send(response);
}

void streamsGroupHeartbeat(Services& services, StreamsGroupHeartbeatRequest request,
                           Reply<StreamsGroupHeartbeatResponse> reply) {
    std::set<std::string> sources;
    if (request.topology) {
        for (const auto& sub : request.topology->subtopologies) {
            sources.insert(sub.sourceTopics.begin(), sub.sourceTopics.end());
        }
    }
    if (const auto refusal = whyNoMember(services, reply.call(), request.groupId, sources)) {
        StreamsGroupHeartbeatResponse refused;
        refused.errorCode = *refusal;
        reply.send(refused);
        return;
    }
    reply.call().peer->noteGroup(request.groupId);
    auto beat = heartOf(std::move(request), reply.call());
    services.groups.streamsGroupHeartbeat(
        std::move(beat), [&services, reply = std::move(reply)](groups::StreamsGroupHeartbeatResponse answered) mutable {
            if (answered.missingTopics.empty()) {
                return answer(services, std::move(answered), std::move(reply));
            }
            // Making topics waits for the disk, which neither a connection's thread nor the groups' may.
            auto shared = std::make_shared<Reply<StreamsGroupHeartbeatResponse>>(std::move(reply));
            services.onDisk([&services, shared, answered = std::move(answered)] {
                answer(services, answered, std::move(*shared));
            });
        });
}

}  // namespace

constinit const Handler kStreamsGroupHeartbeatHandler =
    handledBy<streamsGroupHeartbeat>(StreamsGroupHeartbeatRequest::kVersions);

}  // namespace weir::server
