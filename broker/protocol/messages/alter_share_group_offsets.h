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

/// AlterShareGroupOffsets moves where a share group starts reading. API key 91, version 0.
struct AlterShareGroupOffsetsRequest {
    static constexpr const char* kName = "AlterShareGroupOffsetsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kAlterShareGroupOffsets;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct AlterShareGroupOffsetsRequestPartition {
        PartitionId partitionIndex{};
        Offset startOffset{};
        UnknownTags unknownTags{};

        bool operator==(const AlterShareGroupOffsetsRequestPartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &AlterShareGroupOffsetsRequestPartition::partitionIndex);
            io.field("startOffset", &AlterShareGroupOffsetsRequestPartition::startOffset);
        }
    };

    struct AlterShareGroupOffsetsRequestTopic {
        std::string topicName{};
        std::vector<AlterShareGroupOffsetsRequestPartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const AlterShareGroupOffsetsRequestTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicName", &AlterShareGroupOffsetsRequestTopic::topicName);
            io.field("partitions", &AlterShareGroupOffsetsRequestTopic::partitions);
        }
    };

    std::string groupId{};
    std::vector<AlterShareGroupOffsetsRequestTopic> topics{};
    UnknownTags unknownTags{};

    bool operator==(const AlterShareGroupOffsetsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &AlterShareGroupOffsetsRequest::groupId);
        io.field("topics", &AlterShareGroupOffsetsRequest::topics);
    }
};

/// The answer to AlterShareGroupOffsetsRequest.
struct AlterShareGroupOffsetsResponse {
    static constexpr const char* kName = "AlterShareGroupOffsetsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kAlterShareGroupOffsets;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct AlterShareGroupOffsetsResponsePartition {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage{};
        UnknownTags unknownTags{};

        bool operator==(const AlterShareGroupOffsetsResponsePartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &AlterShareGroupOffsetsResponsePartition::partitionIndex);
            io.field("errorCode", &AlterShareGroupOffsetsResponsePartition::errorCode);
            io.field("errorMessage", &AlterShareGroupOffsetsResponsePartition::errorMessage, always().nullable());
        }
    };

    struct AlterShareGroupOffsetsResponseTopic {
        std::string topicName{};
        Uuid topicId{};
        std::vector<AlterShareGroupOffsetsResponsePartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const AlterShareGroupOffsetsResponseTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicName", &AlterShareGroupOffsetsResponseTopic::topicName);
            io.field("topicId", &AlterShareGroupOffsetsResponseTopic::topicId);
            io.field("partitions", &AlterShareGroupOffsetsResponseTopic::partitions);
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage{};
    std::vector<AlterShareGroupOffsetsResponseTopic> responses{};
    UnknownTags unknownTags{};

    bool operator==(const AlterShareGroupOffsetsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &AlterShareGroupOffsetsResponse::throttleTimeMs);
        io.field("errorCode", &AlterShareGroupOffsetsResponse::errorCode);
        io.field("errorMessage", &AlterShareGroupOffsetsResponse::errorMessage, always().nullable());
        io.field("responses", &AlterShareGroupOffsetsResponse::responses);
    }
};

}  // namespace weir::protocol
