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

/// OffsetCommit stores how far a group has read. API key 8, versions 2 to 10.
struct OffsetCommitRequest {
    static constexpr const char* kName = "OffsetCommitRequest";
    static constexpr ApiKey kApiKey = ApiKey::kOffsetCommit;
    static constexpr VersionRange kVersions{2, 10};
    static constexpr std::int16_t kFirstFlexible = 8;

    struct OffsetCommitRequestPartition {
        PartitionId partitionIndex{};
        Offset committedOffset{};
        LeaderEpoch committedLeaderEpoch = kNoLeaderEpoch;
        std::optional<std::string> committedMetadata = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetCommitRequestPartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &OffsetCommitRequestPartition::partitionIndex);
            io.field("committedOffset", &OffsetCommitRequestPartition::committedOffset);
            io.field("committedLeaderEpoch", &OffsetCommitRequestPartition::committedLeaderEpoch, since(6).ignorable());
            io.field("committedMetadata", &OffsetCommitRequestPartition::committedMetadata, always().nullable());
        }
    };

    struct OffsetCommitRequestTopic {
        std::string name{};
        Uuid topicId{};
        std::vector<OffsetCommitRequestPartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetCommitRequestTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &OffsetCommitRequestTopic::name, until(9).ignorable());
            io.field("topicId", &OffsetCommitRequestTopic::topicId, since(10).ignorable());
            io.field("partitions", &OffsetCommitRequestTopic::partitions);
        }
    };

    std::string groupId{};
    GenerationId generationIdOrMemberEpoch{-1};
    std::string memberId{};
    std::optional<std::string> groupInstanceId{};
    std::int64_t retentionTimeMs = -1;
    std::vector<OffsetCommitRequestTopic> topics{};
    UnknownTags unknownTags{};

    bool operator==(const OffsetCommitRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &OffsetCommitRequest::groupId);
        io.field("generationIdOrMemberEpoch", &OffsetCommitRequest::generationIdOrMemberEpoch);
        io.field("memberId", &OffsetCommitRequest::memberId);
        io.field("groupInstanceId", &OffsetCommitRequest::groupInstanceId, since(7).nullable());
        io.field("retentionTimeMs", &OffsetCommitRequest::retentionTimeMs, until(4).ignorable());
        io.field("topics", &OffsetCommitRequest::topics);
    }
};

/// The answer to OffsetCommitRequest.
struct OffsetCommitResponse {
    static constexpr const char* kName = "OffsetCommitResponse";
    static constexpr ApiKey kApiKey = ApiKey::kOffsetCommit;
    static constexpr VersionRange kVersions{2, 10};
    static constexpr std::int16_t kFirstFlexible = 8;

    struct OffsetCommitResponsePartition {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetCommitResponsePartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &OffsetCommitResponsePartition::partitionIndex);
            io.field("errorCode", &OffsetCommitResponsePartition::errorCode);
        }
    };

    struct OffsetCommitResponseTopic {
        std::string name{};
        Uuid topicId{};
        std::vector<OffsetCommitResponsePartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetCommitResponseTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &OffsetCommitResponseTopic::name, until(9).ignorable());
            io.field("topicId", &OffsetCommitResponseTopic::topicId, since(10).ignorable());
            io.field("partitions", &OffsetCommitResponseTopic::partitions);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<OffsetCommitResponseTopic> topics{};
    UnknownTags unknownTags{};

    bool operator==(const OffsetCommitResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &OffsetCommitResponse::throttleTimeMs, since(3).ignorable());
        io.field("topics", &OffsetCommitResponse::topics);
    }
};

}  // namespace weir::protocol
