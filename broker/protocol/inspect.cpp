// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/inspect.h"

#include <algorithm>

#include "broker/protocol/codec.h"
#include "broker/protocol/field_visitor.h"
#include "broker/protocol/messages/add_offsets_to_txn.h"
#include "broker/protocol/messages/add_partitions_to_txn.h"
#include "broker/protocol/messages/alter_client_quotas.h"
#include "broker/protocol/messages/alter_configs.h"
#include "broker/protocol/messages/alter_partition_reassignments.h"
#include "broker/protocol/messages/alter_replica_log_dirs.h"
#include "broker/protocol/messages/alter_share_group_offsets.h"
#include "broker/protocol/messages/alter_user_scram_credentials.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/consumer_group_describe.h"
#include "broker/protocol/messages/consumer_group_heartbeat.h"
#include "broker/protocol/messages/create_acls.h"
#include "broker/protocol/messages/create_delegation_token.h"
#include "broker/protocol/messages/create_partitions.h"
#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/delete_acls.h"
#include "broker/protocol/messages/delete_groups.h"
#include "broker/protocol/messages/delete_records.h"
#include "broker/protocol/messages/delete_share_group_offsets.h"
#include "broker/protocol/messages/delete_topics.h"
#include "broker/protocol/messages/describe_acls.h"
#include "broker/protocol/messages/describe_client_quotas.h"
#include "broker/protocol/messages/describe_cluster.h"
#include "broker/protocol/messages/describe_configs.h"
#include "broker/protocol/messages/describe_delegation_token.h"
#include "broker/protocol/messages/describe_groups.h"
#include "broker/protocol/messages/describe_log_dirs.h"
#include "broker/protocol/messages/describe_producers.h"
#include "broker/protocol/messages/describe_quorum.h"
#include "broker/protocol/messages/describe_share_group_offsets.h"
#include "broker/protocol/messages/describe_topic_partitions.h"
#include "broker/protocol/messages/describe_transactions.h"
#include "broker/protocol/messages/describe_user_scram_credentials.h"
#include "broker/protocol/messages/elect_leaders.h"
#include "broker/protocol/messages/end_txn.h"
#include "broker/protocol/messages/expire_delegation_token.h"
#include "broker/protocol/messages/fetch.h"
#include "broker/protocol/messages/find_coordinator.h"
#include "broker/protocol/messages/get_telemetry_subscriptions.h"
#include "broker/protocol/messages/heartbeat.h"
#include "broker/protocol/messages/incremental_alter_configs.h"
#include "broker/protocol/messages/init_producer_id.h"
#include "broker/protocol/messages/join_group.h"
#include "broker/protocol/messages/leave_group.h"
#include "broker/protocol/messages/list_config_resources.h"
#include "broker/protocol/messages/list_groups.h"
#include "broker/protocol/messages/list_offsets.h"
#include "broker/protocol/messages/list_partition_reassignments.h"
#include "broker/protocol/messages/list_transactions.h"
#include "broker/protocol/messages/metadata.h"
#include "broker/protocol/messages/offset_commit.h"
#include "broker/protocol/messages/offset_delete.h"
#include "broker/protocol/messages/offset_fetch.h"
#include "broker/protocol/messages/offset_for_leader_epoch.h"
#include "broker/protocol/messages/produce.h"
#include "broker/protocol/messages/push_telemetry.h"
#include "broker/protocol/messages/renew_delegation_token.h"
#include "broker/protocol/messages/sasl_authenticate.h"
#include "broker/protocol/messages/sasl_handshake.h"
#include "broker/protocol/messages/share_acknowledge.h"
#include "broker/protocol/messages/share_fetch.h"
#include "broker/protocol/messages/share_group_describe.h"
#include "broker/protocol/messages/share_group_heartbeat.h"
#include "broker/protocol/messages/streams_group_describe.h"
#include "broker/protocol/messages/streams_group_heartbeat.h"
#include "broker/protocol/messages/sync_group.h"
#include "broker/protocol/messages/txn_offset_commit.h"
#include "broker/protocol/messages/unregister_broker.h"
#include "broker/protocol/messages/update_features.h"
#include "broker/protocol/messages/write_txn_markers.h"

