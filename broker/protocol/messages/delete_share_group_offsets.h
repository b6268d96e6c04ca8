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

/// DeleteShareGroupOffsets forgets where a share group starts reading. API key 92, version 0.
struct DeleteShareGroupOffsetsRequest {
    static constexpr const char* kName = "DeleteShareGroupOffsetsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDeleteShareGroupOffsets;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct DeleteShareGroupOffsetsRequestTopic {
        std::string topicName{};
        UnknownTags unknownTags{};

        bool operator==(const DeleteShareGroupOffsetsRequestTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicName", &DeleteShareGroupOffsetsRequestTopic::topicName);
        }
    };

    std::string groupId{};
    std::vector<DeleteShareGroupOffsetsRequestTopic> topics{};
    UnknownTags unknownTags{};

    bool operator==(const DeleteShareGroupOffsetsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &DeleteShareGroupOffsetsRequest::groupId);
        io.field("topics", &DeleteShareGroupOffsetsRequest::topics);
    }
};

/// The answer to DeleteShareGroupOffsetsRequest.
struct DeleteShareGroupOffsetsResponse {
    static constexpr const char* kName = "DeleteShareGroupOffsetsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDeleteShareGroupOffsets;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct DeleteShareGroupOffsetsResponseTopic {
        std::string topicName{};
        Uuid topicId{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage{};
        UnknownTags unknownTags{};

        bool operator==(const DeleteShareGroupOffsetsResponseTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topicName", &DeleteShareGroupOffsetsResponseTopic::topicName);
            io.field("topicId", &DeleteShareGroupOffsetsResponseTopic::topicId);
            io.field("errorCode", &DeleteShareGroupOffsetsResponseTopic::errorCode);
            io.field("errorMessage", &DeleteShareGroupOffsetsResponseTopic::errorMessage, always().nullable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage{};
    std::vector<DeleteShareGroupOffsetsResponseTopic> responses{};
    UnknownTags unknownTags{};

    bool operator==(const DeleteShareGroupOffsetsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DeleteShareGroupOffsetsResponse::throttleTimeMs);
        io.field("errorCode", &DeleteShareGroupOffsetsResponse::errorCode);
        io.field("errorMessage", &DeleteShareGroupOffsetsResponse::errorMessage, always().nullable());
        io.field("responses", &DeleteShareGroupOffsetsResponse::responses);
    }
};

}  // namespace weir::protocol
