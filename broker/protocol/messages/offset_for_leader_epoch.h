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

/// OffsetForLeaderEpoch says where a leader epoch ended, so that a client notices a log that was cut. API key 23,
/// versions 2 to 4.
struct OffsetForLeaderEpochRequest {
    static constexpr const char* kName = "OffsetForLeaderEpochRequest";
    static constexpr ApiKey kApiKey = ApiKey::kOffsetForLeaderEpoch;
    static constexpr VersionRange kVersions{2, 4};
    static constexpr std::int16_t kFirstFlexible = 4;

    struct OffsetForLeaderPartition {
        PartitionId partition{};
        LeaderEpoch currentLeaderEpoch = kNoLeaderEpoch;
        LeaderEpoch leaderEpoch{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetForLeaderPartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partition", &OffsetForLeaderPartition::partition);
            io.field("currentLeaderEpoch", &OffsetForLeaderPartition::currentLeaderEpoch);
            io.field("leaderEpoch", &OffsetForLeaderPartition::leaderEpoch);
        }
    };

    struct OffsetForLeaderTopic {
        std::string topic{};
        std::vector<OffsetForLeaderPartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetForLeaderTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topic", &OffsetForLeaderTopic::topic);
            io.field("partitions", &OffsetForLeaderTopic::partitions);
        }
    };

    BrokerId replicaId{-2};
    std::vector<OffsetForLeaderTopic> topics{};
    UnknownTags unknownTags{};

    bool operator==(const OffsetForLeaderEpochRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("replicaId", &OffsetForLeaderEpochRequest::replicaId, since(3).ignorable());
        io.field("topics", &OffsetForLeaderEpochRequest::topics);
    }
};

/// The answer to OffsetForLeaderEpochRequest.
struct OffsetForLeaderEpochResponse {
    static constexpr const char* kName = "OffsetForLeaderEpochResponse";
    static constexpr ApiKey kApiKey = ApiKey::kOffsetForLeaderEpoch;
    static constexpr VersionRange kVersions{2, 4};
    static constexpr std::int16_t kFirstFlexible = 4;

    struct EpochEndOffset {
        ErrorCode errorCode{};
        PartitionId partition{};
        LeaderEpoch leaderEpoch = kNoLeaderEpoch;
        Offset endOffset = kNoOffset;
        UnknownTags unknownTags{};

        bool operator==(const EpochEndOffset&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &EpochEndOffset::errorCode);
            io.field("partition", &EpochEndOffset::partition);
            io.field("leaderEpoch", &EpochEndOffset::leaderEpoch);
            io.field("endOffset", &EpochEndOffset::endOffset);
        }
    };

    struct OffsetForLeaderTopicResult {
        std::string topic{};
        std::vector<EpochEndOffset> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetForLeaderTopicResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topic", &OffsetForLeaderTopicResult::topic);
            io.field("partitions", &OffsetForLeaderTopicResult::partitions);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<OffsetForLeaderTopicResult> topics{};
    UnknownTags unknownTags{};

    bool operator==(const OffsetForLeaderEpochResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &OffsetForLeaderEpochResponse::throttleTimeMs);
        io.field("topics", &OffsetForLeaderEpochResponse::topics);
    }
};

}  // namespace weir::protocol
