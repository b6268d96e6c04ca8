// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/groups/group_errc.h"
#include "broker/protocol/error_code.h"
#include "broker/records/batch_validator.h"
#include "broker/topics/partition.h"
#include "broker/topics/topic.h"
#include "broker/topics/topic_errors.h"

/// The one place where the engine's errors become Kafka's codes.
namespace weir::server {

/// The coordinator's values are Kafka's by definition.
constexpr protocol::ErrorCode toKafka(groups::GroupErrc code) {
    return static_cast<protocol::ErrorCode>(code);
}
protocol::ErrorCode toKafka(topics::PartitionErrc code);
protocol::ErrorCode toKafka(records::BatchErrc code);
protocol::ErrorCode toKafka(topics::TopicErrc code);

/// Why a partition is not there to be used: no such topic (nullptr) or partition, or one whose disk failed.
protocol::ErrorCode errorOfAbsent(const topics::Topic* topic, PartitionId partition);

}  // namespace weir::server
