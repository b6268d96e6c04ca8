// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// ListGroups lists groups by state and type. API key 16, versions 0 to 5.
struct ListGroupsRequest {
    static constexpr const char* kName = "ListGroupsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kListGroups;
    static constexpr VersionRange kVersions{0, 5};
    static constexpr std::int16_t kFirstFlexible = 3;

    std::vector<std::string> statesFilter{};
    std::vector<std::string> typesFilter{};
    UnknownTags unknownTags{};

    bool operator==(const ListGroupsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("statesFilter", &ListGroupsRequest::statesFilter, since(4));
        io.field("typesFilter", &ListGroupsRequest::typesFilter, since(5));
    }
};

/// The answer to ListGroupsRequest.
struct ListGroupsResponse {
    static constexpr const char* kName = "ListGroupsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kListGroups;
    static constexpr VersionRange kVersions{0, 5};
    static constexpr std::int16_t kFirstFlexible = 3;

    struct ListedGroup {
        std::string groupId{};
        std::string protocolType{};
        std::string groupState{};
        std::string groupType{};
        UnknownTags unknownTags{};

        bool operator==(const ListedGroup&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("groupId", &ListedGroup::groupId);
            io.field("protocolType", &ListedGroup::protocolType);
            io.field("groupState", &ListedGroup::groupState, since(4).ignorable());
            io.field("groupType", &ListedGroup::groupType, since(5).ignorable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::vector<ListedGroup> groups{};
    UnknownTags unknownTags{};

    bool operator==(const ListGroupsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &ListGroupsResponse::throttleTimeMs, since(1).ignorable());
        io.field("errorCode", &ListGroupsResponse::errorCode);
        io.field("groups", &ListGroupsResponse::groups);
    }
};

}  // namespace weir::protocol
