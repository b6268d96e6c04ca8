// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/cluster_errors.h"

#include <utility>

#include "broker/server/error_map.h"

namespace weir::api {

namespace {

using protocol::ErrorCode;

ClusterErrc kindOf(ErrorCode code) {
    switch (code) {
        case ErrorCode::kUnknownTopicOrPartition:
        case ErrorCode::kUnknownTopicId:
        case ErrorCode::kGroupIdNotFound:
        case ErrorCode::kUnknownMemberId:
            return ClusterErrc::kNotFound;
        case ErrorCode::kTopicAlreadyExists:
            return ClusterErrc::kAlreadyExists;
        case ErrorCode::kInvalidTopicException:
        case ErrorCode::kInvalidPartitions:
        case ErrorCode::kInvalidReplicationFactor:
        case ErrorCode::kInvalidConfig:
        case ErrorCode::kInvalidRequest:
        case ErrorCode::kInvalidRecord:
        case ErrorCode::kInvalidTimestamp:
        case ErrorCode::kMessageTooLarge:
        case ErrorCode::kRecordListTooLarge:
        case ErrorCode::kOffsetOutOfRange:
        case ErrorCode::kOffsetMetadataTooLarge:
            return ClusterErrc::kInvalid;
        case ErrorCode::kKafkaStorageError:
        case ErrorCode::kCorruptMessage:
            return ClusterErrc::kStorage;
        case ErrorCode::kCoordinatorNotAvailable:
        case ErrorCode::kRequestTimedOut:
            return ClusterErrc::kStopped;
        default:
            return ClusterErrc::kRefused;
    }
}

}  // namespace

ClusterError clusterError(ErrorCode code, std::string message) {
    if (message.empty()) {
        message = protocol::errorSentence(code);
    }
    return {kindOf(code), static_cast<std::int16_t>(code), std::move(message)};
}

ClusterError clusterError(const topics::TopicError& error) {
    return clusterError(server::toKafka(error.code), error.message);
}

ClusterError clusterError(const topics::PartitionError& error) {
    return clusterError(server::toKafka(error.code), error.message);
}

ClusterError clusterError(groups::GroupErrc code, std::string message) {
    return clusterError(server::toKafka(code), std::move(message));
}

ClusterError stoppedError() {
    return {ClusterErrc::kStopped, 0, "The broker has been stopped."};
}

ClusterError absentError(const topics::Topic* topic, const TopicPartition& wanted) {
    const ErrorCode code = server::errorOfAbsent(topic, wanted.partition);
    if (topic == nullptr) {
        return clusterError(code, "There is no topic '" + wanted.topic + "'.");
    }
    const std::string number = std::to_string(wanted.partition.value);
    if (!topic->has(wanted.partition)) {
        return clusterError(code, "Topic '" + wanted.topic + "' has no partition " + number + ".");
    }
    const auto& slot = topic->partitions[static_cast<std::size_t>(wanted.partition.value)];
    return clusterError(code, "Partition " + number + " of '" + wanted.topic + "' is offline: " + slot.offlineReason);
}

}  // namespace weir::api
