// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
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

/// DescribeQuorum shows the metadata quorum. API key 55, versions 0 to 2.
struct DescribeQuorumRequest {
    static constexpr const char* kName = "DescribeQuorumRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeQuorum;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct PartitionData {
        PartitionId partitionIndex{};
        UnknownTags unknownTags{};

        bool operator==(const PartitionData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &PartitionData::partitionIndex);
        }
    };

    struct TopicData {
        std::string topicName{};
        std::vector<PartitionData> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const TopicData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicName", &TopicData::topicName);
            io.field("partitions", &TopicData::partitions);
        }
    };

    std::vector<TopicData> topics{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeQuorumRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("topics", &DescribeQuorumRequest::topics);
    }
};

/// The answer to DescribeQuorumRequest.
struct DescribeQuorumResponse {
    static constexpr const char* kName = "DescribeQuorumResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeQuorum;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct ReplicaState {
        BrokerId replicaId{};
        Uuid replicaDirectoryId{};
        Offset logEndOffset{};
        Timestamp lastFetchTimestamp = kNoTimestamp;
        Timestamp lastCaughtUpTimestamp = kNoTimestamp;
        UnknownTags unknownTags{};

        bool operator==(const ReplicaState&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("replicaId", &ReplicaState::replicaId);
            io.field("replicaDirectoryId", &ReplicaState::replicaDirectoryId, since(2));
            io.field("logEndOffset", &ReplicaState::logEndOffset);
            io.field("lastFetchTimestamp", &ReplicaState::lastFetchTimestamp, since(1).ignorable());
            io.field("lastCaughtUpTimestamp", &ReplicaState::lastCaughtUpTimestamp, since(1).ignorable());
        }
    };

    struct PartitionData {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        BrokerId leaderId{};
        LeaderEpoch leaderEpoch{};
        Offset highWatermark{};
        std::vector<ReplicaState> currentVoters{};
        std::vector<ReplicaState> observers{};
        UnknownTags unknownTags{};

        bool operator==(const PartitionData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &PartitionData::partitionIndex);
            io.field("errorCode", &PartitionData::errorCode);
            io.field("errorMessage", &PartitionData::errorMessage, since(2).nullable().ignorable());
            io.field("leaderId", &PartitionData::leaderId);
            io.field("leaderEpoch", &PartitionData::leaderEpoch);
            io.field("highWatermark", &PartitionData::highWatermark);
            io.field("currentVoters", &PartitionData::currentVoters);
            io.field("observers", &PartitionData::observers);
        }
    };

    struct TopicData {
        std::string topicName{};
        std::vector<PartitionData> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const TopicData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicName", &TopicData::topicName);
            io.field("partitions", &TopicData::partitions);
        }
    };

    struct Listener {
        std::string name{};
        std::string host{};
        std::uint16_t port = 0;
        UnknownTags unknownTags{};

        bool operator==(const Listener&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &Listener::name);
            io.field("host", &Listener::host);
            io.field("port", &Listener::port);
        }
    };

    struct Node {
        BrokerId nodeId{};
        std::vector<Listener> listeners{};
        UnknownTags unknownTags{};

        bool operator==(const Node&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("nodeId", &Node::nodeId);
            io.field("listeners", &Node::listeners);
        }
    };

    ErrorCode errorCode{};
    std::optional<std::string> errorMessage = std::string{};
    std::vector<TopicData> topics{};
    std::vector<Node> nodes{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeQuorumResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("errorCode", &DescribeQuorumResponse::errorCode);
        io.field("errorMessage", &DescribeQuorumResponse::errorMessage, since(2).nullable().ignorable());
        io.field("topics", &DescribeQuorumResponse::topics);
        io.field("nodes", &DescribeQuorumResponse::nodes, since(2));
    }
};

}  // namespace weir::protocol
