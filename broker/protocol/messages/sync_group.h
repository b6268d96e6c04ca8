// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// SyncGroup carries the leader's assignment to every member of a classic group. API key 14, versions 0 to 5.
struct SyncGroupRequest {
    static constexpr const char* kName = "SyncGroupRequest";
    static constexpr ApiKey kApiKey = ApiKey::kSyncGroup;
    static constexpr VersionRange kVersions{0, 5};
    static constexpr std::int16_t kFirstFlexible = 4;

    struct SyncGroupRequestAssignment {
        std::string memberId{};
        Bytes assignment{};
        UnknownTags unknownTags{};

        bool operator==(const SyncGroupRequestAssignment&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("memberId", &SyncGroupRequestAssignment::memberId);
            io.field("assignment", &SyncGroupRequestAssignment::assignment);
        }
    };

    std::string groupId{};
    GenerationId generationId{};
    std::string memberId{};
    std::optional<std::string> groupInstanceId{};
    std::optional<std::string> protocolType{};
    std::optional<std::string> protocolName{};
    std::vector<SyncGroupRequestAssignment> assignments{};
    UnknownTags unknownTags{};

    bool operator==(const SyncGroupRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &SyncGroupRequest::groupId);
        io.field("generationId", &SyncGroupRequest::generationId);
        io.field("memberId", &SyncGroupRequest::memberId);
        io.field("groupInstanceId", &SyncGroupRequest::groupInstanceId, since(3).nullable());
        io.field("protocolType", &SyncGroupRequest::protocolType, since(5).nullable().ignorable());
        io.field("protocolName", &SyncGroupRequest::protocolName, since(5).nullable().ignorable());
        io.field("assignments", &SyncGroupRequest::assignments);
    }
};

/// The answer to SyncGroupRequest.
struct SyncGroupResponse {
    static constexpr const char* kName = "SyncGroupResponse";
    static constexpr ApiKey kApiKey = ApiKey::kSyncGroup;
    static constexpr VersionRange kVersions{0, 5};
    static constexpr std::int16_t kFirstFlexible = 4;

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> protocolType{};
    std::optional<std::string> protocolName{};
    Bytes assignment{};
    UnknownTags unknownTags{};

    bool operator==(const SyncGroupResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &SyncGroupResponse::throttleTimeMs, since(1).ignorable());
        io.field("errorCode", &SyncGroupResponse::errorCode);
        io.field("protocolType", &SyncGroupResponse::protocolType, since(5).nullable().ignorable());
        io.field("protocolName", &SyncGroupResponse::protocolName, since(5).nullable().ignorable());
        io.field("assignment", &SyncGroupResponse::assignment);
    }
};

}  // namespace weir::protocol
