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

/// DeleteAcls removes access rules that match filters. API key 31, versions 1 to 3.
struct DeleteAclsRequest {
    static constexpr const char* kName = "DeleteAclsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDeleteAcls;
    static constexpr VersionRange kVersions{1, 3};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct DeleteAclsFilter {
        std::int8_t resourceTypeFilter = 0;
        std::optional<std::string> resourceNameFilter = std::string{};
        std::int8_t patternTypeFilter = 3;
        std::optional<std::string> principalFilter = std::string{};
        std::optional<std::string> hostFilter = std::string{};
        std::int8_t operation = 0;
        std::int8_t permissionType = 0;
        UnknownTags unknownTags{};

        bool operator==(const DeleteAclsFilter&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("resourceTypeFilter", &DeleteAclsFilter::resourceTypeFilter);
            io.field("resourceNameFilter", &DeleteAclsFilter::resourceNameFilter, always().nullable());
            io.field("patternTypeFilter", &DeleteAclsFilter::patternTypeFilter);
            io.field("principalFilter", &DeleteAclsFilter::principalFilter, always().nullable());
            io.field("hostFilter", &DeleteAclsFilter::hostFilter, always().nullable());
            io.field("operation", &DeleteAclsFilter::operation);
            io.field("permissionType", &DeleteAclsFilter::permissionType);
        }
    };

    std::vector<DeleteAclsFilter> filters{};
    UnknownTags unknownTags{};

    bool operator==(const DeleteAclsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("filters", &DeleteAclsRequest::filters);
    }
};

/// The answer to DeleteAclsRequest.
struct DeleteAclsResponse {
    static constexpr const char* kName = "DeleteAclsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDeleteAcls;
    static constexpr VersionRange kVersions{1, 3};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct DeleteAclsMatchingAcl {
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        std::int8_t resourceType = 0;
        std::string resourceName{};
        std::int8_t patternType = 3;
        std::string principal{};
        std::string host{};
        std::int8_t operation = 0;
        std::int8_t permissionType = 0;
        UnknownTags unknownTags{};

        bool operator==(const DeleteAclsMatchingAcl&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &DeleteAclsMatchingAcl::errorCode);
            io.field("errorMessage", &DeleteAclsMatchingAcl::errorMessage, always().nullable());
            io.field("resourceType", &DeleteAclsMatchingAcl::resourceType);
            io.field("resourceName", &DeleteAclsMatchingAcl::resourceName);
            io.field("patternType", &DeleteAclsMatchingAcl::patternType);
            io.field("principal", &DeleteAclsMatchingAcl::principal);
            io.field("host", &DeleteAclsMatchingAcl::host);
            io.field("operation", &DeleteAclsMatchingAcl::operation);
            io.field("permissionType", &DeleteAclsMatchingAcl::permissionType);
        }
    };

    struct DeleteAclsFilterResult {
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        std::vector<DeleteAclsMatchingAcl> matchingAcls{};
        UnknownTags unknownTags{};

        bool operator==(const DeleteAclsFilterResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &DeleteAclsFilterResult::errorCode);
            io.field("errorMessage", &DeleteAclsFilterResult::errorMessage, always().nullable());
            io.field("matchingAcls", &DeleteAclsFilterResult::matchingAcls);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<DeleteAclsFilterResult> filterResults{};
    UnknownTags unknownTags{};

    bool operator==(const DeleteAclsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DeleteAclsResponse::throttleTimeMs);
        io.field("filterResults", &DeleteAclsResponse::filterResults);
    }
};

}  // namespace weir::protocol
