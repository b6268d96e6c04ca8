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

/// The answer to StreamsGroupHeartbeatRequest.
struct StreamsGroupHeartbeatResponse {
    static constexpr const char* kName = "StreamsGroupHeartbeatResponse";
    static constexpr ApiKey kApiKey = ApiKey::kStreamsGroupHeartbeat;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct Status {
        std::int8_t statusCode = 0;
        std::string statusDetail{};
        UnknownTags unknownTags{};

        bool operator==(const Status&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("statusCode", &Status::statusCode);
            io.field("statusDetail", &Status::statusDetail);
        }
    };

    struct TaskIds {
        std::string subtopologyId{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const TaskIds&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("subtopologyId", &TaskIds::subtopologyId);
            io.field("partitions", &TaskIds::partitions);
        }
    };

    struct Endpoint {
        std::string host{};
        std::uint16_t port = 0;
        UnknownTags unknownTags{};

        bool operator==(const Endpoint&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("host", &Endpoint::host);
            io.field("port", &Endpoint::port);
        }
    };

    struct TopicPartition {
        std::string topic{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const TopicPartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topic", &TopicPartition::topic);
            io.field("partitions", &TopicPartition::partitions);
        }
    };

    struct EndpointToPartitions {
        Endpoint userEndpoint{};
        std::vector<TopicPartition> activePartitions{};
        std::vector<TopicPartition> standbyPartitions{};
        UnknownTags unknownTags{};

        bool operator==(const EndpointToPartitions&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("userEndpoint", &EndpointToPartitions::userEndpoint);
            io.field("activePartitions", &EndpointToPartitions::activePartitions);
            io.field("standbyPartitions", &EndpointToPartitions::standbyPartitions);
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage{};
    std::string memberId{};
    std::int32_t memberEpoch = 0;
    std::int32_t heartbeatIntervalMs = 0;
    std::int32_t acceptableRecoveryLag = 0;
    std::int32_t taskOffsetIntervalMs = 0;
    std::optional<std::vector<Status>> status = std::vector<Status>{};
    std::optional<std::vector<TaskIds>> activeTasks{};
    std::optional<std::vector<TaskIds>> standbyTasks{};
    std::optional<std::vector<TaskIds>> warmupTasks{};
    std::int32_t endpointInformationEpoch = 0;
    std::optional<std::vector<EndpointToPartitions>> partitionsByUserEndpoint{};
    UnknownTags unknownTags{};

    bool operator==(const StreamsGroupHeartbeatResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &StreamsGroupHeartbeatResponse::throttleTimeMs);
        io.field("errorCode", &StreamsGroupHeartbeatResponse::errorCode);
        io.field("errorMessage", &StreamsGroupHeartbeatResponse::errorMessage, always().nullable());
        io.field("memberId", &StreamsGroupHeartbeatResponse::memberId);
        io.field("memberEpoch", &StreamsGroupHeartbeatResponse::memberEpoch);
        io.field("heartbeatIntervalMs", &StreamsGroupHeartbeatResponse::heartbeatIntervalMs);
        io.field("acceptableRecoveryLag", &StreamsGroupHeartbeatResponse::acceptableRecoveryLag);
        io.field("taskOffsetIntervalMs", &StreamsGroupHeartbeatResponse::taskOffsetIntervalMs);
        io.field("status", &StreamsGroupHeartbeatResponse::status, always().nullable());
        io.field("activeTasks", &StreamsGroupHeartbeatResponse::activeTasks, always().nullable());
        io.field("standbyTasks", &StreamsGroupHeartbeatResponse::standbyTasks, always().nullable());
        io.field("warmupTasks", &StreamsGroupHeartbeatResponse::warmupTasks, always().nullable());
        io.field("endpointInformationEpoch", &StreamsGroupHeartbeatResponse::endpointInformationEpoch);
        io.field("partitionsByUserEndpoint", &StreamsGroupHeartbeatResponse::partitionsByUserEndpoint,
                 always().nullable());
    }
};

}  // namespace weir::protocol
