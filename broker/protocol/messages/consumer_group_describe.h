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

/// ConsumerGroupDescribe shows consumer groups with their members and assignments (KIP-848). API key 69, versions 0
/// to 1.
struct ConsumerGroupDescribeRequest {
    static constexpr const char* kName = "ConsumerGroupDescribeRequest";
    static constexpr ApiKey kApiKey = ApiKey::kConsumerGroupDescribe;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = 0;

    std::vector<std::string> groupIds{};
    bool includeAuthorizedOperations = false;
    UnknownTags unknownTags{};

    bool operator==(const ConsumerGroupDescribeRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupIds", &ConsumerGroupDescribeRequest::groupIds);
        io.field("includeAuthorizedOperations", &ConsumerGroupDescribeRequest::includeAuthorizedOperations);
    }
};

/// The answer to ConsumerGroupDescribeRequest.
struct ConsumerGroupDescribeResponse {
    static constexpr const char* kName = "ConsumerGroupDescribeResponse";
    static constexpr ApiKey kApiKey = ApiKey::kConsumerGroupDescribe;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct TopicPartitions {
        Uuid topicId{};
        std::string topicName{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const TopicPartitions&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicId", &TopicPartitions::topicId);
            io.field("topicName", &TopicPartitions::topicName);
            io.field("partitions", &TopicPartitions::partitions);
        }
    };

    struct Assignment {
        std::vector<TopicPartitions> topicPartitions{};
        UnknownTags unknownTags{};

        bool operator==(const Assignment&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicPartitions", &Assignment::topicPartitions);
        }
    };

    struct Member {
        std::string memberId{};
        std::optional<std::string> instanceId{};
        std::optional<std::string> rackId{};
        std::int32_t memberEpoch = 0;
        std::string clientId{};
        std::string clientHost{};
        std::vector<std::string> subscribedTopicNames{};
        std::optional<std::string> subscribedTopicRegex{};
        Assignment assignment{};
        Assignment targetAssignment{};
        std::int8_t memberType = -1;
        UnknownTags unknownTags{};

        bool operator==(const Member&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("memberId", &Member::memberId);
            io.field("instanceId", &Member::instanceId, always().nullable());
            io.field("rackId", &Member::rackId, always().nullable());
            io.field("memberEpoch", &Member::memberEpoch);
            io.field("clientId", &Member::clientId);
            io.field("clientHost", &Member::clientHost);
            io.field("subscribedTopicNames", &Member::subscribedTopicNames);
            io.field("subscribedTopicRegex", &Member::subscribedTopicRegex, always().nullable());
            io.field("assignment", &Member::assignment);
            io.field("targetAssignment", &Member::targetAssignment);
            io.field("memberType", &Member::memberType, since(1).ignorable());
        }
    };

    struct DescribedGroup {
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage{};
        std::string groupId{};
        std::string groupState{};
        std::int32_t groupEpoch = 0;
        std::int32_t assignmentEpoch = 0;
        std::string assignorName{};
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
            io.field("assignorName", &DescribedGroup::assignorName);
            io.field("members", &DescribedGroup::members);
            io.field("authorizedOperations", &DescribedGroup::authorizedOperations);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<DescribedGroup> groups{};
    UnknownTags unknownTags{};

    bool operator==(const ConsumerGroupDescribeResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &ConsumerGroupDescribeResponse::throttleTimeMs);
        io.field("groups", &ConsumerGroupDescribeResponse::groups);
    }
};

}  // namespace weir::protocol
