// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::groups {

/// Every answer a coordinator gives; the values are Kafka's error codes, so that broker/server casts and never looks
/// up. Unlike a module's usual error enum it has kNone: most of these travel per member, per topic or per partition.
enum class GroupErrc : std::int16_t {
    kUnknownServerError = -1,
    kNone = 0,
    kUnknownTopicOrPartition = 3,
    kOffsetMetadataTooLarge = 12,
    kCoordinatorLoadInProgress = 14,
    kCoordinatorNotAvailable = 15,
    kNotCoordinator = 16,
    kIllegalGeneration = 22,
    kInconsistentGroupProtocol = 23,
    kInvalidGroupId = 24,
    kUnknownMemberId = 25,
    kInvalidSessionTimeout = 26,
    kRebalanceInProgress = 27,
    kUnsupportedVersion = 35,
    kInvalidRequest = 42,
    kInvalidProducerEpoch = 47,
    kInvalidTxnState = 48,
    kInvalidProducerIdMapping = 49,
    kConcurrentTransactions = 51,
    kNonEmptyGroup = 68,
    kGroupIdNotFound = 69,
    kMemberIdRequired = 79,
    kGroupMaxSizeReached = 81,
    kFencedInstanceId = 82,
    kGroupSubscribedToTopic = 86,
    kUnstableOffsetCommit = 88,
    kUnknownTopicId = 100,
    kFencedMemberEpoch = 110,
    kUnreleasedInstanceId = 111,
    kUnsupportedAssignor = 112,
    kStaleMemberEpoch = 113,
    kTransactionAbortable = 120,
    kInvalidRecordState = 121,
    kInvalidRegularExpression = 128,
    kStreamsInvalidTopology = 130,
    kStreamsInvalidTopologyEpoch = 131,
    kStreamsTopologyFenced = 132,
};

/// Kafka's name of the code, for logs: "ILLEGAL_GENERATION".
[[nodiscard]] std::string_view errcName(GroupErrc code);

}  // namespace weir::groups
