// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_partition_reassignments.h"

#include <set>

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::AlterPartitionReassignmentsRequest;
using protocol::AlterPartitionReassignmentsResponse;
using protocol::ErrorCode;
using Result = AlterPartitionReassignmentsResponse::ReassignablePartitionResponse;

void refuse(Result& result, ErrorCode code, std::string message) {
    result.errorCode = code;
    result.errorMessage = std::move(message);
}

/// Replicas can only be asked to stay where they are (Kafka's ReplicationControlManager with one broker).
void judgeReplicas(const std::vector<BrokerId>& replicas, BrokerId self, Result& result) {
    const auto code = ErrorCode::kInvalidReplicaAssignment;
    if (replicas.empty()) {
        return refuse(result, code, "A partition needs at least one replica.");
    }
    std::set<BrokerId> seen;
    for (const BrokerId replica : replicas) {
        if (!seen.insert(replica).second) {
            return refuse(result, code, "Broker " + std::to_string(replica.value) + " is named more than once.");
        }
    }
    for (const BrokerId replica : replicas) {
        if (replica != self) {
            return refuse(result, code, "There is no broker with the id " + std::to_string(replica.value) + ".");
        }
    }
}

AlterPartitionReassignmentsResponse alterReassignments(Services& services, const Call& call,
                                                       AlterPartitionReassignmentsRequest request) {
    AlterPartitionReassignmentsResponse response;
    response.errorMessage.reset();
    response.allowReplicationFactorChange = request.allowReplicationFactorChange;
    const bool isAllowed = mayCluster(services, call, AclOperation::kAlter);
    if (!isAllowed) {
        response.errorCode = ErrorCode::kClusterAuthorizationFailed;
        response.errorMessage = std::string(protocol::errorSentence(response.errorCode));
    }
    const auto topics = services.topics.snapshot();
    for (const auto& wanted : request.topics) {
        auto& answered = response.responses.emplace_back();
        answered.name = wanted.name;
        const auto topic = topics->byName(wanted.name);
        for (const auto& partition : wanted.partitions) {
            auto& result = answered.partitions.emplace_back();
            result.partitionIndex = partition.partitionIndex;
            result.errorMessage.reset();
            const auto index = partition.partitionIndex.value;
            if (!isAllowed) {
                refuse(result, response.errorCode, *response.errorMessage);
            } else if (!topic) {
                refuse(result, ErrorCode::kUnknownTopicOrPartition, "There is no topic " + wanted.name + ".");
            } else if (index < 0 || static_cast<std::size_t>(index) >= topic->partitions.size()) {
                refuse(result, ErrorCode::kUnknownTopicOrPartition,
                       wanted.name + " has no partition " + std::to_string(index) + ".");
            } else if (!partition.replicas) {
                refuse(result, ErrorCode::kNoReassignmentInProgress,
                       std::string(protocol::errorSentence(ErrorCode::kNoReassignmentInProgress)));
            } else {
                judgeReplicas(*partition.replicas, services.self, result);
            }
        }
    }
    return response;
}

}  // namespace

constinit const Handler kAlterPartitionReassignmentsHandler =
    handledBy<alterReassignments>(AlterPartitionReassignmentsRequest::kVersions);

}  // namespace weir::server
