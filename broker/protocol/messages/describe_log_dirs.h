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

/// DescribeLogDirs shows data folders and how large the partitions in them are. API key 35, versions 1 to 4.
struct DescribeLogDirsRequest {
    static constexpr const char* kName = "DescribeLogDirsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeLogDirs;
    static constexpr VersionRange kVersions{1, 4};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct DescribableLogDirTopic {
        std::string topic{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const DescribableLogDirTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topic", &DescribableLogDirTopic::topic);
            io.field("partitions", &DescribableLogDirTopic::partitions);
        }
    };

    std::optional<std::vector<DescribableLogDirTopic>> topics = std::vector<DescribableLogDirTopic>{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeLogDirsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("topics", &DescribeLogDirsRequest::topics, always().nullable());
    }
};

/// The answer to DescribeLogDirsRequest.
struct DescribeLogDirsResponse {
    static constexpr const char* kName = "DescribeLogDirsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeLogDirs;
    static constexpr VersionRange kVersions{1, 4};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct DescribeLogDirsPartition {
        PartitionId partitionIndex{};
        std::int64_t partitionSize = 0;
        std::int64_t offsetLag = 0;
        bool isFutureKey = false;
        UnknownTags unknownTags{};

        bool operator==(const DescribeLogDirsPartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &DescribeLogDirsPartition::partitionIndex);
            io.field("partitionSize", &DescribeLogDirsPartition::partitionSize);
            io.field("offsetLag", &DescribeLogDirsPartition::offsetLag);
            io.field("isFutureKey", &DescribeLogDirsPartition::isFutureKey);
        }
    };

    struct DescribeLogDirsTopic {
        std::string name{};
        std::vector<DescribeLogDirsPartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeLogDirsTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &DescribeLogDirsTopic::name);
            io.field("partitions", &DescribeLogDirsTopic::partitions);
        }
    };

    struct DescribeLogDirsResult {
        ErrorCode errorCode{};
        std::string logDir{};
        std::vector<DescribeLogDirsTopic> topics{};
        std::int64_t totalBytes = -1;
        std::int64_t usableBytes = -1;
        UnknownTags unknownTags{};

        bool operator==(const DescribeLogDirsResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &DescribeLogDirsResult::errorCode);
            io.field("logDir", &DescribeLogDirsResult::logDir);
            io.field("topics", &DescribeLogDirsResult::topics);
            io.field("totalBytes", &DescribeLogDirsResult::totalBytes, since(4).ignorable());
            io.field("usableBytes", &DescribeLogDirsResult::usableBytes, since(4).ignorable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::vector<DescribeLogDirsResult> results{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeLogDirsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DescribeLogDirsResponse::throttleTimeMs);
        io.field("errorCode", &DescribeLogDirsResponse::errorCode, since(3).ignorable());
        io.field("results", &DescribeLogDirsResponse::results);
    }
};

}  // namespace weir::protocol
