// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "broker/groups/group_errc.h"
#include "broker/model/admin.h"
#include "broker/protocol/error_code.h"
#include "broker/topics/partition.h"
#include "broker/topics/topic.h"
#include "broker/topics/topic_errors.h"

/// The engine's errors as the application gets them: what kind, Kafka's code, and a sentence.
namespace weir::api {

ClusterError clusterError(protocol::ErrorCode code, std::string message);
ClusterError clusterError(const topics::TopicError& error);
ClusterError clusterError(const topics::PartitionError& error);
/// An empty `message` becomes the code's own sentence.
ClusterError clusterError(groups::GroupErrc code, std::string message);
ClusterError stoppedError();
/// "There is no topic 'x'." or no such partition, or why it is offline.
ClusterError absentError(const topics::Topic* topic, const TopicPartition& wanted);

}  // namespace weir::api
