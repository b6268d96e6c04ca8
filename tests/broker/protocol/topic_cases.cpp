// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_configs.h"
#include "broker/protocol/messages/alter_partition_reassignments.h"
#include "broker/protocol/messages/alter_replica_log_dirs.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/create_partitions.h"
#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/delete_topics.h"
#include "broker/protocol/messages/describe_configs.h"
#include "broker/protocol/messages/describe_log_dirs.h"
#include "broker/protocol/messages/describe_topic_partitions.h"
#include "broker/protocol/messages/incremental_alter_configs.h"
#include "broker/protocol/messages/list_partition_reassignments.h"
#include "broker/protocol/messages/metadata.h"
#include "tests/broker/protocol/message_checks.h"

namespace weir::protocol::test {

void addTopicCases(std::vector<MessageCase>& cases) {
    addCases<MetadataRequest, MetadataResponse>(cases);
    addCases<ApiVersionsRequest, ApiVersionsResponse>(cases);
    addCases<CreateTopicsRequest, CreateTopicsResponse>(cases);
    addCases<DeleteTopicsRequest, DeleteTopicsResponse>(cases);
    addCases<DescribeConfigsRequest, DescribeConfigsResponse>(cases);
    addCases<AlterConfigsRequest, AlterConfigsResponse>(cases);
    addCases<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse>(cases);
    addCases<DescribeLogDirsRequest, DescribeLogDirsResponse>(cases);
    addCases<CreatePartitionsRequest, CreatePartitionsResponse>(cases);
    addCases<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(cases);
    addCases<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse>(cases);
    addCases<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>(cases);
    addCases<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(cases);
}

}  // namespace weir::protocol::test
