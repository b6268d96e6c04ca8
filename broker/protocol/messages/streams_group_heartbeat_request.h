// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// StreamsGroupHeartbeat joins, keeps alive, assigns and leaves streams groups (KIP-1071). API key 88, version 0.
struct StreamsGroupHeartbeatRequest {
    static constexpr const char* kName = "StreamsGroupHeartbeatRequest";
    static constexpr ApiKey kApiKey = ApiKey::kStreamsGroupHeartbeat;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct KeyValue {
        std::string key{};
        std::string value{};
        UnknownTags unknownTags{};

        bool operator==(const KeyValue&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("key", &KeyValue::key);
            io.field("value", &KeyValue::value);
        }
    };

    struct TopicInfo {
        std::string name{};
        std::int32_t partitions = 0;
        std::int16_t replicationFactor = 0;
        std::vector<KeyValue> topicConfigs{};
        UnknownTags unknownTags{};

        bool operator==(const TopicInfo&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &TopicInfo::name);
            io.field("partitions", &TopicInfo::partitions);
            io.field("replicationFactor", &TopicInfo::replicationFactor);
            io.field("topicConfigs", &TopicInfo::topicConfigs);
        }
    };

    struct CopartitionGroup {
        std::vector<std::int16_t> sourceTopics{};
        std::vector<std::int16_t> sourceTopicRegex{};
        std::vector<std::int16_t> repartitionSourceTopics{};
        UnknownTags unknownTags{};

        bool operator==(const CopartitionGroup&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("sourceTopics", &CopartitionGroup::sourceTopics);
            io.field("sourceTopicRegex", &CopartitionGroup::sourceTopicRegex);
            io.field("repartitionSourceTopics", &CopartitionGroup::repartitionSourceTopics);
        }
    };

    struct Subtopology {
        std::string subtopologyId{};
        std::vector<std::string> sourceTopics{};
        std::vector<std::string> sourceTopicRegex{};
        std::vector<TopicInfo> stateChangelogTopics{};
        std::vector<std::string> repartitionSinkTopics{};
        std::vector<TopicInfo> repartitionSourceTopics{};
        std::vector<CopartitionGroup> copartitionGroups{};
        UnknownTags unknownTags{};

        bool operator==(const Subtopology&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("subtopologyId", &Subtopology::subtopologyId);
            io.field("sourceTopics", &Subtopology::sourceTopics);
            io.field("sourceTopicRegex", &Subtopology::sourceTopicRegex);
            io.field("stateChangelogTopics", &Subtopology::stateChangelogTopics);
            io.field("repartitionSinkTopics", &Subtopology::repartitionSinkTopics);
            io.field("repartitionSourceTopics", &Subtopology::repartitionSourceTopics);
            io.field("copartitionGroups", &Subtopology::copartitionGroups);
        }
    };

    struct Topology {
        std::int32_t epoch = 0;
        std::vector<Subtopology> subtopologies{};
        UnknownTags unknownTags{};

        bool operator==(const Topology&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("epoch", &Topology::epoch);
            io.field("subtopologies", &Topology::subtopologies);
        }
    };

    struct TaskIds {
        std::string subtopologyId{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const TaskIds&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("subtopologyId", &TaskIds::subtopologyId);
            io.field("partitions", &TaskIds::partitions);
        }
    };

    struct Endpoint {
        std::string host{};
        std::uint16_t port = 0;
        UnknownTags unknownTags{};

        bool operator==(const Endpoint&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("host", &Endpoint::host);
            io.field("port", &Endpoint::port);
        }
    };

    struct TaskOffset {
        std::string subtopologyId{};
        PartitionId partition{};
        Offset offset{};
        UnknownTags unknownTags{};

        bool operator==(const TaskOffset&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("subtopologyId", &TaskOffset::subtopologyId);
            io.field("partition", &TaskOffset::partition);
            io.field("offset", &TaskOffset::offset);
        }
    };

    std::string groupId{};
    std::string memberId{};
    std::int32_t memberEpoch = 0;
    std::int32_t endpointInformationEpoch = 0;
    std::optional<std::string> instanceId{};
    std::optional<std::string> rackId{};
    std::int32_t rebalanceTimeoutMs = -1;
    std::optional<Topology> topology{};
    std::optional<std::vector<TaskIds>> activeTasks{};
    std::optional<std::vector<TaskIds>> standbyTasks{};
    std::optional<std::vector<TaskIds>> warmupTasks{};
    std::optional<std::string> processId{};
    std::optional<Endpoint> userEndpoint{};
    std::optional<std::vector<KeyValue>> clientTags{};
    std::optional<std::vector<TaskOffset>> taskOffsets{};
    std::optional<std::vector<TaskOffset>> taskEndOffsets{};
    bool shutdownApplication = false;
    UnknownTags unknownTags{};

    bool operator==(const StreamsGroupHeartbeatRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &StreamsGroupHeartbeatRequest::groupId);
        io.field("memberId", &StreamsGroupHeartbeatRequest::memberId);
        io.field("memberEpoch", &StreamsGroupHeartbeatRequest::memberEpoch);
        io.field("endpointInformationEpoch", &StreamsGroupHeartbeatRequest::endpointInformationEpoch);
        io.field("instanceId", &StreamsGroupHeartbeatRequest::instanceId, always().nullable());
        io.field("rackId", &StreamsGroupHeartbeatRequest::rackId, always().nullable());
        io.field("rebalanceTimeoutMs", &StreamsGroupHeartbeatRequest::rebalanceTimeoutMs);
        io.field("topology", &StreamsGroupHeartbeatRequest::topology, always().nullable());
        io.field("activeTasks", &StreamsGroupHeartbeatRequest::activeTasks, always().nullable());
        io.field("standbyTasks", &StreamsGroupHeartbeatRequest::standbyTasks, always().nullable());
        io.field("warmupTasks", &StreamsGroupHeartbeatRequest::warmupTasks, always().nullable());
        io.field("processId", &StreamsGroupHeartbeatRequest::processId, always().nullable());
        io.field("userEndpoint", &StreamsGroupHeartbeatRequest::userEndpoint, always().nullable());
        io.field("clientTags", &StreamsGroupHeartbeatRequest::clientTags, always().nullable());
        io.field("taskOffsets", &StreamsGroupHeartbeatRequest::taskOffsets, always().nullable());
        io.field("taskEndOffsets", &StreamsGroupHeartbeatRequest::taskEndOffsets, always().nullable());
        io.field("shutdownApplication", &StreamsGroupHeartbeatRequest::shutdownApplication);
    }
};

}  // namespace weir::protocol
