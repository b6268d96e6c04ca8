// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// ListOffsets finds an offset by time, or one of the special places: earliest, latest, largest timestamp. API key
/// 2, versions 1 to 11.
struct ListOffsetsRequest {
    static constexpr const char* kName = "ListOffsetsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kListOffsets;
    static constexpr VersionRange kVersions{1, 11};
    static constexpr std::int16_t kFirstFlexible = 6;

    struct ListOffsetsPartition {
        PartitionId partitionIndex{};
        LeaderEpoch currentLeaderEpoch = kNoLeaderEpoch;
        Timestamp timestamp{};
        UnknownTags unknownTags{};

        bool operator==(const ListOffsetsPartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &ListOffsetsPartition::partitionIndex);
            io.field("currentLeaderEpoch", &ListOffsetsPartition::currentLeaderEpoch, since(4).ignorable());
            io.field("timestamp", &ListOffsetsPartition::timestamp);
        }
    };

    struct ListOffsetsTopic {
        std::string name{};
        std::vector<ListOffsetsPartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const ListOffsetsTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &ListOffsetsTopic::name);
            io.field("partitions", &ListOffsetsTopic::partitions);
        }
    };

    BrokerId replicaId{};
    std::int8_t isolationLevel = 0;
    std::vector<ListOffsetsTopic> topics{};
    std::int32_t timeoutMs = 0;
    UnknownTags unknownTags{};

    bool operator==(const ListOffsetsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("replicaId", &ListOffsetsRequest::replicaId);
        io.field("isolationLevel", &ListOffsetsRequest::isolationLevel, since(2));
        io.field("topics", &ListOffsetsRequest::topics);
        io.field("timeoutMs", &ListOffsetsRequest::timeoutMs, since(10).ignorable());
    }
};

/// The answer to ListOffsetsRequest.
struct ListOffsetsResponse {
    static constexpr const char* kName = "ListOffsetsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kListOffsets;
    static constexpr VersionRange kVersions{1, 11};
    static constexpr std::int16_t kFirstFlexible = 6;

    struct ListOffsetsPartitionResponse {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        Timestamp timestamp = kNoTimestamp;
        Offset offset = kNoOffset;
        LeaderEpoch leaderEpoch = kNoLeaderEpoch;
        UnknownTags unknownTags{};

        bool operator==(const ListOffsetsPartitionResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &ListOffsetsPartitionResponse::partitionIndex);
            io.field("errorCode", &ListOffsetsPartitionResponse::errorCode);
            io.field("timestamp", &ListOffsetsPartitionResponse::timestamp);
            io.field("offset", &ListOffsetsPartitionResponse::offset);
            io.field("leaderEpoch", &ListOffsetsPartitionResponse::leaderEpoch, since(4));
        }
    };

    struct ListOffsetsTopicResponse {
        std::string name{};
        std::vector<ListOffsetsPartitionResponse> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const ListOffsetsTopicResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &ListOffsetsTopicResponse::name);
            io.field("partitions", &ListOffsetsTopicResponse::partitions);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<ListOffsetsTopicResponse> topics{};
    UnknownTags unknownTags{};

    bool operator==(const ListOffsetsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &ListOffsetsResponse::throttleTimeMs, since(2).ignorable());
        io.field("topics", &ListOffsetsResponse::topics);
    }
};

}  // namespace weir::protocol
