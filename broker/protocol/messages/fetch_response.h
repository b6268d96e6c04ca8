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

/// The answer to FetchRequest; topic names and record sets are views, as there.
struct FetchResponse {
    static constexpr const char* kName = "FetchResponse";
    static constexpr ApiKey kApiKey = ApiKey::kFetch;
    static constexpr VersionRange kVersions{4, 18};
    static constexpr std::int16_t kFirstFlexible = 12;

    struct EpochEndOffset {
        std::int32_t epoch = -1;
        Offset endOffset = kNoOffset;
        UnknownTags unknownTags{};

        bool operator==(const EpochEndOffset&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("epoch", &EpochEndOffset::epoch);
            io.field("endOffset", &EpochEndOffset::endOffset);
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

    struct SnapshotId {
        Offset endOffset = kNoOffset;
        std::int32_t epoch = -1;
        UnknownTags unknownTags{};

        bool operator==(const SnapshotId&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("endOffset", &SnapshotId::endOffset);
            io.field("epoch", &SnapshotId::epoch);
        }
    };

    struct AbortedTransaction {
        ProducerId producerId{};
        Offset firstOffset{};
        UnknownTags unknownTags{};

        bool operator==(const AbortedTransaction&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("producerId", &AbortedTransaction::producerId);
            io.field("firstOffset", &AbortedTransaction::firstOffset);
        }
    };

    struct PartitionData {
        PartitionId partitionIndex{};
        ErrorCode errorCode{};
        Offset highWatermark{};
        Offset lastStableOffset = kNoOffset;
        Offset logStartOffset = kNoOffset;
        EpochEndOffset divergingEpoch{};
        LeaderIdAndEpoch currentLeader{};
        SnapshotId snapshotId{};
        std::optional<std::vector<AbortedTransaction>> abortedTransactions = std::vector<AbortedTransaction>{};
        BrokerId preferredReadReplica{-1};
        RecordsView records{};
        UnknownTags unknownTags{};

        bool operator==(const PartitionData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &PartitionData::partitionIndex);
            io.field("errorCode", &PartitionData::errorCode);
            io.field("highWatermark", &PartitionData::highWatermark);
            io.field("lastStableOffset", &PartitionData::lastStableOffset);
            io.field("logStartOffset", &PartitionData::logStartOffset, since(5).ignorable());
            io.field("abortedTransactions", &PartitionData::abortedTransactions, always().nullable());
            io.field("preferredReadReplica", &PartitionData::preferredReadReplica, since(11));
            io.field("records", &PartitionData::records, always().nullable());
            io.tagged(0, "divergingEpoch", &PartitionData::divergingEpoch, since(12));
            io.tagged(1, "currentLeader", &PartitionData::currentLeader, since(12));
            io.tagged(2, "snapshotId", &PartitionData::snapshotId, since(12));
        }
    };

    struct FetchableTopicResponse {
        std::string_view topic{};
        Uuid topicId{};
        std::vector<PartitionData> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const FetchableTopicResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topic", &FetchableTopicResponse::topic, until(12).ignorable());
            io.field("topicId", &FetchableTopicResponse::topicId, since(13).ignorable());
            io.field("partitions", &FetchableTopicResponse::partitions);
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
    std::int32_t sessionId = 0;
    std::vector<FetchableTopicResponse> responses{};
    std::vector<NodeEndpoint> nodeEndpoints{};
    UnknownTags unknownTags{};

    bool operator==(const FetchResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &FetchResponse::throttleTimeMs);
        io.field("errorCode", &FetchResponse::errorCode, since(7).ignorable());
        io.field("sessionId", &FetchResponse::sessionId, since(7));
        io.field("responses", &FetchResponse::responses);
        io.tagged(0, "nodeEndpoints", &FetchResponse::nodeEndpoints, since(16));
    }
};

}  // namespace weir::protocol
