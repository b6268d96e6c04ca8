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

/// ConsumerGroupHeartbeat joins, keeps alive, assigns and leaves consumer groups (KIP-848). API key 68, versions 0
/// to 1.
struct ConsumerGroupHeartbeatRequest {
    static constexpr const char* kName = "ConsumerGroupHeartbeatRequest";
    static constexpr ApiKey kApiKey = ApiKey::kConsumerGroupHeartbeat;
    static constexpr VersionRange kVersions{0, 1};
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

    std::string groupId{};
    std::string memberId{};
    std::int32_t memberEpoch = 0;
    std::optional<std::string> instanceId{};
    std::optional<std::string> rackId{};
    std::int32_t rebalanceTimeoutMs = -1;
    std::optional<std::vector<std::string>> subscribedTopicNames{};
    std::optional<std::string> subscribedTopicRegex{};
    std::optional<std::string> serverAssignor{};
    std::optional<std::vector<TopicPartitions>> topicPartitions{};
    UnknownTags unknownTags{};

    bool operator==(const ConsumerGroupHeartbeatRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &ConsumerGroupHeartbeatRequest::groupId);
        io.field("memberId", &ConsumerGroupHeartbeatRequest::memberId);
        io.field("memberEpoch", &ConsumerGroupHeartbeatRequest::memberEpoch);
        io.field("instanceId", &ConsumerGroupHeartbeatRequest::instanceId, always().nullable());
        io.field("rackId", &ConsumerGroupHeartbeatRequest::rackId, always().nullable());
        io.field("rebalanceTimeoutMs", &ConsumerGroupHeartbeatRequest::rebalanceTimeoutMs);
        io.field("subscribedTopicNames", &ConsumerGroupHeartbeatRequest::subscribedTopicNames, always().nullable());
        io.field("subscribedTopicRegex", &ConsumerGroupHeartbeatRequest::subscribedTopicRegex, since(1).nullable());
        io.field("serverAssignor", &ConsumerGroupHeartbeatRequest::serverAssignor, always().nullable());
        io.field("topicPartitions", &ConsumerGroupHeartbeatRequest::topicPartitions, always().nullable());
    }
};

/// The answer to ConsumerGroupHeartbeatRequest.
struct ConsumerGroupHeartbeatResponse {
    static constexpr const char* kName = "ConsumerGroupHeartbeatResponse";
    static constexpr ApiKey kApiKey = ApiKey::kConsumerGroupHeartbeat;
    static constexpr VersionRange kVersions{0, 1};
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

    bool operator==(const ConsumerGroupHeartbeatResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &ConsumerGroupHeartbeatResponse::throttleTimeMs);
        io.field("errorCode", &ConsumerGroupHeartbeatResponse::errorCode);
        io.field("errorMessage", &ConsumerGroupHeartbeatResponse::errorMessage, always().nullable());
        io.field("memberId", &ConsumerGroupHeartbeatResponse::memberId, always().nullable());
        io.field("memberEpoch", &ConsumerGroupHeartbeatResponse::memberEpoch);
        io.field("heartbeatIntervalMs", &ConsumerGroupHeartbeatResponse::heartbeatIntervalMs);
        io.field("assignment", &ConsumerGroupHeartbeatResponse::assignment, always().nullable());
    }
};

}  // namespace weir::protocol
