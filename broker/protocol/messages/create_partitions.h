// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// CreatePartitions gives topics more partitions. API key 37, versions 0 to 3.
struct CreatePartitionsRequest {
    static constexpr const char* kName = "CreatePartitionsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kCreatePartitions;
    static constexpr VersionRange kVersions{0, 3};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct CreatePartitionsAssignment {
        std::vector<BrokerId> brokerIds{};
        UnknownTags unknownTags{};

        bool operator==(const CreatePartitionsAssignment&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("brokerIds", &CreatePartitionsAssignment::brokerIds);
        }
    };

    struct CreatePartitionsTopic {
        std::string name{};
        std::int32_t count = 0;
        std::optional<std::vector<CreatePartitionsAssignment>> assignments = std::vector<CreatePartitionsAssignment>{};
        UnknownTags unknownTags{};

        bool operator==(const CreatePartitionsTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &CreatePartitionsTopic::name);
            io.field("count", &CreatePartitionsTopic::count);
            io.field("assignments", &CreatePartitionsTopic::assignments, always().nullable());
        }
    };

    std::vector<CreatePartitionsTopic> topics{};
    std::int32_t timeoutMs = 0;
    bool validateOnly = false;
    UnknownTags unknownTags{};

    bool operator==(const CreatePartitionsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("topics", &CreatePartitionsRequest::topics);
        io.field("timeoutMs", &CreatePartitionsRequest::timeoutMs);
        io.field("validateOnly", &CreatePartitionsRequest::validateOnly);
    }
};

/// The answer to CreatePartitionsRequest.
struct CreatePartitionsResponse {
    static constexpr const char* kName = "CreatePartitionsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kCreatePartitions;
    static constexpr VersionRange kVersions{0, 3};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct CreatePartitionsTopicResult {
        std::string name{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage{};
        UnknownTags unknownTags{};

        bool operator==(const CreatePartitionsTopicResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &CreatePartitionsTopicResult::name);
            io.field("errorCode", &CreatePartitionsTopicResult::errorCode);
            io.field("errorMessage", &CreatePartitionsTopicResult::errorMessage, always().nullable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<CreatePartitionsTopicResult> results{};
    UnknownTags unknownTags{};

    bool operator==(const CreatePartitionsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &CreatePartitionsResponse::throttleTimeMs);
        io.field("results", &CreatePartitionsResponse::results);
    }
};

}  // namespace weir::protocol
