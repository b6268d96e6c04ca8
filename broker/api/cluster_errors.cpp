// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/cluster_errors.h"

#include <utility>

#include "broker/protocol/error_kind.h"
#include "broker/server/error_map.h"

namespace weir::api {

namespace {

using protocol::ErrorCode;

// Beside the broker, a code that says "not now" says that it is stopping.
ClusterErrc kindOf(ErrorCode code) {
    return code == ErrorCode::kCoordinatorNotAvailable || code == ErrorCode::kRequestTimedOut
               ? ClusterErrc::kStopped
               : protocol::errorKind(code);
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
