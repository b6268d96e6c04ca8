// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "broker/server/call.h"

/// Every API that is served, one constant each, defined in handlers/<api>.cpp. What is not here is not advertised and
/// closes the connection, as in Kafka.
namespace weir::server {

extern const Handler kProduceHandler;
extern const Handler kFetchHandler;
extern const Handler kListOffsetsHandler;
extern const Handler kMetadataHandler;
extern const Handler kOffsetCommitHandler;
extern const Handler kOffsetFetchHandler;
extern const Handler kFindCoordinatorHandler;
extern const Handler kJoinGroupHandler;
extern const Handler kHeartbeatHandler;
extern const Handler kLeaveGroupHandler;
extern const Handler kSyncGroupHandler;
extern const Handler kDescribeGroupsHandler;
extern const Handler kListGroupsHandler;
extern const Handler kSaslHandshakeHandler;
extern const Handler kApiVersionsHandler;
extern const Handler kCreateTopicsHandler;
extern const Handler kDeleteTopicsHandler;
extern const Handler kDeleteRecordsHandler;
extern const Handler kInitProducerIdHandler;
extern const Handler kOffsetForLeaderEpochHandler;
extern const Handler kAddPartitionsToTxnHandler;
extern const Handler kAddOffsetsToTxnHandler;
extern const Handler kEndTxnHandler;
extern const Handler kWriteTxnMarkersHandler;
extern const Handler kTxnOffsetCommitHandler;
extern const Handler kDescribeAclsHandler;
extern const Handler kCreateAclsHandler;
extern const Handler kDeleteAclsHandler;
extern const Handler kDescribeConfigsHandler;
extern const Handler kAlterConfigsHandler;
extern const Handler kAlterReplicaLogDirsHandler;
extern const Handler kDescribeLogDirsHandler;
extern const Handler kSaslAuthenticateHandler;
extern const Handler kCreatePartitionsHandler;
extern const Handler kCreateDelegationTokenHandler;
extern const Handler kRenewDelegationTokenHandler;
extern const Handler kExpireDelegationTokenHandler;
extern const Handler kDescribeDelegationTokenHandler;
extern const Handler kDeleteGroupsHandler;
extern const Handler kElectLeadersHandler;
extern const Handler kIncrementalAlterConfigsHandler;
extern const Handler kAlterPartitionReassignmentsHandler;
extern const Handler kListPartitionReassignmentsHandler;
extern const Handler kOffsetDeleteHandler;
extern const Handler kDescribeClientQuotasHandler;
extern const Handler kAlterClientQuotasHandler;
extern const Handler kDescribeUserScramCredentialsHandler;
extern const Handler kAlterUserScramCredentialsHandler;
extern const Handler kDescribeQuorumHandler;
extern const Handler kUpdateFeaturesHandler;
extern const Handler kDescribeClusterHandler;
extern const Handler kDescribeProducersHandler;
extern const Handler kUnregisterBrokerHandler;
extern const Handler kDescribeTransactionsHandler;
extern const Handler kListTransactionsHandler;
extern const Handler kConsumerGroupHeartbeatHandler;
extern const Handler kConsumerGroupDescribeHandler;
extern const Handler kGetTelemetrySubscriptionsHandler;
extern const Handler kPushTelemetryHandler;
extern const Handler kListConfigResourcesHandler;
extern const Handler kDescribeTopicPartitionsHandler;
extern const Handler kShareGroupHeartbeatHandler;
extern const Handler kShareGroupDescribeHandler;
extern const Handler kShareFetchHandler;
extern const Handler kShareAcknowledgeHandler;
extern const Handler kStreamsGroupHeartbeatHandler;
extern const Handler kStreamsGroupDescribeHandler;
extern const Handler kDescribeShareGroupOffsetsHandler;
extern const Handler kAlterShareGroupOffsetsHandler;
extern const Handler kDeleteShareGroupOffsetsHandler;

/// All of them, by api key.
std::span<const Handler* const> allHandlers();
/// nullptr: not served.
const Handler* findHandler(protocol::ApiKey key);

}  // namespace weir::server
