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

/// DescribeProducers shows the producers that a partition remembers. API key 61, version 0.
struct DescribeProducersRequest {
    static constexpr const char* kName = "DescribeProducersRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeProducers;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct TopicRequest {
        std::string name{};
        std::vector<PartitionId> partitionIndexes{};
        UnknownTags unknownTags{};

        bool operator==(const TopicRequest&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &TopicRequest::name);
            io.field("partitionIndexes", &TopicRequest::partitionIndexes);
        }
    };

    std::vector<TopicRequest> topics{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeProducersRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("topics", &DescribeProducersRequest::topics);
    }
};

/// The answer to DescribeProducersRequest.
struct DescribeProducersResponse {
    static constexpr const char* kName = "DescribeProducersResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeProducers;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct ProducerState {
        ProducerId producerId{};
        std::int32_t producerEpoch = 0;
        Sequence lastSequence = kNoSequence;
        Timestamp lastTimestamp = kNoTimestamp;
        std::int32_t coordinatorEpoch = 0;
        Offset currentTxnStartOffset = kNoOffset;
        UnknownTags unknownTags{};

        bool operator==(const ProducerState&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("producerId", &ProducerState::producerId);
            io.field("producerEpoch", &ProducerState::producerEpoch);
            io.field("lastSequence", &ProducerState::lastSequence);
            io.field("lastTimestamp", &ProducerState::lastTimestamp);
            io.field("coordinatorEpoch", &ProducerState::coordinatorEpoch);
            io.field("currentTxnStartOffset", &ProducerState::currentTxnStartOffset);
        }
    };

    struct PartitionResponse {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage{};
        std::vector<ProducerState> activeProducers{};
        UnknownTags unknownTags{};

        bool operator==(const PartitionResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &PartitionResponse::partitionIndex);
            io.field("errorCode", &PartitionResponse::errorCode);
            io.field("errorMessage", &PartitionResponse::errorMessage, always().nullable());
            io.field("activeProducers", &PartitionResponse::activeProducers);
        }
    };

    struct TopicResponse {
        std::string name{};
        std::vector<PartitionResponse> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const TopicResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &TopicResponse::name);
            io.field("partitions", &TopicResponse::partitions);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<TopicResponse> topics{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeProducersResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DescribeProducersResponse::throttleTimeMs);
        io.field("topics", &DescribeProducersResponse::topics);
    }
};

}  // namespace weir::protocol
