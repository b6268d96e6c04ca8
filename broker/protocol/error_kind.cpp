// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/error_kind.h"

namespace weir::protocol {

ClusterErrc errorKind(ErrorCode code) {
    switch (code) {
        case ErrorCode::kUnknownTopicOrPartition:
        case ErrorCode::kUnknownTopicId:
        case ErrorCode::kGroupIdNotFound:
        case ErrorCode::kUnknownMemberId:
        case ErrorCode::kResourceNotFound:
        case ErrorCode::kTransactionalIdNotFound:
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
        case ErrorCode::kUnacceptableCredential:
            return ClusterErrc::kInvalid;
        case ErrorCode::kKafkaStorageError:
        case ErrorCode::kCorruptMessage:
            return ClusterErrc::kStorage;
        case ErrorCode::kSecurityDisabled:
            return ClusterErrc::kUnsupported;
        default:
            return ClusterErrc::kRefused;
    }
}

}  // namespace weir::protocol
