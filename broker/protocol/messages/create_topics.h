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

/// CreateTopics creates topics, or only says whether it could. API key 19, versions 2 to 7.
struct CreateTopicsRequest {
    static constexpr const char* kName = "CreateTopicsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kCreateTopics;
    static constexpr VersionRange kVersions{2, 7};
    static constexpr std::int16_t kFirstFlexible = 5;

    struct CreatableReplicaAssignment {
        PartitionId partitionIndex{};
        std::vector<BrokerId> brokerIds{};
        UnknownTags unknownTags{};

        bool operator==(const CreatableReplicaAssignment&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &CreatableReplicaAssignment::partitionIndex);
            io.field("brokerIds", &CreatableReplicaAssignment::brokerIds);
        }
    };

    struct CreatableTopicConfig {
        std::string name{};
        std::optional<std::string> value = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const CreatableTopicConfig&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &CreatableTopicConfig::name);
            io.field("value", &CreatableTopicConfig::value, always().nullable());
        }
    };

    struct CreatableTopic {
        std::string name{};
        std::int32_t numPartitions = 0;
        std::int16_t replicationFactor = 0;
        std::vector<CreatableReplicaAssignment> assignments{};
        std::vector<CreatableTopicConfig> configs{};
        UnknownTags unknownTags{};

        bool operator==(const CreatableTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &CreatableTopic::name);
            io.field("numPartitions", &CreatableTopic::numPartitions);
            io.field("replicationFactor", &CreatableTopic::replicationFactor);
            io.field("assignments", &CreatableTopic::assignments);
            io.field("configs", &CreatableTopic::configs);
        }
    };

    std::vector<CreatableTopic> topics{};
    std::int32_t timeoutMs = 60000;
    bool validateOnly = false;
    UnknownTags unknownTags{};

    bool operator==(const CreateTopicsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("topics", &CreateTopicsRequest::topics);
        io.field("timeoutMs", &CreateTopicsRequest::timeoutMs);
        io.field("validateOnly", &CreateTopicsRequest::validateOnly);
    }
};

/// The answer to CreateTopicsRequest.
struct CreateTopicsResponse {
    static constexpr const char* kName = "CreateTopicsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kCreateTopics;
    static constexpr VersionRange kVersions{2, 7};
    static constexpr std::int16_t kFirstFlexible = 5;

    struct CreatableTopicConfigs {
        std::string name{};
        std::optional<std::string> value = std::string{};
        bool readOnly = false;
        std::int8_t configSource = -1;
        bool isSensitive = false;
        UnknownTags unknownTags{};

        bool operator==(const CreatableTopicConfigs&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &CreatableTopicConfigs::name);
            io.field("value", &CreatableTopicConfigs::value, always().nullable());
            io.field("readOnly", &CreatableTopicConfigs::readOnly);
            io.field("configSource", &CreatableTopicConfigs::configSource);
            io.field("isSensitive", &CreatableTopicConfigs::isSensitive);
        }
    };

    struct CreatableTopicResult {
        std::string name{};
        Uuid topicId{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        ErrorCode topicConfigErrorCode{};
        std::int32_t numPartitions = -1;
        std::int16_t replicationFactor = -1;
        std::optional<std::vector<CreatableTopicConfigs>> configs = std::vector<CreatableTopicConfigs>{};
        UnknownTags unknownTags{};

        bool operator==(const CreatableTopicResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &CreatableTopicResult::name);
            io.field("topicId", &CreatableTopicResult::topicId, since(7).ignorable());
            io.field("errorCode", &CreatableTopicResult::errorCode);
            io.field("errorMessage", &CreatableTopicResult::errorMessage, always().nullable());
            io.field("numPartitions", &CreatableTopicResult::numPartitions, since(5).ignorable());
            io.field("replicationFactor", &CreatableTopicResult::replicationFactor, since(5).ignorable());
            io.field("configs", &CreatableTopicResult::configs, since(5).nullable().ignorable());
            io.tagged(0, "topicConfigErrorCode", &CreatableTopicResult::topicConfigErrorCode, since(5).ignorable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<CreatableTopicResult> topics{};
    UnknownTags unknownTags{};

    bool operator==(const CreateTopicsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &CreateTopicsResponse::throttleTimeMs);
        io.field("topics", &CreateTopicsResponse::topics);
    }
};

}  // namespace weir::protocol
