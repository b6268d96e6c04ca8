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

/// OffsetDelete forgets how far a group has read. API key 47, version 0.
struct OffsetDeleteRequest {
    static constexpr const char* kName = "OffsetDeleteRequest";
    static constexpr ApiKey kApiKey = ApiKey::kOffsetDelete;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = kNeverFlexible;

    struct OffsetDeleteRequestPartition {
        PartitionId partitionIndex{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetDeleteRequestPartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &OffsetDeleteRequestPartition::partitionIndex);
        }
    };

    struct OffsetDeleteRequestTopic {
        std::string name{};
        std::vector<OffsetDeleteRequestPartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetDeleteRequestTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &OffsetDeleteRequestTopic::name);
            io.field("partitions", &OffsetDeleteRequestTopic::partitions);
        }
    };

    std::string groupId{};
    std::vector<OffsetDeleteRequestTopic> topics{};
    UnknownTags unknownTags{};

    bool operator==(const OffsetDeleteRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &OffsetDeleteRequest::groupId);
        io.field("topics", &OffsetDeleteRequest::topics);
    }
};

/// The answer to OffsetDeleteRequest.
struct OffsetDeleteResponse {
    static constexpr const char* kName = "OffsetDeleteResponse";
    static constexpr ApiKey kApiKey = ApiKey::kOffsetDelete;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = kNeverFlexible;

    struct OffsetDeleteResponsePartition {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetDeleteResponsePartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &OffsetDeleteResponsePartition::partitionIndex);
            io.field("errorCode", &OffsetDeleteResponsePartition::errorCode);
        }
    };

    struct OffsetDeleteResponseTopic {
        std::string name{};
        std::vector<OffsetDeleteResponsePartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetDeleteResponseTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &OffsetDeleteResponseTopic::name);
            io.field("partitions", &OffsetDeleteResponseTopic::partitions);
        }
    };

    ErrorCode errorCode{};
    std::int32_t throttleTimeMs = 0;
    std::vector<OffsetDeleteResponseTopic> topics{};
    UnknownTags unknownTags{};

    bool operator==(const OffsetDeleteResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("errorCode", &OffsetDeleteResponse::errorCode);
        io.field("throttleTimeMs", &OffsetDeleteResponse::throttleTimeMs);
        io.field("topics", &OffsetDeleteResponse::topics);
    }
};

}  // namespace weir::protocol
