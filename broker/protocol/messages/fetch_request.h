// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "broker/base/uuid.h"
#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// Fetch reads record batches from partitions, alone or as one step of a fetch session (KIP-227). API key 1,
/// versions 4 to 18. Names, ids and record sets that come off the wire are views into the frame; whoever builds one
/// keeps what it points at alive until it is encoded.
struct FetchRequest {
    static constexpr const char* kName = "FetchRequest";
    static constexpr ApiKey kApiKey = ApiKey::kFetch;
    static constexpr VersionRange kVersions{4, 18};
    static constexpr std::int16_t kFirstFlexible = 12;

    struct ReplicaState {
        BrokerId replicaId{-1};
        std::int64_t replicaEpoch = -1;
        UnknownTags unknownTags{};

        bool operator==(const ReplicaState&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("replicaId", &ReplicaState::replicaId);
            io.field("replicaEpoch", &ReplicaState::replicaEpoch);
        }
    };

    struct FetchPartition {
        PartitionId partition{};
        LeaderEpoch currentLeaderEpoch = kNoLeaderEpoch;
        Offset fetchOffset{};
        LeaderEpoch lastFetchedEpoch = kNoLeaderEpoch;
        Offset logStartOffset = kNoOffset;
        std::int32_t partitionMaxBytes = 0;
        Uuid replicaDirectoryId{};
        Offset highWatermark{std::numeric_limits<std::int64_t>::max()};
        UnknownTags unknownTags{};

        bool operator==(const FetchPartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partition", &FetchPartition::partition);
            io.field("currentLeaderEpoch", &FetchPartition::currentLeaderEpoch, since(9).ignorable());
            io.field("fetchOffset", &FetchPartition::fetchOffset);
            io.field("lastFetchedEpoch", &FetchPartition::lastFetchedEpoch, since(12));
            io.field("logStartOffset", &FetchPartition::logStartOffset, since(5).ignorable());
            io.field("partitionMaxBytes", &FetchPartition::partitionMaxBytes);
            io.tagged(0, "replicaDirectoryId", &FetchPartition::replicaDirectoryId, since(17).ignorable());
            io.tagged(1, "highWatermark", &FetchPartition::highWatermark, since(18).ignorable());
        }
    };

    struct FetchTopic {
        std::string_view topic{};
        Uuid topicId{};
        std::vector<FetchPartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const FetchTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topic", &FetchTopic::topic, until(12).ignorable());
            io.field("topicId", &FetchTopic::topicId, since(13).ignorable());
            io.field("partitions", &FetchTopic::partitions);
        }
    };

    struct ForgottenTopic {
        std::string_view topic{};
        Uuid topicId{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const ForgottenTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topic", &ForgottenTopic::topic, until(12).ignorable());
            io.field("topicId", &ForgottenTopic::topicId, since(13).ignorable());
            io.field("partitions", &ForgottenTopic::partitions);
        }
    };

    std::optional<std::string_view> clusterId{};
    BrokerId replicaId{-1};
    ReplicaState replicaState{};
    std::int32_t maxWaitMs = 0;
    std::int32_t minBytes = 0;
    std::int32_t maxBytes = std::numeric_limits<std::int32_t>::max();
    std::int8_t isolationLevel = 0;
    std::int32_t sessionId = 0;
    std::int32_t sessionEpoch = -1;
    std::vector<FetchTopic> topics{};
    std::vector<ForgottenTopic> forgottenTopicsData{};
    std::string_view rackId{};
    UnknownTags unknownTags{};

    bool operator==(const FetchRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("replicaId", &FetchRequest::replicaId, until(14));
        io.field("maxWaitMs", &FetchRequest::maxWaitMs);
        io.field("minBytes", &FetchRequest::minBytes);
        io.field("maxBytes", &FetchRequest::maxBytes);
        io.field("isolationLevel", &FetchRequest::isolationLevel);
        io.field("sessionId", &FetchRequest::sessionId, since(7).ignorable());
        io.field("sessionEpoch", &FetchRequest::sessionEpoch, since(7).ignorable());
        io.field("topics", &FetchRequest::topics);
        io.field("forgottenTopicsData", &FetchRequest::forgottenTopicsData, since(7));
        io.field("rackId", &FetchRequest::rackId, since(11).ignorable());
        io.tagged(0, "clusterId", &FetchRequest::clusterId, since(12).nullable().ignorable());
        io.tagged(1, "replicaState", &FetchRequest::replicaState, since(15));
    }
};

}  // namespace weir::protocol
