// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "broker/groups/group_errc.h"
#include "broker/groups/membership_requests.h"
#include "broker/model/ids.h"

/// OffsetCommit, OffsetFetch and OffsetDelete as plain values. Topics are named: broker/server turns topic ids (v10+)
/// into names, refuses topics that are not there, and gets `topicId` back as it was given.
namespace weir::groups {

struct OffsetCommitRequest {
    struct Partition {
        PartitionId partition;
        Offset offset;
        LeaderEpoch leaderEpoch = kNoLeaderEpoch;
        std::optional<std::string> metadata;
    };
    struct Topic {
        TopicId topicId;
        std::string topic;
        std::vector<Partition> partitions;
    };
    std::int16_t apiVersion = 10;
    std::string groupId;
    GenerationId generationOrEpoch = kNoGeneration;  // member epoch where the group is of the consumer type
    std::string memberId;
    std::optional<std::string> instanceId;
    std::optional<std::chrono::milliseconds> retention;  // v2-4, nothing for -1
    std::vector<Topic> topics;
    /// TxnOffsetCommit: the offsets are staged until the producer's transaction ends. `admit` is asked under the
    /// group's lock whether the transaction has the group in it, so that nothing is staged behind its end.
    struct InTransaction {
        ProducerId producerId;
        std::function<GroupErrc()> admit;
    };
    std::optional<InTransaction> transaction;
};

/// Topics and partitions in the order of the request; an error of the whole request stands at every partition.
struct OffsetCommitResponse {
    struct Partition {
        PartitionId partition;
        GroupErrc error = GroupErrc::kNone;
    };
    struct Topic {
        TopicId topicId;
        std::string topic;
        std::vector<Partition> partitions;
    };
    std::vector<Topic> topics;
};

/// One group of an OffsetFetch; v8+ carries several.
struct OffsetFetchRequest {
    struct Topic {
        TopicId topicId;
        std::string topic;
        std::vector<PartitionId> partitions;
    };
    std::string groupId;
    std::optional<std::string> memberId;       // v9+
    std::int32_t memberEpoch = -1;             // v9+
    std::optional<std::vector<Topic>> topics;  // nothing: every committed offset of the group
    bool requireStable = false;
};

/// Unknown group or partition: offset -1, epoch -1, metadata "", no error.
struct OffsetFetchResponse {
    struct Partition {
        PartitionId partition;
        Offset offset = kNoOffset;
        LeaderEpoch leaderEpoch = kNoLeaderEpoch;
        std::string metadata;
        GroupErrc error = GroupErrc::kNone;
    };
    struct Topic {
        TopicId topicId;  // as asked; zero in an answer to "every offset"
        std::string topic;
        std::vector<Partition> partitions;
    };
    std::string groupId;
    GroupErrc error = GroupErrc::kNone;
    std::vector<Topic> topics;
};

struct OffsetDeleteRequest {
    std::string groupId;
    std::vector<TopicPartition> partitions;
};

struct OffsetDeleteResponse {
    struct Partition {
        TopicPartition partition;
        GroupErrc error = GroupErrc::kNone;
    };
    GroupErrc error = GroupErrc::kNone;
    std::vector<Partition> partitions;  // in the order of the request
};

/// What the window writes when a person resets a group: absolute offsets, nothing else.
struct SetOffsetsRequest {
    struct Entry {
        TopicPartition partition;
        Offset offset;
        LeaderEpoch leaderEpoch = kNoLeaderEpoch;
        std::string metadata;
    };
    std::string groupId;
    std::vector<Entry> offsets;
};

}  // namespace weir::groups
