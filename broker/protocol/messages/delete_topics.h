// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/uuid.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// DeleteTopics deletes topics by name or id. API key 20, versions 1 to 6.
struct DeleteTopicsRequest {
    static constexpr const char* kName = "DeleteTopicsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDeleteTopics;
    static constexpr VersionRange kVersions{1, 6};
    static constexpr std::int16_t kFirstFlexible = 4;

    struct DeleteTopicState {
        std::optional<std::string> name{};
        Uuid topicId{};
        UnknownTags unknownTags{};

        bool operator==(const DeleteTopicState&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &DeleteTopicState::name, always().nullable());
            io.field("topicId", &DeleteTopicState::topicId);
        }
    };

    std::vector<DeleteTopicState> topics{};
    std::vector<std::string> topicNames{};
    std::int32_t timeoutMs = 0;
    UnknownTags unknownTags{};

    bool operator==(const DeleteTopicsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("topics", &DeleteTopicsRequest::topics, since(6));
        io.field("topicNames", &DeleteTopicsRequest::topicNames, until(5).ignorable());
        io.field("timeoutMs", &DeleteTopicsRequest::timeoutMs);
    }
};

/// The answer to DeleteTopicsRequest.
struct DeleteTopicsResponse {
    static constexpr const char* kName = "DeleteTopicsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDeleteTopics;
    static constexpr VersionRange kVersions{1, 6};
    static constexpr std::int16_t kFirstFlexible = 4;

    struct DeletableTopicResult {
        std::optional<std::string> name = std::string{};
        Uuid topicId{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage{};
        UnknownTags unknownTags{};

        bool operator==(const DeletableTopicResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &DeletableTopicResult::name, always().nullableSince(6));
            io.field("topicId", &DeletableTopicResult::topicId, since(6).ignorable());
            io.field("errorCode", &DeletableTopicResult::errorCode);
            io.field("errorMessage", &DeletableTopicResult::errorMessage, since(5).nullable().ignorable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<DeletableTopicResult> responses{};
    UnknownTags unknownTags{};

    bool operator==(const DeleteTopicsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DeleteTopicsResponse::throttleTimeMs);
        io.field("responses", &DeleteTopicsResponse::responses);
    }
};

}  // namespace weir::protocol
