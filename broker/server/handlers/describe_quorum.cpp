// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_quorum.h"

#include "broker/server/authorize.h"
#include "broker/server/cluster_state.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DescribeQuorumRequest;
using protocol::DescribeQuorumResponse;
using protocol::ErrorCode;

constexpr std::string_view kMetadataTopic = "__cluster_metadata";

DescribeQuorumResponse refusal(ErrorCode code) {
    DescribeQuorumResponse response;
    response.errorCode = code;
    response.errorMessage = std::string(protocol::errorSentence(code));
    return response;
}

bool asksForMetadata(const DescribeQuorumRequest& request) {
    return request.topics.size() == 1 && request.topics[0].topicName == kMetadataTopic &&
           request.topics[0].partitions.size() == 1 && request.topics[0].partitions[0].partitionIndex.value == 0;
}

DescribeQuorumResponse describeQuorum(Services& services, const Call& call, DescribeQuorumRequest request) {
    if (!mayCluster(services, call, AclOperation::kDescribe)) {
        return refusal(ErrorCode::kClusterAuthorizationFailed);
    }
    DescribeQuorumResponse response;
    response.errorMessage.reset();
    const bool isKnown = asksForMetadata(request);
    for (const auto& wanted : request.topics) {
        auto& topic = response.topics.emplace_back();
        topic.topicName = wanted.topicName;
        for (const auto& each : wanted.partitions) {
            auto& partition = topic.partitions.emplace_back();
            partition.partitionIndex = each.partitionIndex;
            partition.errorMessage.reset();
            if (!isKnown) {
                partition.errorCode = ErrorCode::kUnknownTopicOrPartition;
                partition.errorMessage = std::string(protocol::errorSentence(partition.errorCode));
                continue;
            }
            const QuorumInfo quorum = quorumOf(services);
            partition.leaderId = quorum.leader;
            partition.leaderEpoch = quorum.leaderEpoch;
            partition.highWatermark = quorum.highWatermark;
            for (const QuorumReplica& replica : quorum.replicas) {
                partition.currentVoters.push_back(
                    {replica.id, replica.directory, replica.logEnd, replica.lastFetch, replica.lastCaughtUp, {}});
            }
        }
    }
    if (isKnown) {
        const Endpoint here = services.advertised(*call.peer);
        auto& node = response.nodes.emplace_back();
        node.nodeId = services.self;
        node.listeners.push_back({call.peer->listener(), here.host, here.port, {}});
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeQuorumHandler = handledBy<describeQuorum>(DescribeQuorumRequest::kVersions);

}  // namespace weir::server
