// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// DescribeGroups shows classic groups with their members and assignments. API key 15, versions 0 to 6.
struct DescribeGroupsRequest {
    static constexpr const char* kName = "DescribeGroupsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeGroups;
    static constexpr VersionRange kVersions{0, 6};
    static constexpr std::int16_t kFirstFlexible = 5;

    std::vector<std::string> groups{};
    bool includeAuthorizedOperations = false;
    UnknownTags unknownTags{};

    bool operator==(const DescribeGroupsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groups", &DescribeGroupsRequest::groups);
        io.field("includeAuthorizedOperations", &DescribeGroupsRequest::includeAuthorizedOperations, since(3));
    }
};

/// The answer to DescribeGroupsRequest.
struct DescribeGroupsResponse {
    static constexpr const char* kName = "DescribeGroupsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeGroups;
    static constexpr VersionRange kVersions{0, 6};
    static constexpr std::int16_t kFirstFlexible = 5;

    struct DescribedGroupMember {
        std::string memberId{};
        std::optional<std::string> groupInstanceId{};
        std::string clientId{};
        std::string clientHost{};
        Bytes memberMetadata{};
        Bytes memberAssignment{};
        UnknownTags unknownTags{};

        bool operator==(const DescribedGroupMember&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("memberId", &DescribedGroupMember::memberId);
            io.field("groupInstanceId", &DescribedGroupMember::groupInstanceId, since(4).nullable().ignorable());
            io.field("clientId", &DescribedGroupMember::clientId);
            io.field("clientHost", &DescribedGroupMember::clientHost);
            io.field("memberMetadata", &DescribedGroupMember::memberMetadata);
            io.field("memberAssignment", &DescribedGroupMember::memberAssignment);
        }
    };

    struct DescribedGroup {
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage{};
        std::string groupId{};
        std::string groupState{};
        std::string protocolType{};
        std::string protocolData{};
        std::vector<DescribedGroupMember> members{};
        std::int32_t authorizedOperations = std::numeric_limits<std::int32_t>::min();
        UnknownTags unknownTags{};

        bool operator==(const DescribedGroup&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &DescribedGroup::errorCode);
            io.field("errorMessage", &DescribedGroup::errorMessage, since(6).nullable());
            io.field("groupId", &DescribedGroup::groupId);
            io.field("groupState", &DescribedGroup::groupState);
            io.field("protocolType", &DescribedGroup::protocolType);
            io.field("protocolData", &DescribedGroup::protocolData);
            io.field("members", &DescribedGroup::members);
            io.field("authorizedOperations", &DescribedGroup::authorizedOperations, since(3));
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<DescribedGroup> groups{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeGroupsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DescribeGroupsResponse::throttleTimeMs, since(1).ignorable());
        io.field("groups", &DescribeGroupsResponse::groups);
    }
};

}  // namespace weir::protocol
