// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/error_map.h"

namespace weir::server {

using protocol::ErrorCode;

ErrorCode toKafka(topics::PartitionErrc code) {
    using topics::PartitionErrc;
    switch (code) {
        case PartitionErrc::kStorage:
        case PartitionErrc::kNoRoom:
            return ErrorCode::kKafkaStorageError;
        case PartitionErrc::kDeleted:
            return ErrorCode::kUnknownTopicOrPartition;
        case PartitionErrc::kOffsetOutOfRange:
            return ErrorCode::kOffsetOutOfRange;
        case PartitionErrc::kCorrupt:
            return ErrorCode::kCorruptMessage;
        case PartitionErrc::kTooLargeForSegment:
            return ErrorCode::kRecordListTooLarge;
        case PartitionErrc::kOutOfOrderSequence:
            return ErrorCode::kOutOfOrderSequenceNumber;
        case PartitionErrc::kInvalidProducerEpoch:
            return ErrorCode::kInvalidProducerEpoch;
        case PartitionErrc::kInvalidTxnState:
            return ErrorCode::kInvalidTxnState;
        case PartitionErrc::kNotInTransaction:
            return ErrorCode::kTransactionAbortable;
        case PartitionErrc::kTransactionPending:
            return ErrorCode::kConcurrentTransactions;
        case PartitionErrc::kUnknownTransaction:
            return ErrorCode::kInvalidProducerIdMapping;
        case PartitionErrc::kCoordinatorFenced:
            return ErrorCode::kTransactionCoordinatorFenced;
        case PartitionErrc::kFencedLeaderEpoch:
            return ErrorCode::kFencedLeaderEpoch;
        case PartitionErrc::kUnknownLeaderEpoch:
            return ErrorCode::kUnknownLeaderEpoch;
    }
    return ErrorCode::kUnknownServerError;
}

ErrorCode toKafka(records::BatchErrc code) {
    using records::BatchErrc;
    switch (code) {
        case BatchErrc::kCorruptMessage:
            return ErrorCode::kCorruptMessage;
        case BatchErrc::kMessageTooLarge:
            return ErrorCode::kMessageTooLarge;
        case BatchErrc::kRecordListTooLarge:
            return ErrorCode::kRecordListTooLarge;
        case BatchErrc::kInvalidTimestamp:
            return ErrorCode::kInvalidTimestamp;
        case BatchErrc::kUnsupportedCompressionType:
            return ErrorCode::kUnsupportedCompressionType;
        case BatchErrc::kInvalidRecord:
            return ErrorCode::kInvalidRecord;
    }
    return ErrorCode::kUnknownServerError;
}

ErrorCode toKafka(topics::TopicErrc code) {
    using topics::TopicErrc;
    switch (code) {
        case TopicErrc::kUnknownTopic:
        case TopicErrc::kGone:
            return ErrorCode::kUnknownTopicOrPartition;
        case TopicErrc::kAlreadyExists:
            return ErrorCode::kTopicAlreadyExists;
        case TopicErrc::kInvalidName:
            return ErrorCode::kInvalidTopicException;
        case TopicErrc::kInvalidPartitions:
            return ErrorCode::kInvalidPartitions;
        case TopicErrc::kInvalidReplicationFactor:
            return ErrorCode::kInvalidReplicationFactor;
        case TopicErrc::kInvalidConfig:
            return ErrorCode::kInvalidConfig;
        case TopicErrc::kInvalidRequest:
            return ErrorCode::kInvalidRequest;
        case TopicErrc::kDeletionDisabled:
            return ErrorCode::kTopicDeletionDisabled;
        case TopicErrc::kStorage:
            return ErrorCode::kKafkaStorageError;
        case TopicErrc::kStopped:
            return ErrorCode::kRequestTimedOut;
    }
    return ErrorCode::kUnknownServerError;
}

ErrorCode errorOfAbsent(const topics::Topic* topic, PartitionId partition) {
    return topic != nullptr && topic->has(partition) ? ErrorCode::kKafkaStorageError
                                                     : ErrorCode::kUnknownTopicOrPartition;
}

}  // namespace weir::server
