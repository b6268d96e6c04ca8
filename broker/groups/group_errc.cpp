// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/group_errc.h"

namespace weir::groups {

std::string_view errcName(GroupErrc code) {
    switch (code) {
        case GroupErrc::kUnknownServerError:
            return "UNKNOWN_SERVER_ERROR";
        case GroupErrc::kNone:
            return "NONE";
        case GroupErrc::kUnknownTopicOrPartition:
            return "UNKNOWN_TOPIC_OR_PARTITION";
        case GroupErrc::kOffsetMetadataTooLarge:
            return "OFFSET_METADATA_TOO_LARGE";
        case GroupErrc::kCoordinatorLoadInProgress:
            return "COORDINATOR_LOAD_IN_PROGRESS";
        case GroupErrc::kCoordinatorNotAvailable:
            return "COORDINATOR_NOT_AVAILABLE";
        case GroupErrc::kNotCoordinator:
            return "NOT_COORDINATOR";
        case GroupErrc::kIllegalGeneration:
            return "ILLEGAL_GENERATION";
        case GroupErrc::kInconsistentGroupProtocol:
            return "INCONSISTENT_GROUP_PROTOCOL";
        case GroupErrc::kInvalidGroupId:
            return "INVALID_GROUP_ID";
        case GroupErrc::kUnknownMemberId:
            return "UNKNOWN_MEMBER_ID";
        case GroupErrc::kInvalidSessionTimeout:
            return "INVALID_SESSION_TIMEOUT";
        case GroupErrc::kRebalanceInProgress:
            return "REBALANCE_IN_PROGRESS";
        case GroupErrc::kUnsupportedVersion:
            return "UNSUPPORTED_VERSION";
        case GroupErrc::kInvalidRequest:
            return "INVALID_REQUEST";
        case GroupErrc::kInvalidProducerEpoch:
            return "INVALID_PRODUCER_EPOCH";
        case GroupErrc::kInvalidTxnState:
            return "INVALID_TXN_STATE";
        case GroupErrc::kInvalidProducerIdMapping:
            return "INVALID_PRODUCER_ID_MAPPING";
        case GroupErrc::kConcurrentTransactions:
            return "CONCURRENT_TRANSACTIONS";
        case GroupErrc::kNonEmptyGroup:
            return "NON_EMPTY_GROUP";
        case GroupErrc::kGroupIdNotFound:
            return "GROUP_ID_NOT_FOUND";
        case GroupErrc::kMemberIdRequired:
            return "MEMBER_ID_REQUIRED";
        case GroupErrc::kGroupMaxSizeReached:
            return "GROUP_MAX_SIZE_REACHED";
        case GroupErrc::kFencedInstanceId:
            return "FENCED_INSTANCE_ID";
        case GroupErrc::kGroupSubscribedToTopic:
            return "GROUP_SUBSCRIBED_TO_TOPIC";
        case GroupErrc::kUnstableOffsetCommit:
            return "UNSTABLE_OFFSET_COMMIT";
        case GroupErrc::kUnknownTopicId:
            return "UNKNOWN_TOPIC_ID";
        case GroupErrc::kFencedMemberEpoch:
            return "FENCED_MEMBER_EPOCH";
        case GroupErrc::kUnreleasedInstanceId:
            return "UNRELEASED_INSTANCE_ID";
        case GroupErrc::kUnsupportedAssignor:
            return "UNSUPPORTED_ASSIGNOR";
        case GroupErrc::kStaleMemberEpoch:
            return "STALE_MEMBER_EPOCH";
        case GroupErrc::kTransactionAbortable:
            return "TRANSACTION_ABORTABLE";
        case GroupErrc::kInvalidRecordState:
            return "INVALID_RECORD_STATE";
        case GroupErrc::kStreamsInvalidTopology:
            return "STREAMS_INVALID_TOPOLOGY";
        case GroupErrc::kStreamsInvalidTopologyEpoch:
            return "STREAMS_INVALID_TOPOLOGY_EPOCH";
        case GroupErrc::kStreamsTopologyFenced:
            return "STREAMS_TOPOLOGY_FENCED";
        case GroupErrc::kInvalidRegularExpression:
            return "INVALID_REGULAR_EXPRESSION";
    }
    return "UNKNOWN_SERVER_ERROR";
}

}  // namespace weir::groups
