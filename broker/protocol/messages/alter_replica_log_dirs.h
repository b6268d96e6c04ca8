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

/// AlterReplicaLogDirs moves replicas between data folders. API key 34, versions 1 to 2.
struct AlterReplicaLogDirsRequest {
    static constexpr const char* kName = "AlterReplicaLogDirsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kAlterReplicaLogDirs;
    static constexpr VersionRange kVersions{1, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct AlterReplicaLogDirTopic {
        std::string name{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const AlterReplicaLogDirTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &AlterReplicaLogDirTopic::name);
            io.field("partitions", &AlterReplicaLogDirTopic::partitions);
        }
    };

    struct AlterReplicaLogDir {
        std::string path{};
        std::vector<AlterReplicaLogDirTopic> topics{};
        UnknownTags unknownTags{};

        bool operator==(const AlterReplicaLogDir&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("path", &AlterReplicaLogDir::path);
            io.field("topics", &AlterReplicaLogDir::topics);
        }
    };

    std::vector<AlterReplicaLogDir> dirs{};
    UnknownTags unknownTags{};

    bool operator==(const AlterReplicaLogDirsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("dirs", &AlterReplicaLogDirsRequest::dirs);
    }
};

/// The answer to AlterReplicaLogDirsRequest.
struct AlterReplicaLogDirsResponse {
    static constexpr const char* kName = "AlterReplicaLogDirsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kAlterReplicaLogDirs;
    static constexpr VersionRange kVersions{1, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct AlterReplicaLogDirPartitionResult {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        UnknownTags unknownTags{};

        bool operator==(const AlterReplicaLogDirPartitionResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &AlterReplicaLogDirPartitionResult::partitionIndex);
            io.field("errorCode", &AlterReplicaLogDirPartitionResult::errorCode);
        }
    };

    struct AlterReplicaLogDirTopicResult {
        std::string topicName{};
        std::vector<AlterReplicaLogDirPartitionResult> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const AlterReplicaLogDirTopicResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicName", &AlterReplicaLogDirTopicResult::topicName);
            io.field("partitions", &AlterReplicaLogDirTopicResult::partitions);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<AlterReplicaLogDirTopicResult> results{};
    UnknownTags unknownTags{};

    bool operator==(const AlterReplicaLogDirsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &AlterReplicaLogDirsResponse::throttleTimeMs);
        io.field("results", &AlterReplicaLogDirsResponse::results);
    }
};

}  // namespace weir::protocol
