// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/groups/consumer/assignment.h"
#include "broker/groups/store/byte_codec.h"
#include "broker/groups/topic_directory.h"
#include "broker/model/ids.h"

namespace weir::groups {

/// Tasks by subtopology: what a streams member runs.
using Tasks = PartitionSets<std::string>;

/// The topology of a streams application (KIP-1071), as its members bring it. Plain values.
struct StreamsTopology {
    struct InternalTopic {
        std::string name;
        std::int32_t partitions = 0;  // 0: as many as it takes
        std::int16_t replication = 0;
        std::map<std::string, std::string> configs;
        bool operator==(const InternalTopic&) const = default;
    };
    /// Indexes into the subtopology's lists.
    struct Copartition {
        std::vector<std::int16_t> sources;
        std::vector<std::int16_t> patterns;
        std::vector<std::int16_t> repartitions;
        bool operator==(const Copartition&) const = default;
    };
    struct Subtopology {
        std::string id;
        std::vector<std::string> sources;
        std::vector<std::string> patterns;
        std::vector<std::string> sinks;  // repartition topics it writes to
        std::vector<InternalTopic> repartitions;
        std::vector<InternalTopic> changelogs;
        std::vector<Copartition> copartitions;
        bool operator==(const Subtopology&) const = default;
    };
    std::int32_t epoch = 0;
    std::vector<Subtopology> subtopologies;
    bool operator==(const StreamsTopology&) const = default;
};

/// Numbers of StreamsGroupHeartbeatResponse.Status.
enum class StreamsStatus : std::int8_t {
    kStaleTopology = 0,
    kMissingSourceTopics = 1,
    kIncorrectlyPartitioned = 2,
    kMissingInternalTopics = 3,
    kShutdownApplication = 4,
    kAssignmentDelayed = 5
};

/// A topic that the application needs and the broker makes.
struct TopicToCreate {
    std::string name;
    std::int32_t partitions = 0;
    std::map<std::string, std::string> configs;
};

/// The topology as it is on this broker's topics (Kafka's InternalTopicManager.configureTopics).
struct ConfiguredTopology {
    /// Why no tasks can be given out, or nothing.
    std::optional<StreamsStatus> trouble;
    std::string detail;
    std::vector<TopicToCreate> missing;
    /// Tasks of each subtopology; empty while there is trouble.
    std::map<std::string, std::int32_t> tasks;
    /// What each subtopology reads, with partitions; for endpoints and subscriptions.
    std::map<std::string, std::map<std::string, std::int32_t>> sources;
    bool operator==(const ConfiguredTopology& other) const {
        return trouble == other.trouble && detail == other.detail && tasks == other.tasks && sources == other.sources;
    }
};

[[nodiscard]] ConfiguredTopology configure(const StreamsTopology& topology, const TopicDirectory& topics);

/// Nothing is wrong with the topology by itself: indexes and patterns make sense. Else why not.
[[nodiscard]] std::string faultOf(const StreamsTopology& topology);

/// topology => epoch:i32 [id:text [source:text] [pattern:text] [sink:text] [repartition:topic] [changelog:topic]
///             [[i16] [i16] [i16]]]       topic => name:text partitions:i32 replication:i16 [key:text value:text]
void writeTopology(ByteWriter& writer, const StreamsTopology& topology);
[[nodiscard]] StreamsTopology readTopology(ByteReader& reader);

}  // namespace weir::groups
