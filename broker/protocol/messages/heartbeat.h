// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// Heartbeat keeps a member of a classic group alive. API key 12, versions 0 to 4.
struct HeartbeatRequest {
    static constexpr const char* kName = "HeartbeatRequest";
    static constexpr ApiKey kApiKey = ApiKey::kHeartbeat;
    static constexpr VersionRange kVersions{0, 4};
    static constexpr std::int16_t kFirstFlexible = 4;

    std::string groupId{};
    GenerationId generationId{};
    std::string memberId{};
    std::optional<std::string> groupInstanceId{};
    UnknownTags unknownTags{};

    bool operator==(const HeartbeatRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &HeartbeatRequest::groupId);
        io.field("generationId", &HeartbeatRequest::generationId);
        io.field("memberId", &HeartbeatRequest::memberId);
        io.field("groupInstanceId", &HeartbeatRequest::groupInstanceId, since(3).nullable());
    }
};

/// The answer to HeartbeatRequest.
struct HeartbeatResponse {
    static constexpr const char* kName = "HeartbeatResponse";
    static constexpr ApiKey kApiKey = ApiKey::kHeartbeat;
    static constexpr VersionRange kVersions{0, 4};
    static constexpr std::int16_t kFirstFlexible = 4;

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    UnknownTags unknownTags{};

    bool operator==(const HeartbeatResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &HeartbeatResponse::throttleTimeMs, since(1).ignorable());
        io.field("errorCode", &HeartbeatResponse::errorCode);
    }
};

}  // namespace weir::protocol