namespace weir::protocol {

namespace {

using Inspect = Result<void, ProtocolError> (*)(ApiVersion, ByteView, FieldVisitor&);

template <class Message>
Result<void, ProtocolError> inspect(ApiVersion version, ByteView body, FieldVisitor& visitor) {
    const auto message = decode<Message>(body, version, TrailingBytes::kRefuse);
    if (!message) {
        return fail(message.error());
    }
    visit(*message, version, visitor);
    return {};
}

struct Row {
    ApiKey key;
    Inspect request;
    Inspect response;
};

template <class Request, class Response>
constexpr Row row() {
    static_assert(Request::kApiKey == Response::kApiKey);
    return {Request::kApiKey, &inspect<Request>, &inspect<Response>};
}

// Ascending by key, as apiTable().
constexpr Row kMessageRows[] = {
    row<ProduceRequest, ProduceResponse>(),
    row<FetchRequest, FetchResponse>(),
    row<ListOffsetsRequest, ListOffsetsResponse>(),
    row<MetadataRequest, MetadataResponse>(),
    row<OffsetCommitRequest, OffsetCommitResponse>(),
    row<OffsetFetchRequest, OffsetFetchResponse>(),
    row<FindCoordinatorRequest, FindCoordinatorResponse>(),
    row<JoinGroupRequest, JoinGroupResponse>(),
    row<HeartbeatRequest, HeartbeatResponse>(),
    row<LeaveGroupRequest, LeaveGroupResponse>(),
    row<SyncGroupRequest, SyncGroupResponse>(),
    row<DescribeGroupsRequest, DescribeGroupsResponse>(),
    row<ListGroupsRequest, ListGroupsResponse>(),
    row<SaslHandshakeRequest, SaslHandshakeResponse>(),
    row<ApiVersionsRequest, ApiVersionsResponse>(),
    row<CreateTopicsRequest, CreateTopicsResponse>(),
    row<DeleteTopicsRequest, DeleteTopicsResponse>(),
    row<DeleteRecordsRequest, DeleteRecordsResponse>(),
    row<InitProducerIdRequest, InitProducerIdResponse>(),
    row<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(),
    row<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>(),
    row<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>(),
    row<EndTxnRequest, EndTxnResponse>(),
    row<WriteTxnMarkersRequest, WriteTxnMarkersResponse>(),
    row<TxnOffsetCommitRequest, TxnOffsetCommitResponse>(),
    row<DescribeAclsRequest, DescribeAclsResponse>(),
    row<CreateAclsRequest, CreateAclsResponse>(),
    row<DeleteAclsRequest, DeleteAclsResponse>(),
    row<DescribeConfigsRequest, DescribeConfigsResponse>(),
    row<AlterConfigsRequest, AlterConfigsResponse>(),
    row<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse>(),
    row<DescribeLogDirsRequest, DescribeLogDirsResponse>(),
    row<SaslAuthenticateRequest, SaslAuthenticateResponse>(),
    row<CreatePartitionsRequest, CreatePartitionsResponse>(),
    row<CreateDelegationTokenRequest, CreateDelegationTokenResponse>(),
    row<RenewDelegationTokenRequest, RenewDelegationTokenResponse>(),
    row<ExpireDelegationTokenRequest, ExpireDelegationTokenResponse>(),
    row<DescribeDelegationTokenRequest, DescribeDelegationTokenResponse>(),
    row<DeleteGroupsRequest, DeleteGroupsResponse>(),
    row<ElectLeadersRequest, ElectLeadersResponse>(),
    row<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(),
    row<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse>(),
    row<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>(),
    row<OffsetDeleteRequest, OffsetDeleteResponse>(),
    row<DescribeClientQuotasRequest, DescribeClientQuotasResponse>(),
    row<AlterClientQuotasRequest, AlterClientQuotasResponse>(),
    row<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>(),
    row<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>(),
    row<DescribeQuorumRequest, DescribeQuorumResponse>(),
    row<UpdateFeaturesRequest, UpdateFeaturesResponse>(),
    row<DescribeClusterRequest, DescribeClusterResponse>(),
    row<DescribeProducersRequest, DescribeProducersResponse>(),
    row<UnregisterBrokerRequest, UnregisterBrokerResponse>(),
    row<DescribeTransactionsRequest, DescribeTransactionsResponse>(),
    row<ListTransactionsRequest, ListTransactionsResponse>(),
    row<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(),
    row<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(),
    row<GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse>(),
    row<PushTelemetryRequest, PushTelemetryResponse>(),
    row<ListConfigResourcesRequest, ListConfigResourcesResponse>(),
    row<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(),
    row<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse>(),
    row<ShareGroupDescribeRequest, ShareGroupDescribeResponse>(),
    row<ShareFetchRequest, ShareFetchResponse>(),
    row<ShareAcknowledgeRequest, ShareAcknowledgeResponse>(),
    row<StreamsGroupHeartbeatRequest, StreamsGroupHeartbeatResponse>(),
    row<StreamsGroupDescribeRequest, StreamsGroupDescribeResponse>(),
    row<DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse>(),
    row<AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse>(),
    row<DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse>(),
};
static_assert(std::ranges::is_sorted(kMessageRows, {}, &Row::key));

}  // namespace

Result<void, ProtocolError> inspectBody(ApiKey key, Direction direction, ApiVersion version, ByteView body,
                                        FieldVisitor& visitor) {
    const auto* row = std::ranges::lower_bound(kMessageRows, key, {}, &Row::key);
    if (row == std::end(kMessageRows) || row->key != key) {
        return fail(ProtocolErrc::kUnsupportedVersion,
                    "api " + std::to_string(static_cast<std::int16_t>(key)) + " is not known");
    }
    return (direction == Direction::kRequest ? row->request : row->response)(version, body, visitor);
}

}  // namespace weir::protocol
