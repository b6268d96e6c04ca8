// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// LeaveGroup takes members out of a classic group. API key 13, versions 0 to 5.
struct LeaveGroupRequest {
    static constexpr const char* kName = "LeaveGroupRequest";
    static constexpr ApiKey kApiKey = ApiKey::kLeaveGroup;
    static constexpr VersionRange kVersions{0, 5};
    static constexpr std::int16_t kFirstFlexible = 4;

    struct MemberIdentity {
        std::string memberId{};
        std::optional<std::string> groupInstanceId{};
        std::optional<std::string> reason{};
        UnknownTags unknownTags{};

        bool operator==(const MemberIdentity&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("memberId", &MemberIdentity::memberId);
            io.field("groupInstanceId", &MemberIdentity::groupInstanceId, always().nullable());
            io.field("reason", &MemberIdentity::reason, since(5).nullable().ignorable());
        }
    };

    std::string groupId{};
    std::string memberId{};
    std::vector<MemberIdentity> members{};
    UnknownTags unknownTags{};

    bool operator==(const LeaveGroupRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &LeaveGroupRequest::groupId);
        io.field("memberId", &LeaveGroupRequest::memberId, until(2));
        io.field("members", &LeaveGroupRequest::members, since(3));
    }
};

/// The answer to LeaveGroupRequest.
struct LeaveGroupResponse {
    static constexpr const char* kName = "LeaveGroupResponse";
    static constexpr ApiKey kApiKey = ApiKey::kLeaveGroup;
    static constexpr VersionRange kVersions{0, 5};
    static constexpr std::int16_t kFirstFlexible = 4;

    struct MemberResponse {
        std::string memberId{};
        std::optional<std::string> groupInstanceId = std::string{};
        ErrorCode errorCode{};
        UnknownTags unknownTags{};

        bool operator==(const MemberResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("memberId", &MemberResponse::memberId);
            io.field("groupInstanceId", &MemberResponse::groupInstanceId, always().nullable());
            io.field("errorCode", &MemberResponse::errorCode);
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::vector<MemberResponse> members{};
    UnknownTags unknownTags{};

    bool operator==(const LeaveGroupResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &LeaveGroupResponse::throttleTimeMs, since(1).ignorable());
        io.field("errorCode", &LeaveGroupResponse::errorCode);
        io.field("members", &LeaveGroupResponse::members, since(3));
    }
};

}  // namespace weir::protocol
