// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/handlers/handlers.h"

#include <algorithm>
#include <array>

namespace weir::server {

namespace {

constexpr std::array kAll{
    &kProduceHandler,
    &kFetchHandler,
    &kListOffsetsHandler,
    &kMetadataHandler,
    &kOffsetCommitHandler,
    &kOffsetFetchHandler,
    &kFindCoordinatorHandler,
    &kJoinGroupHandler,
    &kHeartbeatHandler,
    &kLeaveGroupHandler,
    &kSyncGroupHandler,
    &kDescribeGroupsHandler,
    &kListGroupsHandler,
    &kSaslHandshakeHandler,
    &kApiVersionsHandler,
    &kCreateTopicsHandler,
    &kDeleteTopicsHandler,
    &kDeleteRecordsHandler,
    &kInitProducerIdHandler,
    &kOffsetForLeaderEpochHandler,
    &kAddPartitionsToTxnHandler,
    &kAddOffsetsToTxnHandler,
    &kEndTxnHandler,
    &kWriteTxnMarkersHandler,
    &kTxnOffsetCommitHandler,
    &kDescribeAclsHandler,
    &kCreateAclsHandler,
    &kDeleteAclsHandler,
    &kDescribeConfigsHandler,
    &kAlterConfigsHandler,
    &kAlterReplicaLogDirsHandler,
    &kDescribeLogDirsHandler,
    &kSaslAuthenticateHandler,
    &kCreatePartitionsHandler,
    &kCreateDelegationTokenHandler,
    &kRenewDelegationTokenHandler,
    &kExpireDelegationTokenHandler,
    &kDescribeDelegationTokenHandler,
    &kDeleteGroupsHandler,
    &kElectLeadersHandler,
    &kIncrementalAlterConfigsHandler,
    &kAlterPartitionReassignmentsHandler,
    &kListPartitionReassignmentsHandler,
    &kOffsetDeleteHandler,
    &kDescribeClientQuotasHandler,
    &kAlterClientQuotasHandler,
    &kDescribeUserScramCredentialsHandler,
    &kAlterUserScramCredentialsHandler,
    &kDescribeQuorumHandler,
    &kUpdateFeaturesHandler,
    &kDescribeClusterHandler,
    &kDescribeProducersHandler,
    &kUnregisterBrokerHandler,
    &kDescribeTransactionsHandler,
    &kListTransactionsHandler,
    &kConsumerGroupHeartbeatHandler,
    &kConsumerGroupDescribeHandler,
    &kGetTelemetrySubscriptionsHandler,
    &kPushTelemetryHandler,
    &kListConfigResourcesHandler,
    &kDescribeTopicPartitionsHandler,
    &kShareGroupHeartbeatHandler,
    &kShareGroupDescribeHandler,
    &kShareFetchHandler,
    &kShareAcknowledgeHandler,
    &kStreamsGroupHeartbeatHandler,
    &kStreamsGroupDescribeHandler,
    &kDescribeShareGroupOffsetsHandler,
    &kAlterShareGroupOffsetsHandler,
    &kDeleteShareGroupOffsetsHandler,
};

}  // namespace

std::span<const Handler* const> allHandlers() {
    return kAll;
}

const Handler* findHandler(protocol::ApiKey key) {
    const auto found = std::lower_bound(kAll.begin(), kAll.end(), key,
                                        [](const Handler* handler, protocol::ApiKey k) { return handler->key < k; });
    return found != kAll.end() && (*found)->key == key ? *found : nullptr;
}

}  // namespace weir::server
