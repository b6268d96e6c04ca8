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

/// ShareGroupHeartbeat joins, keeps alive, assigns and leaves share groups (KIP-932). API key 76, version 1.
struct ShareGroupHeartbeatRequest {
    static constexpr const char* kName = "ShareGroupHeartbeatRequest";
    static constexpr ApiKey kApiKey = ApiKey::kShareGroupHeartbeat;
    static constexpr VersionRange kVersions{1, 1};
    static constexpr std::int16_t kFirstFlexible = 0;

    std::string groupId{};
    std::string memberId{};
    std::int32_t memberEpoch = 0;
    std::optional<std::string> rackId{};
    std::optional<std::vector<std::string>> subscribedTopicNames{};
    UnknownTags unknownTags{};

    bool operator==(const ShareGroupHeartbeatRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &ShareGroupHeartbeatRequest::groupId);
        io.field("memberId", &ShareGroupHeartbeatRequest::memberId);
        io.field("memberEpoch", &ShareGroupHeartbeatRequest::memberEpoch);
        io.field("rackId", &ShareGroupHeartbeatRequest::rackId, always().nullable());
        io.field("subscribedTopicNames", &ShareGroupHeartbeatRequest::subscribedTopicNames, always().nullable());
    }
};

/// The answer to ShareGroupHeartbeatRequest.
struct ShareGroupHeartbeatResponse {
    static constexpr const char* kName = "ShareGroupHeartbeatResponse";
    static constexpr ApiKey kApiKey = ApiKey::kShareGroupHeartbeat;
    static constexpr VersionRange kVersions{1, 1};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct TopicPartitions {
        Uuid topicId{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const TopicPartitions&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicId", &TopicPartitions::topicId);
            io.field("partitions", &TopicPartitions::partitions);
        }
    };

    struct Assignment {
        std::vector<TopicPartitions> topicPartitions{};
        UnknownTags unknownTags{};

        bool operator==(const Assignment&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicPartitions", &Assignment::topicPartitions);
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage{};
    std::optional<std::string> memberId{};
    std::int32_t memberEpoch = 0;
    std::int32_t heartbeatIntervalMs = 0;
    std::optional<Assignment> assignment{};
    UnknownTags unknownTags{};

    bool operator==(const ShareGroupHeartbeatResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &ShareGroupHeartbeatResponse::throttleTimeMs);
        io.field("errorCode", &ShareGroupHeartbeatResponse::errorCode);
        io.field("errorMessage", &ShareGroupHeartbeatResponse::errorMessage, always().nullable());
        io.field("memberId", &ShareGroupHeartbeatResponse::memberId, always().nullable());
        io.field("memberEpoch", &ShareGroupHeartbeatResponse::memberEpoch);
        io.field("heartbeatIntervalMs", &ShareGroupHeartbeatResponse::heartbeatIntervalMs);
        io.field("assignment", &ShareGroupHeartbeatResponse::assignment, always().nullable());
    }
};

}  // namespace weir::protocol
