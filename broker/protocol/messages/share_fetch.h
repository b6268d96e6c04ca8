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

/// ShareFetch acquires records of a share group, and acknowledges earlier ones (KIP-932). API key 78, versions 1 to
/// 2.
struct ShareFetchRequest {
    static constexpr const char* kName = "ShareFetchRequest";
    static constexpr ApiKey kApiKey = ApiKey::kShareFetch;
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

    struct FetchPartition {
        PartitionId partitionIndex{};
        std::vector<AcknowledgementBatch> acknowledgementBatches{};
        UnknownTags unknownTags{};

        bool operator==(const FetchPartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &FetchPartition::partitionIndex);
            io.field("acknowledgementBatches", &FetchPartition::acknowledgementBatches);
        }
    };

    struct FetchTopic {
        Uuid topicId{};
        std::vector<FetchPartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const FetchTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicId", &FetchTopic::topicId);
            io.field("partitions", &FetchTopic::partitions);
        }
    };

    struct ForgottenTopic {
        Uuid topicId{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const ForgottenTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicId", &ForgottenTopic::topicId);
            io.field("partitions", &ForgottenTopic::partitions);
        }
    };

    std::optional<std::string> groupId{};
    std::optional<std::string> memberId = std::string{};
    std::int32_t shareSessionEpoch = 0;
    std::int32_t maxWaitMs = 0;
    std::int32_t minBytes = 0;
    std::int32_t maxBytes = std::numeric_limits<std::int32_t>::max();
    std::int32_t maxRecords = 0;
    std::int32_t batchSize = 0;
    std::int8_t shareAcquireMode = 0;
    bool isRenewAck = false;
    std::vector<FetchTopic> topics{};
    std::vector<ForgottenTopic> forgottenTopicsData{};
    UnknownTags unknownTags{};

    bool operator==(const ShareFetchRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &ShareFetchRequest::groupId, always().nullable());
        io.field("memberId", &ShareFetchRequest::memberId, always().nullable());
        io.field("shareSessionEpoch", &ShareFetchRequest::shareSessionEpoch);
        io.field("maxWaitMs", &ShareFetchRequest::maxWaitMs);
        io.field("minBytes", &ShareFetchRequest::minBytes);
        io.field("maxBytes", &ShareFetchRequest::maxBytes);
        io.field("maxRecords", &ShareFetchRequest::maxRecords);
        io.field("batchSize", &ShareFetchRequest::batchSize);
        io.field("shareAcquireMode", &ShareFetchRequest::shareAcquireMode, since(2).ignorable());
        io.field("isRenewAck", &ShareFetchRequest::isRenewAck, since(2));
        io.field("topics", &ShareFetchRequest::topics);
        io.field("forgottenTopicsData", &ShareFetchRequest::forgottenTopicsData);
    }
};

/// The answer to ShareFetchRequest.
struct ShareFetchResponse {
    static constexpr const char* kName = "ShareFetchResponse";
    static constexpr ApiKey kApiKey = ApiKey::kShareFetch;
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

    struct AcquiredRecords {
        Offset firstOffset{};
        Offset lastOffset{};
        std::int16_t deliveryCount = 0;
        UnknownTags unknownTags{};

        bool operator==(const AcquiredRecords&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("firstOffset", &AcquiredRecords::firstOffset);
            io.field("lastOffset", &AcquiredRecords::lastOffset);
            io.field("deliveryCount", &AcquiredRecords::deliveryCount);
        }
    };

    struct PartitionData {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage{};
        ErrorCode acknowledgeErrorCode{};
        std::optional<std::string> acknowledgeErrorMessage{};
        LeaderIdAndEpoch currentLeader{};
        RecordsView records{};
        std::vector<AcquiredRecords> acquiredRecords{};
        UnknownTags unknownTags{};

        bool operator==(const PartitionData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &PartitionData::partitionIndex);
            io.field("errorCode", &PartitionData::errorCode);
            io.field("errorMessage", &PartitionData::errorMessage, always().nullable());
            io.field("acknowledgeErrorCode", &PartitionData::acknowledgeErrorCode);
            io.field("acknowledgeErrorMessage", &PartitionData::acknowledgeErrorMessage, always().nullable());
            io.field("currentLeader", &PartitionData::currentLeader);
            io.field("records", &PartitionData::records);
            io.field("acquiredRecords", &PartitionData::acquiredRecords);
        }
    };

    struct ShareFetchableTopicResponse {
        Uuid topicId{};
        std::vector<PartitionData> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const ShareFetchableTopicResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicId", &ShareFetchableTopicResponse::topicId);
            io.field("partitions", &ShareFetchableTopicResponse::partitions);
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
    std::vector<ShareFetchableTopicResponse> responses{};
    std::vector<NodeEndpoint> nodeEndpoints{};
    UnknownTags unknownTags{};

    bool operator==(const ShareFetchResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &ShareFetchResponse::throttleTimeMs);
        io.field("errorCode", &ShareFetchResponse::errorCode);
        io.field("errorMessage", &ShareFetchResponse::errorMessage, always().nullable());
        io.field("acquisitionLockTimeoutMs", &ShareFetchResponse::acquisitionLockTimeoutMs);
        io.field("responses", &ShareFetchResponse::responses);
        io.field("nodeEndpoints", &ShareFetchResponse::nodeEndpoints);
    }
};

}  // namespace weir::protocol
