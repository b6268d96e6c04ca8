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

/// ShareAcknowledge says what became of acquired records (KIP-932). API key 79, versions 1 to 2.
struct ShareAcknowledgeRequest {
    static constexpr const char* kName = "ShareAcknowledgeRequest";
    static constexpr ApiKey kApiKey = ApiKey::kShareAcknowledge;
    static constexpr VersionRange kVersions{1, 2};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct AcknowledgementBatch {
        Offset firstOffset{};
        Offset lastOffset{};
        std::vector<std::int8_t> acknowledgeTypes{};
        UnknownTags unknownTags{};

        bool operator==(const AcknowledgementBatch&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("firstOffset", &AcknowledgementBatch::firstOffset);
            io.field("lastOffset", &AcknowledgementBatch::lastOffset);
            io.field("acknowledgeTypes", &AcknowledgementBatch::acknowledgeTypes);
        }
    };

    struct AcknowledgePartition {
        PartitionId partitionIndex{};
        std::vector<AcknowledgementBatch> acknowledgementBatches{};
        UnknownTags unknownTags{};

        bool operator==(const AcknowledgePartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &AcknowledgePartition::partitionIndex);
            io.field("acknowledgementBatches", &AcknowledgePartition::acknowledgementBatches);
        }
    };

    struct AcknowledgeTopic {
        Uuid topicId{};
        std::vector<AcknowledgePartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const AcknowledgeTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicId", &AcknowledgeTopic::topicId);
            io.field("partitions", &AcknowledgeTopic::partitions);
        }
    };

    std::optional<std::string> groupId{};
    std::optional<std::string> memberId = std::string{};
    std::int32_t shareSessionEpoch = 0;
    bool isRenewAck = false;
    std::vector<AcknowledgeTopic> topics{};
    UnknownTags unknownTags{};

    bool operator==(const ShareAcknowledgeRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &ShareAcknowledgeRequest::groupId, always().nullable());
        io.field("memberId", &ShareAcknowledgeRequest::memberId, always().nullable());
        io.field("shareSessionEpoch", &ShareAcknowledgeRequest::shareSessionEpoch);
        io.field("isRenewAck", &ShareAcknowledgeRequest::isRenewAck, since(2));
        io.field("topics", &ShareAcknowledgeRequest::topics);
    }
};

/// The answer to ShareAcknowledgeRequest.
struct ShareAcknowledgeResponse {
    static constexpr const char* kName = "ShareAcknowledgeResponse";
    static constexpr ApiKey kApiKey = ApiKey::kShareAcknowledge;
    static constexpr VersionRange kVersions{1, 2};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct LeaderIdAndEpoch {
        BrokerId leaderId{};
        LeaderEpoch leaderEpoch{};
        UnknownTags unknownTags{};

        bool operator==(const LeaderIdAndEpoch&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("leaderId", &LeaderIdAndEpoch::leaderId);
            io.field("leaderEpoch", &LeaderIdAndEpoch::leaderEpoch);
        }
    };

    struct PartitionData {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage{};
        LeaderIdAndEpoch currentLeader{};
        UnknownTags unknownTags{};

        bool operator==(const PartitionData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &PartitionData::partitionIndex);
            io.field("errorCode", &PartitionData::errorCode);
            io.field("errorMessage", &PartitionData::errorMessage, always().nullable());
            io.field("currentLeader", &PartitionData::currentLeader);
        }
    };

    struct ShareAcknowledgeTopicResponse {
        Uuid topicId{};
        std::vector<PartitionData> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const ShareAcknowledgeTopicResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicId", &ShareAcknowledgeTopicResponse::topicId);
            io.field("partitions", &ShareAcknowledgeTopicResponse::partitions);
        }
    };

    struct NodeEndpoint {
        BrokerId nodeId{};
        std::string host{};
        std::int32_t port = 0;
        std::optional<std::string> rack{};
        UnknownTags unknownTags{};

        bool operator==(const NodeEndpoint&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("nodeId", &NodeEndpoint::nodeId);
            io.field("host", &NodeEndpoint::host);
            io.field("port", &NodeEndpoint::port);
            io.field("rack", &NodeEndpoint::rack, always().nullable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage{};
    std::int32_t acquisitionLockTimeoutMs = 0;
    std::vector<ShareAcknowledgeTopicResponse> responses{};
    std::vector<NodeEndpoint> nodeEndpoints{};
    UnknownTags unknownTags{};

    bool operator==(const ShareAcknowledgeResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &ShareAcknowledgeResponse::throttleTimeMs);
        io.field("errorCode", &ShareAcknowledgeResponse::errorCode);
        io.field("errorMessage", &ShareAcknowledgeResponse::errorMessage, always().nullable());
        io.field("acquisitionLockTimeoutMs", &ShareAcknowledgeResponse::acquisitionLockTimeoutMs, since(2).ignorable());
        io.field("responses", &ShareAcknowledgeResponse::responses);
        io.field("nodeEndpoints", &ShareAcknowledgeResponse::nodeEndpoints);
    }
};

}  // namespace weir::protocol
