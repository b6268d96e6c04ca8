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

/// JoinGroup makes a client a member of a classic group and waits until all members have joined. API key 11,
/// versions 0 to 9.
struct JoinGroupRequest {
    static constexpr const char* kName = "JoinGroupRequest";
    static constexpr ApiKey kApiKey = ApiKey::kJoinGroup;
    static constexpr VersionRange kVersions{0, 9};
    static constexpr std::int16_t kFirstFlexible = 6;

    struct JoinGroupRequestProtocol {
        std::string name{};
        Bytes metadata{};
        UnknownTags unknownTags{};

        bool operator==(const JoinGroupRequestProtocol&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &JoinGroupRequestProtocol::name);
            io.field("metadata", &JoinGroupRequestProtocol::metadata);
        }
    };

    std::string groupId{};
    std::int32_t sessionTimeoutMs = 0;
    std::int32_t rebalanceTimeoutMs = -1;
    std::string memberId{};
    std::optional<std::string> groupInstanceId{};
    std::string protocolType{};
    std::vector<JoinGroupRequestProtocol> protocols{};
    std::optional<std::string> reason{};
    UnknownTags unknownTags{};

    bool operator==(const JoinGroupRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupId", &JoinGroupRequest::groupId);
        io.field("sessionTimeoutMs", &JoinGroupRequest::sessionTimeoutMs);
        io.field("rebalanceTimeoutMs", &JoinGroupRequest::rebalanceTimeoutMs, since(1).ignorable());
        io.field("memberId", &JoinGroupRequest::memberId);
        io.field("groupInstanceId", &JoinGroupRequest::groupInstanceId, since(5).nullable());
        io.field("protocolType", &JoinGroupRequest::protocolType);
        io.field("protocols", &JoinGroupRequest::protocols);
        io.field("reason", &JoinGroupRequest::reason, since(8).nullable().ignorable());
    }
};

/// The answer to JoinGroupRequest.
struct JoinGroupResponse {
    static constexpr const char* kName = "JoinGroupResponse";
    static constexpr ApiKey kApiKey = ApiKey::kJoinGroup;
    static constexpr VersionRange kVersions{0, 9};
    static constexpr std::int16_t kFirstFlexible = 6;

    struct JoinGroupResponseMember {
        std::string memberId{};
        std::optional<std::string> groupInstanceId{};
        Bytes metadata{};
        UnknownTags unknownTags{};

        bool operator==(const JoinGroupResponseMember&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("memberId", &JoinGroupResponseMember::memberId);
            io.field("groupInstanceId", &JoinGroupResponseMember::groupInstanceId, since(5).nullable().ignorable());
            io.field("metadata", &JoinGroupResponseMember::metadata);
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    GenerationId generationId{-1};
    std::optional<std::string> protocolType{};
    std::optional<std::string> protocolName = std::string{};
    std::string leader{};
    bool skipAssignment = false;
    std::string memberId{};
    std::vector<JoinGroupResponseMember> members{};
    UnknownTags unknownTags{};

    bool operator==(const JoinGroupResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &JoinGroupResponse::throttleTimeMs, since(2).ignorable());
        io.field("errorCode", &JoinGroupResponse::errorCode);
        io.field("generationId", &JoinGroupResponse::generationId);
        io.field("protocolType", &JoinGroupResponse::protocolType, since(7).nullable().ignorable());
        io.field("protocolName", &JoinGroupResponse::protocolName, always().nullableSince(7));
        io.field("leader", &JoinGroupResponse::leader);
        io.field("skipAssignment", &JoinGroupResponse::skipAssignment, since(9));
        io.field("memberId", &JoinGroupResponse::memberId);
        io.field("members", &JoinGroupResponse::members);
    }
};

}  // namespace weir::protocol
