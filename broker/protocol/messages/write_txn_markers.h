// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// WriteTxnMarkers writes the control records that end transactions. API key 27, versions 1 to 2.
struct WriteTxnMarkersRequest {
    static constexpr const char* kName = "WriteTxnMarkersRequest";
    static constexpr ApiKey kApiKey = ApiKey::kWriteTxnMarkers;
    static constexpr VersionRange kVersions{1, 2};
    static constexpr std::int16_t kFirstFlexible = 1;

    struct WritableTxnMarkerTopic {
        std::string name{};
        std::vector<PartitionId> partitionIndexes{};
        UnknownTags unknownTags{};

        bool operator==(const WritableTxnMarkerTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &WritableTxnMarkerTopic::name);
            io.field("partitionIndexes", &WritableTxnMarkerTopic::partitionIndexes);
        }
    };

    struct WritableTxnMarker {
        ProducerId producerId{};
        ProducerEpoch producerEpoch{};
        bool transactionResult = false;
        std::vector<WritableTxnMarkerTopic> topics{};
        std::int32_t coordinatorEpoch = 0;
        std::int8_t transactionVersion = 0;
        UnknownTags unknownTags{};

        bool operator==(const WritableTxnMarker&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("producerId", &WritableTxnMarker::producerId);
            io.field("producerEpoch", &WritableTxnMarker::producerEpoch);
            io.field("transactionResult", &WritableTxnMarker::transactionResult);
            io.field("topics", &WritableTxnMarker::topics);
            io.field("coordinatorEpoch", &WritableTxnMarker::coordinatorEpoch);
            io.field("transactionVersion", &WritableTxnMarker::transactionVersion, since(2).ignorable());
        }
    };

    std::vector<WritableTxnMarker> markers{};
    UnknownTags unknownTags{};

    bool operator==(const WriteTxnMarkersRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("markers", &WriteTxnMarkersRequest::markers);
    }
};

/// The answer to WriteTxnMarkersRequest.
struct WriteTxnMarkersResponse {
    static constexpr const char* kName = "WriteTxnMarkersResponse";
    static constexpr ApiKey kApiKey = ApiKey::kWriteTxnMarkers;
    static constexpr VersionRange kVersions{1, 2};
    static constexpr std::int16_t kFirstFlexible = 1;

    struct WritableTxnMarkerPartitionResult {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        UnknownTags unknownTags{};

        bool operator==(const WritableTxnMarkerPartitionResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &WritableTxnMarkerPartitionResult::partitionIndex);
            io.field("errorCode", &WritableTxnMarkerPartitionResult::errorCode);
        }
    };

    struct WritableTxnMarkerTopicResult {
        std::string name{};
        std::vector<WritableTxnMarkerPartitionResult> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const WritableTxnMarkerTopicResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &WritableTxnMarkerTopicResult::name);
            io.field("partitions", &WritableTxnMarkerTopicResult::partitions);
        }
    };

    struct WritableTxnMarkerResult {
        ProducerId producerId{};
        std::vector<WritableTxnMarkerTopicResult> topics{};
        UnknownTags unknownTags{};

        bool operator==(const WritableTxnMarkerResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("producerId", &WritableTxnMarkerResult::producerId);
            io.field("topics", &WritableTxnMarkerResult::topics);
        }
    };

    std::vector<WritableTxnMarkerResult> markers{};
    UnknownTags unknownTags{};

    bool operator==(const WriteTxnMarkersResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("markers", &WriteTxnMarkersResponse::markers);
    }
};

}  // namespace weir::protocol
