// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// The answer to StreamsGroupDescribeRequest.
struct StreamsGroupDescribeResponse {
    static constexpr const char* kName = "StreamsGroupDescribeResponse";
    static constexpr ApiKey kApiKey = ApiKey::kStreamsGroupDescribe;
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

    struct Subtopology {
        std::string subtopologyId{};
        std::vector<std::string> sourceTopics{};
        std::vector<std::string> repartitionSinkTopics{};
        std::vector<TopicInfo> stateChangelogTopics{};
        std::vector<TopicInfo> repartitionSourceTopics{};
        UnknownTags unknownTags{};

        bool operator==(const Subtopology&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("subtopologyId", &Subtopology::subtopologyId);
            io.field("sourceTopics", &Subtopology::sourceTopics);
            io.field("repartitionSinkTopics", &Subtopology::repartitionSinkTopics);
            io.field("stateChangelogTopics", &Subtopology::stateChangelogTopics);
            io.field("repartitionSourceTopics", &Subtopology::repartitionSourceTopics);
        }
    };

    struct Topology {
        std::int32_t epoch = 0;
        std::optional<std::vector<Subtopology>> subtopologies{};
        UnknownTags unknownTags{};

        bool operator==(const Topology&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("epoch", &Topology::epoch);
            io.field("subtopologies", &Topology::subtopologies, always().nullable());
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

    struct Assignment {
        std::vector<TaskIds> activeTasks{};
        std::vector<TaskIds> standbyTasks{};
        std::vector<TaskIds> warmupTasks{};
        UnknownTags unknownTags{};

        bool operator==(const Assignment&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("activeTasks", &Assignment::activeTasks);
            io.field("standbyTasks", &Assignment::standbyTasks);
            io.field("warmupTasks", &Assignment::warmupTasks);
        }
    };

    struct Member {
        std::string memberId{};
        std::int32_t memberEpoch = 0;
        std::optional<std::string> instanceId{};
        std::optional<std::string> rackId{};
        std::string clientId{};
        std::string clientHost{};
        std::int32_t topologyEpoch = 0;
        std::string processId{};
        std::optional<Endpoint> userEndpoint{};
        std::vector<KeyValue> clientTags{};
        std::vector<TaskOffset> taskOffsets{};
        std::vector<TaskOffset> taskEndOffsets{};
        Assignment assignment{};
        Assignment targetAssignment{};
        bool isClassic = false;
        UnknownTags unknownTags{};

        bool operator==(const Member&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("memberId", &Member::memberId);
            io.field("memberEpoch", &Member::memberEpoch);
            io.field("instanceId", &Member::instanceId, always().nullable());
            io.field("rackId", &Member::rackId, always().nullable());
            io.field("clientId", &Member::clientId);
            io.field("clientHost", &Member::clientHost);
            io.field("topologyEpoch", &Member::topologyEpoch);
            io.field("processId", &Member::processId);
            io.field("userEndpoint", &Member::userEndpoint, always().nullable());
            io.field("clientTags", &Member::clientTags);
            io.field("taskOffsets", &Member::taskOffsets);
            io.field("taskEndOffsets", &Member::taskEndOffsets);
            io.field("assignment", &Member::assignment);
            io.field("targetAssignment", &Member::targetAssignment);
            io.field("isClassic", &Member::isClassic);
        }
    };

    struct DescribedGroup {
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage{};
        std::string groupId{};
        std::string groupState{};
        std::int32_t groupEpoch = 0;
        std::int32_t assignmentEpoch = 0;
        std::optional<Topology> topology{};
        std::vector<Member> members{};
        std::int32_t authorizedOperations = std::numeric_limits<std::int32_t>::min();
        UnknownTags unknownTags{};

        bool operator==(const DescribedGroup&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &DescribedGroup::errorCode);
            io.field("errorMessage", &DescribedGroup::errorMessage, always().nullable());
            io.field("groupId", &DescribedGroup::groupId);
            io.field("groupState", &DescribedGroup::groupState);
            io.field("groupEpoch", &DescribedGroup::groupEpoch);
            io.field("assignmentEpoch", &DescribedGroup::assignmentEpoch);
            io.field("topology", &DescribedGroup::topology, always().nullable());
            io.field("members", &DescribedGroup::members);
            io.field("authorizedOperations", &DescribedGroup::authorizedOperations);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<DescribedGroup> groups{};
    UnknownTags unknownTags{};

    bool operator==(const StreamsGroupDescribeResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &StreamsGroupDescribeResponse::throttleTimeMs);
        io.field("groups", &StreamsGroupDescribeResponse::groups);
    }
};

}  // namespace weir::protocol
