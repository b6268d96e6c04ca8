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

/// AlterPartitionReassignments starts or cancels moves of partitions. API key 45, versions 0 to 1.
struct AlterPartitionReassignmentsRequest {
    static constexpr const char* kName = "AlterPartitionReassignmentsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kAlterPartitionReassignments;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct ReassignablePartition {
        PartitionId partitionIndex{};
        std::optional<std::vector<BrokerId>> replicas{};
        UnknownTags unknownTags{};

        bool operator==(const ReassignablePartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &ReassignablePartition::partitionIndex);
            io.field("replicas", &ReassignablePartition::replicas, always().nullable());
        }
    };

    struct ReassignableTopic {
        std::string name{};
        std::vector<ReassignablePartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const ReassignableTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &ReassignableTopic::name);
            io.field("partitions", &ReassignableTopic::partitions);
        }
    };

    std::int32_t timeoutMs = 60000;
    bool allowReplicationFactorChange = true;
    std::vector<ReassignableTopic> topics{};
    UnknownTags unknownTags{};

    bool operator==(const AlterPartitionReassignmentsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("timeoutMs", &AlterPartitionReassignmentsRequest::timeoutMs);
        io.field("allowReplicationFactorChange", &AlterPartitionReassignmentsRequest::allowReplicationFactorChange,
                 since(1));
        io.field("topics", &AlterPartitionReassignmentsRequest::topics);
    }
};

/// The answer to AlterPartitionReassignmentsRequest.
struct AlterPartitionReassignmentsResponse {
    static constexpr const char* kName = "AlterPartitionReassignmentsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kAlterPartitionReassignments;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct ReassignablePartitionResponse {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const ReassignablePartitionResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &ReassignablePartitionResponse::partitionIndex);
            io.field("errorCode", &ReassignablePartitionResponse::errorCode);
            io.field("errorMessage", &ReassignablePartitionResponse::errorMessage, always().nullable());
        }
    };

    struct ReassignableTopicResponse {
        std::string name{};
        std::vector<ReassignablePartitionResponse> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const ReassignableTopicResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &ReassignableTopicResponse::name);
            io.field("partitions", &ReassignableTopicResponse::partitions);
        }
    };

    std::int32_t throttleTimeMs = 0;
    bool allowReplicationFactorChange = true;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage = std::string{};
    std::vector<ReassignableTopicResponse> responses{};
    UnknownTags unknownTags{};

    bool operator==(const AlterPartitionReassignmentsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &AlterPartitionReassignmentsResponse::throttleTimeMs);
        io.field("allowReplicationFactorChange", &AlterPartitionReassignmentsResponse::allowReplicationFactorChange,
                 since(1).ignorable());
        io.field("errorCode", &AlterPartitionReassignmentsResponse::errorCode);
        io.field("errorMessage", &AlterPartitionReassignmentsResponse::errorMessage, always().nullable());
        io.field("responses", &AlterPartitionReassignmentsResponse::responses);
    }
};

}  // namespace weir::protocol
