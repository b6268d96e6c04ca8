// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/uuid.h"
#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// DescribeTopicPartitions shows topics page by page, with a cursor to go on from. API key 75, version 0.
struct DescribeTopicPartitionsRequest {
    static constexpr const char* kName = "DescribeTopicPartitionsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeTopicPartitions;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct TopicRequest {
        std::string name{};
        UnknownTags unknownTags{};

        bool operator==(const TopicRequest&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &TopicRequest::name);
        }
    };

    struct Cursor {
        std::string topicName{};
        PartitionId partitionIndex{};
        UnknownTags unknownTags{};

        bool operator==(const Cursor&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicName", &Cursor::topicName);
            io.field("partitionIndex", &Cursor::partitionIndex);
        }
    };

    std::vector<TopicRequest> topics{};
    std::int32_t responsePartitionLimit = 2000;
    std::optional<Cursor> cursor{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeTopicPartitionsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("topics", &DescribeTopicPartitionsRequest::topics);
        io.field("responsePartitionLimit", &DescribeTopicPartitionsRequest::responsePartitionLimit);
        io.field("cursor", &DescribeTopicPartitionsRequest::cursor, always().nullable());
    }
};

/// The answer to DescribeTopicPartitionsRequest.
struct DescribeTopicPartitionsResponse {
    static constexpr const char* kName = "DescribeTopicPartitionsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeTopicPartitions;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct DescribeTopicPartitionsResponsePartition {
        ErrorCode errorCode{};
        PartitionId partitionIndex{};
        BrokerId leaderId{};
        LeaderEpoch leaderEpoch = kNoLeaderEpoch;
        std::vector<BrokerId> replicaNodes{};
        std::vector<BrokerId> isrNodes{};
        std::optional<std::vector<BrokerId>> eligibleLeaderReplicas{};
        std::optional<std::vector<BrokerId>> lastKnownElr{};
        std::vector<BrokerId> offlineReplicas{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeTopicPartitionsResponsePartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &DescribeTopicPartitionsResponsePartition::errorCode);
            io.field("partitionIndex", &DescribeTopicPartitionsResponsePartition::partitionIndex);
            io.field("leaderId", &DescribeTopicPartitionsResponsePartition::leaderId);
            io.field("leaderEpoch", &DescribeTopicPartitionsResponsePartition::leaderEpoch);
            io.field("replicaNodes", &DescribeTopicPartitionsResponsePartition::replicaNodes);
            io.field("isrNodes", &DescribeTopicPartitionsResponsePartition::isrNodes);
            io.field("eligibleLeaderReplicas", &DescribeTopicPartitionsResponsePartition::eligibleLeaderReplicas,
                     always().nullable());
            io.field("lastKnownElr", &DescribeTopicPartitionsResponsePartition::lastKnownElr, always().nullable());
            io.field("offlineReplicas", &DescribeTopicPartitionsResponsePartition::offlineReplicas);
        }
    };

    struct DescribeTopicPartitionsResponseTopic {
        ErrorCode errorCode{};
        std::optional<std::string> name = std::string{};
        Uuid topicId{};
        bool isInternal = false;
        std::vector<DescribeTopicPartitionsResponsePartition> partitions{};
        std::int32_t topicAuthorizedOperations = std::numeric_limits<std::int32_t>::min();
        UnknownTags unknownTags{};

        bool operator==(const DescribeTopicPartitionsResponseTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &DescribeTopicPartitionsResponseTopic::errorCode);
            io.field("name", &DescribeTopicPartitionsResponseTopic::name, always().nullable());
            io.field("topicId", &DescribeTopicPartitionsResponseTopic::topicId);
            io.field("isInternal", &DescribeTopicPartitionsResponseTopic::isInternal);
            io.field("partitions", &DescribeTopicPartitionsResponseTopic::partitions);
            io.field("topicAuthorizedOperations", &DescribeTopicPartitionsResponseTopic::topicAuthorizedOperations);
        }
    };

    struct Cursor {
        std::string topicName{};
        PartitionId partitionIndex{};
        UnknownTags unknownTags{};

        bool operator==(const Cursor&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicName", &Cursor::topicName);
            io.field("partitionIndex", &Cursor::partitionIndex);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<DescribeTopicPartitionsResponseTopic> topics{};
    std::optional<Cursor> nextCursor{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeTopicPartitionsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DescribeTopicPartitionsResponse::throttleTimeMs);
        io.field("topics", &DescribeTopicPartitionsResponse::topics);
        io.field("nextCursor", &DescribeTopicPartitionsResponse::nextCursor, always().nullable());
    }
};

}  // namespace weir::protocol
