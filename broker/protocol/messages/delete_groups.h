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

/// DeleteGroups deletes groups that have no members. API key 42, versions 0 to 2.
struct DeleteGroupsRequest {
    static constexpr const char* kName = "DeleteGroupsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDeleteGroups;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    std::vector<std::string> groupsNames{};
    UnknownTags unknownTags{};

    bool operator==(const DeleteGroupsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupsNames", &DeleteGroupsRequest::groupsNames);
    }
};

/// The answer to DeleteGroupsRequest.
struct DeleteGroupsResponse {
    static constexpr const char* kName = "DeleteGroupsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDeleteGroups;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct DeletableGroupResult {
        std::string groupId{};
        ErrorCode errorCode{};
        UnknownTags unknownTags{};

        bool operator==(const DeletableGroupResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("groupId", &DeletableGroupResult::groupId);
            io.field("errorCode", &DeletableGroupResult::errorCode);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<DeletableGroupResult> results{};
    UnknownTags unknownTags{};

    bool operator==(const DeleteGroupsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DeleteGroupsResponse::throttleTimeMs);
        io.field("results", &DeleteGroupsResponse::results);
    }
};

}  // namespace weir::protocol
