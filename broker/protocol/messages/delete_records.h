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

/// DeleteRecords moves a partition's log start offset forward. API key 21, versions 0 to 2.
struct DeleteRecordsRequest {
    static constexpr const char* kName = "DeleteRecordsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDeleteRecords;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct DeleteRecordsPartition {
        PartitionId partitionIndex{};
        Offset offset{};
        UnknownTags unknownTags{};

        bool operator==(const DeleteRecordsPartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &DeleteRecordsPartition::partitionIndex);
            io.field("offset", &DeleteRecordsPartition::offset);
        }
    };

    struct DeleteRecordsTopic {
        std::string name{};
        std::vector<DeleteRecordsPartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const DeleteRecordsTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &DeleteRecordsTopic::name);
            io.field("partitions", &DeleteRecordsTopic::partitions);
        }
    };

    std::vector<DeleteRecordsTopic> topics{};
    std::int32_t timeoutMs = 0;
    UnknownTags unknownTags{};

    bool operator==(const DeleteRecordsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("topics", &DeleteRecordsRequest::topics);
        io.field("timeoutMs", &DeleteRecordsRequest::timeoutMs);
    }
};

/// The answer to DeleteRecordsRequest.
struct DeleteRecordsResponse {
    static constexpr const char* kName = "DeleteRecordsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDeleteRecords;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct DeleteRecordsPartitionResult {
        PartitionId partitionIndex{};
        Offset lowWatermark{};
        ErrorCode errorCode{};
        UnknownTags unknownTags{};

        bool operator==(const DeleteRecordsPartitionResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &DeleteRecordsPartitionResult::partitionIndex);
            io.field("lowWatermark", &DeleteRecordsPartitionResult::lowWatermark);
            io.field("errorCode", &DeleteRecordsPartitionResult::errorCode);
        }
    };

    struct DeleteRecordsTopicResult {
        std::string name{};
        std::vector<DeleteRecordsPartitionResult> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const DeleteRecordsTopicResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &DeleteRecordsTopicResult::name);
            io.field("partitions", &DeleteRecordsTopicResult::partitions);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<DeleteRecordsTopicResult> topics{};
    UnknownTags unknownTags{};

    bool operator==(const DeleteRecordsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DeleteRecordsResponse::throttleTimeMs);
        io.field("topics", &DeleteRecordsResponse::topics);
    }
};

}  // namespace weir::protocol
