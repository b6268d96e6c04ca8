// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/elect_leaders.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ElectLeadersRequest;
using protocol::ElectLeadersResponse;
using protocol::ErrorCode;
using Election = ElectLeadersResponse::PartitionResult;

/// The same error for all that was named.
ElectLeadersResponse refusal(const ElectLeadersRequest& request, ErrorCode code, const std::string& message) {
    ElectLeadersResponse response;
    response.errorCode = code;
    if (request.topicPartitions) {
        for (const auto& wanted : *request.topicPartitions) {
            auto& topic = response.replicaElectionResults.emplace_back();
            topic.topic = wanted.topic;
            for (const PartitionId partition : wanted.partitions) {
                topic.partitionResult.push_back({partition, code, message, {}});
            }
        }
    }
    return response;
}

/// The only replica is the preferred one and leads: no kind of election is ever needed.
Election elect(const topics::Topic* topic, const std::string& name, PartitionId partition) {
    if (topic == nullptr) {
        return {partition, ErrorCode::kUnknownTopicOrPartition, "There is no topic " + name + ".", {}};
    }
    if (partition.value < 0 || static_cast<std::size_t>(partition.value) >= topic->partitions.size()) {
        return {partition,
                ErrorCode::kUnknownTopicOrPartition,
                name + " has no partition " + std::to_string(partition.value) + ".",
                {}};
    }
    return {partition,
            ErrorCode::kElectionNotNeeded,
            std::string(protocol::errorSentence(ErrorCode::kElectionNotNeeded)),
            {}};
}

ElectLeadersResponse electLeaders(Services& services, const Call& call, ElectLeadersRequest request) {
    if (!mayCluster(services, call, AclOperation::kAlter)) {
        const auto code = ErrorCode::kClusterAuthorizationFailed;
        return refusal(request, code, std::string(protocol::errorSentence(code)));
    }
    constexpr std::int8_t kUnclean = 1;
    if (request.electionType < 0 || request.electionType > kUnclean) {
        return refusal(request, ErrorCode::kInvalidRequest, "The election is neither preferred nor unclean.");
    }
    const auto topics = services.topics.snapshot();
    ElectLeadersResponse response;
    if (!request.topicPartitions) {
        // Partitions that need no election are left out where all are asked for.
        for (const auto& topic : topics->topics()) {
            response.replicaElectionResults.emplace_back().topic = topic->name;
        }
        return response;
    }
    for (const auto& wanted : *request.topicPartitions) {
        auto& result = response.replicaElectionResults.emplace_back();
        result.topic = wanted.topic;
        const auto topic = topics->byName(wanted.topic);
        for (const PartitionId partition : wanted.partitions) {
            result.partitionResult.push_back(elect(topic.get(), wanted.topic, partition));
        }
    }
    return response;
}

}  // namespace

constinit const Handler kElectLeadersHandler = handledBy<electLeaders>(ElectLeadersRequest::kVersions);

}  // namespace weir::server
