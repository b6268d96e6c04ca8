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

/// ElectLeaders elects leaders of partitions. API key 43, versions 0 to 2.
struct ElectLeadersRequest {
    static constexpr const char* kName = "ElectLeadersRequest";
    static constexpr ApiKey kApiKey = ApiKey::kElectLeaders;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct TopicPartitions {
        std::string topic{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const TopicPartitions&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topic", &TopicPartitions::topic);
            io.field("partitions", &TopicPartitions::partitions);
        }
    };

    std::int8_t electionType = 0;
    std::optional<std::vector<TopicPartitions>> topicPartitions = std::vector<TopicPartitions>{};
    std::int32_t timeoutMs = 60000;
    UnknownTags unknownTags{};

    bool operator==(const ElectLeadersRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("electionType", &ElectLeadersRequest::electionType, since(1));
        io.field("topicPartitions", &ElectLeadersRequest::topicPartitions, always().nullable());
        io.field("timeoutMs", &ElectLeadersRequest::timeoutMs);
    }
};

/// The answer to ElectLeadersRequest.
struct ElectLeadersResponse {
    static constexpr const char* kName = "ElectLeadersResponse";
    static constexpr ApiKey kApiKey = ApiKey::kElectLeaders;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct PartitionResult {
        PartitionId partitionId{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const PartitionResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionId", &PartitionResult::partitionId);
            io.field("errorCode", &PartitionResult::errorCode);
            io.field("errorMessage", &PartitionResult::errorMessage, always().nullable());
        }
    };

    struct ReplicaElectionResult {
        std::string topic{};
        std::vector<PartitionResult> partitionResult{};
        UnknownTags unknownTags{};

        bool operator==(const ReplicaElectionResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topic", &ReplicaElectionResult::topic);
            io.field("partitionResult", &ReplicaElectionResult::partitionResult);
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::vector<ReplicaElectionResult> replicaElectionResults{};
    UnknownTags unknownTags{};

    bool operator==(const ElectLeadersResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &ElectLeadersResponse::throttleTimeMs);
        io.field("errorCode", &ElectLeadersResponse::errorCode, since(1));
        io.field("replicaElectionResults", &ElectLeadersResponse::replicaElectionResults);
    }
};

}  // namespace weir::protocol
