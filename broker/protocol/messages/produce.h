// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/uuid.h"
#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// Produce appends record batches to partitions. With acks 0 there is no response at all. API key 0, versions 3 to
/// 13. Names, ids and record sets that come off the wire are views into the frame; whoever builds one keeps what it
/// points at alive until it is encoded.
struct ProduceRequest {
    static constexpr const char* kName = "ProduceRequest";
    static constexpr ApiKey kApiKey = ApiKey::kProduce;
    static constexpr VersionRange kVersions{3, 13};
    static constexpr std::int16_t kFirstFlexible = 9;

    struct PartitionProduceData {
        PartitionId index{};
        RecordsView records{};
        UnknownTags unknownTags{};

        bool operator==(const PartitionProduceData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("index", &PartitionProduceData::index);
            io.field("records", &PartitionProduceData::records, always().nullable());
        }
    };

    struct TopicProduceData {
        std::string_view name{};
        Uuid topicId{};
        std::vector<PartitionProduceData> partitionData{};
        UnknownTags unknownTags{};

        bool operator==(const TopicProduceData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &TopicProduceData::name, until(12).ignorable());
            io.field("topicId", &TopicProduceData::topicId, since(13).ignorable());
            io.field("partitionData", &TopicProduceData::partitionData);
        }
    };

    std::optional<std::string_view> transactionalId{};
    std::int16_t acks = 0;
    std::int32_t timeoutMs = 0;
    std::vector<TopicProduceData> topicData{};
    UnknownTags unknownTags{};

    bool operator==(const ProduceRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("transactionalId", &ProduceRequest::transactionalId, always().nullable());
        io.field("acks", &ProduceRequest::acks);
        io.field("timeoutMs", &ProduceRequest::timeoutMs);
        io.field("topicData", &ProduceRequest::topicData);
    }
};

/// The answer to ProduceRequest; topic names and record sets are views, as there.
struct ProduceResponse {
    static constexpr const char* kName = "ProduceResponse";
    static constexpr ApiKey kApiKey = ApiKey::kProduce;
    static constexpr VersionRange kVersions{3, 13};
    static constexpr std::int16_t kFirstFlexible = 9;

    struct BatchIndexAndErrorMessage {
        std::int32_t batchIndex = 0;
        std::optional<std::string> batchIndexErrorMessage{};
        UnknownTags unknownTags{};

        bool operator==(const BatchIndexAndErrorMessage&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("batchIndex", &BatchIndexAndErrorMessage::batchIndex);
            io.field("batchIndexErrorMessage", &BatchIndexAndErrorMessage::batchIndexErrorMessage, always().nullable());
        }
    };

    struct LeaderIdAndEpoch {
        BrokerId leaderId{-1};
        LeaderEpoch leaderEpoch = kNoLeaderEpoch;
        UnknownTags unknownTags{};

        bool operator==(const LeaderIdAndEpoch&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("leaderId", &LeaderIdAndEpoch::leaderId);
            io.field("leaderEpoch", &LeaderIdAndEpoch::leaderEpoch);
        }
    };

    struct PartitionProduceResponse {
        PartitionId index{};
        ErrorCode errorCode{};
        Offset baseOffset{};
        Timestamp logAppendTimeMs = kNoTimestamp;
        Offset logStartOffset = kNoOffset;
        std::vector<BatchIndexAndErrorMessage> recordErrors{};
        std::optional<std::string> errorMessage{};
        LeaderIdAndEpoch currentLeader{};
        UnknownTags unknownTags{};

        bool operator==(const PartitionProduceResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("index", &PartitionProduceResponse::index);
            io.field("errorCode", &PartitionProduceResponse::errorCode);
            io.field("baseOffset", &PartitionProduceResponse::baseOffset);
            io.field("logAppendTimeMs", &PartitionProduceResponse::logAppendTimeMs);
            io.field("logStartOffset", &PartitionProduceResponse::logStartOffset, since(5).ignorable());
            io.field("recordErrors", &PartitionProduceResponse::recordErrors, since(8).ignorable());
            io.field("errorMessage", &PartitionProduceResponse::errorMessage, since(8).nullable().ignorable());
            io.tagged(0, "currentLeader", &PartitionProduceResponse::currentLeader, since(10));
        }
    };

    struct TopicProduceResponse {
        std::string_view name{};
        Uuid topicId{};
        std::vector<PartitionProduceResponse> partitionResponses{};
        UnknownTags unknownTags{};

        bool operator==(const TopicProduceResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &TopicProduceResponse::name, until(12).ignorable());
            io.field("topicId", &TopicProduceResponse::topicId, since(13).ignorable());
            io.field("partitionResponses", &TopicProduceResponse::partitionResponses);
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

    std::vector<TopicProduceResponse> responses{};
    std::int32_t throttleTimeMs = 0;
    std::vector<NodeEndpoint> nodeEndpoints{};
    UnknownTags unknownTags{};

    bool operator==(const ProduceResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("responses", &ProduceResponse::responses);
        io.field("throttleTimeMs", &ProduceResponse::throttleTimeMs);
        io.tagged(0, "nodeEndpoints", &ProduceResponse::nodeEndpoints, since(10));
    }
};

}  // namespace weir::protocol
