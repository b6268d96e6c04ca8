// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/uuid.h"
#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// Metadata says which brokers, topics and partitions there are, and may create the topics asked for. API key 3,
/// versions 0 to 13.
struct MetadataRequest {
    static constexpr const char* kName = "MetadataRequest";
    static constexpr ApiKey kApiKey = ApiKey::kMetadata;
    static constexpr VersionRange kVersions{0, 13};
    static constexpr std::int16_t kFirstFlexible = 9;

    struct MetadataRequestTopic {
        Uuid topicId{};
        std::optional<std::string> name = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const MetadataRequestTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicId", &MetadataRequestTopic::topicId, since(10).ignorable());
            io.field("name", &MetadataRequestTopic::name, always().nullableSince(10));
        }
    };

    std::optional<std::vector<MetadataRequestTopic>> topics = std::vector<MetadataRequestTopic>{};
    bool allowAutoTopicCreation = true;
    bool includeClusterAuthorizedOperations = false;
    bool includeTopicAuthorizedOperations = false;
    UnknownTags unknownTags{};

    bool operator==(const MetadataRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("topics", &MetadataRequest::topics, always().nullableSince(1));
        io.field("allowAutoTopicCreation", &MetadataRequest::allowAutoTopicCreation, since(4));
        io.field("includeClusterAuthorizedOperations", &MetadataRequest::includeClusterAuthorizedOperations,
                 between(8, 10));
        io.field("includeTopicAuthorizedOperations", &MetadataRequest::includeTopicAuthorizedOperations, since(8));
    }
};

/// The answer to MetadataRequest.
struct MetadataResponse {
    static constexpr const char* kName = "MetadataResponse";
    static constexpr ApiKey kApiKey = ApiKey::kMetadata;
    static constexpr VersionRange kVersions{0, 13};
    static constexpr std::int16_t kFirstFlexible = 9;

    struct MetadataResponseBroker {
        BrokerId nodeId{};
        std::string host{};
        std::int32_t port = 0;
        std::optional<std::string> rack{};
        UnknownTags unknownTags{};

        bool operator==(const MetadataResponseBroker&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("nodeId", &MetadataResponseBroker::nodeId);
            io.field("host", &MetadataResponseBroker::host);
            io.field("port", &MetadataResponseBroker::port);
            io.field("rack", &MetadataResponseBroker::rack, since(1).nullable().ignorable());
        }
    };

    struct MetadataResponsePartition {
        ErrorCode errorCode{};
        PartitionId partitionIndex{};
        BrokerId leaderId{};
        LeaderEpoch leaderEpoch = kNoLeaderEpoch;
        std::vector<BrokerId> replicaNodes{};
        std::vector<BrokerId> isrNodes{};
        std::vector<BrokerId> offlineReplicas{};
        UnknownTags unknownTags{};

        bool operator==(const MetadataResponsePartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &MetadataResponsePartition::errorCode);
            io.field("partitionIndex", &MetadataResponsePartition::partitionIndex);
            io.field("leaderId", &MetadataResponsePartition::leaderId);
            io.field("leaderEpoch", &MetadataResponsePartition::leaderEpoch, since(7).ignorable());
            io.field("replicaNodes", &MetadataResponsePartition::replicaNodes);
            io.field("isrNodes", &MetadataResponsePartition::isrNodes);
            io.field("offlineReplicas", &MetadataResponsePartition::offlineReplicas, since(5).ignorable());
        }
    };

    struct MetadataResponseTopic {
        ErrorCode errorCode{};
        std::optional<std::string> name = std::string{};
        Uuid topicId{};
        bool isInternal = false;
        std::vector<MetadataResponsePartition> partitions{};
        std::int32_t topicAuthorizedOperations = std::numeric_limits<std::int32_t>::min();
        UnknownTags unknownTags{};

        bool operator==(const MetadataResponseTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &MetadataResponseTopic::errorCode);
            io.field("name", &MetadataResponseTopic::name, always().nullableSince(12));
            io.field("topicId", &MetadataResponseTopic::topicId, since(10).ignorable());
            io.field("isInternal", &MetadataResponseTopic::isInternal, since(1).ignorable());
            io.field("partitions", &MetadataResponseTopic::partitions);
            io.field("topicAuthorizedOperations", &MetadataResponseTopic::topicAuthorizedOperations, since(8));
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<MetadataResponseBroker> brokers{};
    std::optional<std::string> clusterId{};
    BrokerId controllerId{-1};
    std::vector<MetadataResponseTopic> topics{};
    std::int32_t clusterAuthorizedOperations = std::numeric_limits<std::int32_t>::min();
    ErrorCode errorCode{};
    UnknownTags unknownTags{};

    bool operator==(const MetadataResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &MetadataResponse::throttleTimeMs, since(3).ignorable());
        io.field("brokers", &MetadataResponse::brokers);
        io.field("clusterId", &MetadataResponse::clusterId, since(2).nullable().ignorable());
        io.field("controllerId", &MetadataResponse::controllerId, since(1).ignorable());
        io.field("topics", &MetadataResponse::topics);
        io.field("clusterAuthorizedOperations", &MetadataResponse::clusterAuthorizedOperations, between(8, 10));
        io.field("errorCode", &MetadataResponse::errorCode, since(13).ignorable());
    }
};

}  // namespace weir::protocol
