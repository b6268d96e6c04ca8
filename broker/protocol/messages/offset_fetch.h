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

/// OffsetFetch answers how far groups have read. API key 9, versions 1 to 10.
struct OffsetFetchRequest {
    static constexpr const char* kName = "OffsetFetchRequest";
    static constexpr ApiKey kApiKey = ApiKey::kOffsetFetch;
    static constexpr VersionRange kVersions{1, 10};
    static constexpr std::int16_t kFirstFlexible = 6;

    struct OffsetFetchRequestTopic {
        std::string name{};
        std::vector<PartitionId> partitionIndexes{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetFetchRequestTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &OffsetFetchRequestTopic::name);
            io.field("partitionIndexes", &OffsetFetchRequestTopic::partitionIndexes);
        }
    };

    struct OffsetFetchRequestTopics {
        std::string name{};
        Uuid topicId{};
        std::vector<PartitionId> partitionIndexes{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetFetchRequestTopics&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &OffsetFetchRequestTopics::name, until(9).ignorable());
            io.field("topicId", &OffsetFetchRequestTopics::topicId, since(10).ignorable());
            io.field("partitionIndexes", &OffsetFetchRequestTopics::partitionIndexes);
        }
    };

    struct OffsetFetchRequestGroup {
        std::string groupId{};
        std::optional<std::string> memberId{};
        std::int32_t memberEpoch = -1;
        std::optional<std::vector<OffsetFetchRequestTopics>> topics = std::vector<OffsetFetchRequestTopics>{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetFetchRequestGroup&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("groupId", &OffsetFetchRequestGroup::groupId);
            io.field("memberId", &OffsetFetchRequestGroup::memberId, since(9).nullable().ignorable());
            io.field("memberEpoch", &OffsetFetchRequestGroup::memberEpoch, since(9).ignorable());
            io.field("topics", &OffsetFetchRequestGroup::topics, always().nullable());
        }
    };

    std::string groupId{};
    std::optional<std::vector<OffsetFetchRequestTopic>> topics = std::vector<OffsetFetchRequestTopic>{};
    std::vector<OffsetFetchRequestGroup> groups{};
    bool requireStable = false;
    UnknownTags unknownTags{};

    bool operator==(const OffsetFetchRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &OffsetFetchRequest::groupId, until(7));
        io.field("topics", &OffsetFetchRequest::topics, until(7).nullableSince(2));
        io.field("groups", &OffsetFetchRequest::groups, since(8));
        io.field("requireStable", &OffsetFetchRequest::requireStable, since(7));
    }
};

/// The answer to OffsetFetchRequest.
struct OffsetFetchResponse {
    static constexpr const char* kName = "OffsetFetchResponse";
    static constexpr ApiKey kApiKey = ApiKey::kOffsetFetch;
    static constexpr VersionRange kVersions{1, 10};
    static constexpr std::int16_t kFirstFlexible = 6;

    struct OffsetFetchResponsePartition {
        PartitionId partitionIndex{};
        Offset committedOffset{};
        LeaderEpoch committedLeaderEpoch = kNoLeaderEpoch;
        std::optional<std::string> metadata = std::string{};
        ErrorCode errorCode{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetFetchResponsePartition&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &OffsetFetchResponsePartition::partitionIndex);
            io.field("committedOffset", &OffsetFetchResponsePartition::committedOffset);
            io.field("committedLeaderEpoch", &OffsetFetchResponsePartition::committedLeaderEpoch, since(5).ignorable());
            io.field("metadata", &OffsetFetchResponsePartition::metadata, always().nullable());
            io.field("errorCode", &OffsetFetchResponsePartition::errorCode);
        }
    };

    struct OffsetFetchResponseTopic {
        std::string name{};
        std::vector<OffsetFetchResponsePartition> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetFetchResponseTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &OffsetFetchResponseTopic::name);
            io.field("partitions", &OffsetFetchResponseTopic::partitions);
        }
    };

    struct OffsetFetchResponsePartitions {
        PartitionId partitionIndex{};
        Offset committedOffset{};
        LeaderEpoch committedLeaderEpoch = kNoLeaderEpoch;
        std::optional<std::string> metadata = std::string{};
        ErrorCode errorCode{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetFetchResponsePartitions&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &OffsetFetchResponsePartitions::partitionIndex);
            io.field("committedOffset", &OffsetFetchResponsePartitions::committedOffset);
            io.field("committedLeaderEpoch", &OffsetFetchResponsePartitions::committedLeaderEpoch);
            io.field("metadata", &OffsetFetchResponsePartitions::metadata, always().nullable());
            io.field("errorCode", &OffsetFetchResponsePartitions::errorCode);
        }
    };

    struct OffsetFetchResponseTopics {
        std::string name{};
        Uuid topicId{};
        std::vector<OffsetFetchResponsePartitions> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetFetchResponseTopics&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &OffsetFetchResponseTopics::name, until(9).ignorable());
            io.field("topicId", &OffsetFetchResponseTopics::topicId, since(10).ignorable());
            io.field("partitions", &OffsetFetchResponseTopics::partitions);
        }
    };

    struct OffsetFetchResponseGroup {
        std::string groupId{};
        std::vector<OffsetFetchResponseTopics> topics{};
        ErrorCode errorCode{};
        UnknownTags unknownTags{};

        bool operator==(const OffsetFetchResponseGroup&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("groupId", &OffsetFetchResponseGroup::groupId);
            io.field("topics", &OffsetFetchResponseGroup::topics);
            io.field("errorCode", &OffsetFetchResponseGroup::errorCode);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<OffsetFetchResponseTopic> topics{};
    ErrorCode errorCode{};
    std::vector<OffsetFetchResponseGroup> groups{};
    UnknownTags unknownTags{};

    bool operator==(const OffsetFetchResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &OffsetFetchResponse::throttleTimeMs, since(3).ignorable());
        io.field("topics", &OffsetFetchResponse::topics, until(7));
        io.field("errorCode", &OffsetFetchResponse::errorCode, between(2, 7).ignorable());
        io.field("groups", &OffsetFetchResponse::groups, since(8));
    }
};

}  // namespace weir::protocol
