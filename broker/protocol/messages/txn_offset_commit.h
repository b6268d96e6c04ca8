// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// TxnOffsetCommit stores a group's offsets as part of a transaction. API key 28, versions 0 to 5.
struct TxnOffsetCommitRequest {
    static constexpr const char* kName = "TxnOffsetCommitRequest";
    static constexpr ApiKey kApiKey = ApiKey::kTxnOffsetCommit;
    static constexpr VersionRange kVersions{0, 5};
    static constexpr std::int16_t kFirstFlexible = 3;

    struct TxnOffsetCommitRequestPartition {
        PartitionId partitionIndex{};
        Offset committedOffset{};
        LeaderEpoch committedLeaderEpoch = kNoLeaderEpoch;
        std::optional<std::string> committedMetadata = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const TxnOffsetCommitRequestPartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &TxnOffsetCommitRequestPartition::partitionIndex);
            io.field("committedOffset", &TxnOffsetCommitRequestPartition::committedOffset);
            io.field("committedLeaderEpoch", &TxnOffsetCommitRequestPartition::committedLeaderEpoch,
                     since(2).ignorable());
            io.field("committedMetadata", &TxnOffsetCommitRequestPartition::committedMetadata, always().nullable());
        }
    };

    struct TxnOffsetCommitRequestTopic {
        std::string name{};
        std::vector<TxnOffsetCommitRequestPartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const TxnOffsetCommitRequestTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &TxnOffsetCommitRequestTopic::name);
            io.field("partitions", &TxnOffsetCommitRequestTopic::partitions);
        }
    };

    std::string transactionalId{};
    std::string groupId{};
    ProducerId producerId{};
    ProducerEpoch producerEpoch{};
    GenerationId generationId{-1};
    std::string memberId{};
    std::optional<std::string> groupInstanceId{};
    std::vector<TxnOffsetCommitRequestTopic> topics{};
    UnknownTags unknownTags{};

    bool operator==(const TxnOffsetCommitRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("transactionalId", &TxnOffsetCommitRequest::transactionalId);
        io.field("groupId", &TxnOffsetCommitRequest::groupId);
        io.field("producerId", &TxnOffsetCommitRequest::producerId);
        io.field("producerEpoch", &TxnOffsetCommitRequest::producerEpoch);
        io.field("generationId", &TxnOffsetCommitRequest::generationId, since(3));
        io.field("memberId", &TxnOffsetCommitRequest::memberId, since(3));
        io.field("groupInstanceId", &TxnOffsetCommitRequest::groupInstanceId, since(3).nullable());
        io.field("topics", &TxnOffsetCommitRequest::topics);
    }
};

/// The answer to TxnOffsetCommitRequest.
struct TxnOffsetCommitResponse {
    static constexpr const char* kName = "TxnOffsetCommitResponse";
    static constexpr ApiKey kApiKey = ApiKey::kTxnOffsetCommit;
    static constexpr VersionRange kVersions{0, 5};
    static constexpr std::int16_t kFirstFlexible = 3;

    struct TxnOffsetCommitResponsePartition {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        UnknownTags unknownTags{};

        bool operator==(const TxnOffsetCommitResponsePartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &TxnOffsetCommitResponsePartition::partitionIndex);
            io.field("errorCode", &TxnOffsetCommitResponsePartition::errorCode);
        }
    };

    struct TxnOffsetCommitResponseTopic {
        std::string name{};
        std::vector<TxnOffsetCommitResponsePartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const TxnOffsetCommitResponseTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &TxnOffsetCommitResponseTopic::name);
            io.field("partitions", &TxnOffsetCommitResponseTopic::partitions);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<TxnOffsetCommitResponseTopic> topics{};
    UnknownTags unknownTags{};

    bool operator==(const TxnOffsetCommitResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &TxnOffsetCommitResponse::throttleTimeMs);
        io.field("topics", &TxnOffsetCommitResponse::topics);
    }
};

}  // namespace weir::protocol
