// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
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

/// DescribeShareGroupOffsets shows where share groups start reading. API key 90, versions 0 to 1.
struct DescribeShareGroupOffsetsRequest {
    static constexpr const char* kName = "DescribeShareGroupOffsetsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeShareGroupOffsets;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct DescribeShareGroupOffsetsRequestTopic {
        std::string topicName{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeShareGroupOffsetsRequestTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicName", &DescribeShareGroupOffsetsRequestTopic::topicName);
            io.field("partitions", &DescribeShareGroupOffsetsRequestTopic::partitions);
        }
    };

    struct DescribeShareGroupOffsetsRequestGroup {
        std::string groupId{};
        std::optional<std::vector<DescribeShareGroupOffsetsRequestTopic>> topics =
            std::vector<DescribeShareGroupOffsetsRequestTopic>{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeShareGroupOffsetsRequestGroup&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("groupId", &DescribeShareGroupOffsetsRequestGroup::groupId);
            io.field("topics", &DescribeShareGroupOffsetsRequestGroup::topics, always().nullable());
        }
    };

    std::vector<DescribeShareGroupOffsetsRequestGroup> groups{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeShareGroupOffsetsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groups", &DescribeShareGroupOffsetsRequest::groups);
    }
};

/// The answer to DescribeShareGroupOffsetsRequest.
struct DescribeShareGroupOffsetsResponse {
    static constexpr const char* kName = "DescribeShareGroupOffsetsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeShareGroupOffsets;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct DescribeShareGroupOffsetsResponsePartition {
        PartitionId partitionIndex{};
        Offset startOffset{};
        LeaderEpoch leaderEpoch{};
        std::int64_t lag = -1;
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeShareGroupOffsetsResponsePartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &DescribeShareGroupOffsetsResponsePartition::partitionIndex);
            io.field("startOffset", &DescribeShareGroupOffsetsResponsePartition::startOffset);
            io.field("leaderEpoch", &DescribeShareGroupOffsetsResponsePartition::leaderEpoch);
            io.field("lag", &DescribeShareGroupOffsetsResponsePartition::lag, since(1).ignorable());
            io.field("errorCode", &DescribeShareGroupOffsetsResponsePartition::errorCode);
            io.field("errorMessage", &DescribeShareGroupOffsetsResponsePartition::errorMessage, always().nullable());
        }
    };

    struct DescribeShareGroupOffsetsResponseTopic {
        std::string topicName{};
        Uuid topicId{};
        std::vector<DescribeShareGroupOffsetsResponsePartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeShareGroupOffsetsResponseTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicName", &DescribeShareGroupOffsetsResponseTopic::topicName);
            io.field("topicId", &DescribeShareGroupOffsetsResponseTopic::topicId);
            io.field("partitions", &DescribeShareGroupOffsetsResponseTopic::partitions);
        }
    };

    struct DescribeShareGroupOffsetsResponseGroup {
        std::string groupId{};
        std::vector<DescribeShareGroupOffsetsResponseTopic> topics{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeShareGroupOffsetsResponseGroup&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("groupId", &DescribeShareGroupOffsetsResponseGroup::groupId);
            io.field("topics", &DescribeShareGroupOffsetsResponseGroup::topics);
            io.field("errorCode", &DescribeShareGroupOffsetsResponseGroup::errorCode);
            io.field("errorMessage", &DescribeShareGroupOffsetsResponseGroup::errorMessage, always().nullable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<DescribeShareGroupOffsetsResponseGroup> groups{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeShareGroupOffsetsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DescribeShareGroupOffsetsResponse::throttleTimeMs);
        io.field("groups", &DescribeShareGroupOffsetsResponse::groups);
    }
};

}  // namespace weir::protocol
