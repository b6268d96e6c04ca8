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

/// ListPartitionReassignments lists the moves of partitions that are under way. API key 46, version 0.
struct ListPartitionReassignmentsRequest {
    static constexpr const char* kName = "ListPartitionReassignmentsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kListPartitionReassignments;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct ListPartitionReassignmentsTopics {
        std::string name{};
        std::vector<PartitionId> partitionIndexes{};
        UnknownTags unknownTags{};

        bool operator==(const ListPartitionReassignmentsTopics&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &ListPartitionReassignmentsTopics::name);
            io.field("partitionIndexes", &ListPartitionReassignmentsTopics::partitionIndexes);
        }
    };

    std::int32_t timeoutMs = 60000;
    std::optional<std::vector<ListPartitionReassignmentsTopics>> topics{};
    UnknownTags unknownTags{};

    bool operator==(const ListPartitionReassignmentsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("timeoutMs", &ListPartitionReassignmentsRequest::timeoutMs);
        io.field("topics", &ListPartitionReassignmentsRequest::topics, always().nullable());
    }
};

/// The answer to ListPartitionReassignmentsRequest.
struct ListPartitionReassignmentsResponse {
    static constexpr const char* kName = "ListPartitionReassignmentsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kListPartitionReassignments;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct OngoingPartitionReassignment {
        PartitionId partitionIndex{};
        std::vector<BrokerId> replicas{};
        std::vector<BrokerId> addingReplicas{};
        std::vector<BrokerId> removingReplicas{};
        UnknownTags unknownTags{};

        bool operator==(const OngoingPartitionReassignment&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &OngoingPartitionReassignment::partitionIndex);
            io.field("replicas", &OngoingPartitionReassignment::replicas);
            io.field("addingReplicas", &OngoingPartitionReassignment::addingReplicas);
            io.field("removingReplicas", &OngoingPartitionReassignment::removingReplicas);
        }
    };

    struct OngoingTopicReassignment {
        std::string name{};
        std::vector<OngoingPartitionReassignment> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const OngoingTopicReassignment&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &OngoingTopicReassignment::name);
            io.field("partitions", &OngoingTopicReassignment::partitions);
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage = std::string{};
    std::vector<OngoingTopicReassignment> topics{};
    UnknownTags unknownTags{};

    bool operator==(const ListPartitionReassignmentsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &ListPartitionReassignmentsResponse::throttleTimeMs);
        io.field("errorCode", &ListPartitionReassignmentsResponse::errorCode);
        io.field("errorMessage", &ListPartitionReassignmentsResponse::errorMessage, always().nullable());
        io.field("topics", &ListPartitionReassignmentsResponse::topics);
    }
};

}  // namespace weir::protocol
