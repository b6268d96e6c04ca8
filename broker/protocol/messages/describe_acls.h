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

/// DescribeAcls lists access rules that match a filter. API key 29, versions 1 to 3.
struct DescribeAclsRequest {
    static constexpr const char* kName = "DescribeAclsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeAcls;
    static constexpr VersionRange kVersions{1, 3};
    static constexpr std::int16_t kFirstFlexible = 2;

    std::int8_t resourceTypeFilter = 0;
    std::optional<std::string> resourceNameFilter = std::string{};
    std::int8_t patternTypeFilter = 3;
    std::optional<std::string> principalFilter = std::string{};
    std::optional<std::string> hostFilter = std::string{};
    std::int8_t operation = 0;
    std::int8_t permissionType = 0;
    UnknownTags unknownTags{};

    bool operator==(const DescribeAclsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("resourceTypeFilter", &DescribeAclsRequest::resourceTypeFilter);
        io.field("resourceNameFilter", &DescribeAclsRequest::resourceNameFilter, always().nullable());
        io.field("patternTypeFilter", &DescribeAclsRequest::patternTypeFilter);
        io.field("principalFilter", &DescribeAclsRequest::principalFilter, always().nullable());
        io.field("hostFilter", &DescribeAclsRequest::hostFilter, always().nullable());
        io.field("operation", &DescribeAclsRequest::operation);
        io.field("permissionType", &DescribeAclsRequest::permissionType);
    }
};

/// The answer to DescribeAclsRequest.
struct DescribeAclsResponse {
    static constexpr const char* kName = "DescribeAclsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeAcls;
    static constexpr VersionRange kVersions{1, 3};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct AclDescription {
        std::string principal{};
        std::string host{};
        std::int8_t operation = 0;
        std::int8_t permissionType = 0;
        UnknownTags unknownTags{};

        bool operator==(const AclDescription&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("principal", &AclDescription::principal);
            io.field("host", &AclDescription::host);
            io.field("operation", &AclDescription::operation);
            io.field("permissionType", &AclDescription::permissionType);
        }
    };

    struct DescribeAclsResource {
        std::int8_t resourceType = 0;
        std::string resourceName{};
        std::int8_t patternType = 3;
        std::vector<AclDescription> acls{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeAclsResource&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("resourceType", &DescribeAclsResource::resourceType);
            io.field("resourceName", &DescribeAclsResource::resourceName);
            io.field("patternType", &DescribeAclsResource::patternType);
            io.field("acls", &DescribeAclsResource::acls);
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage = std::string{};
    std::vector<DescribeAclsResource> resources{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeAclsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DescribeAclsResponse::throttleTimeMs);
        io.field("errorCode", &DescribeAclsResponse::errorCode);
        io.field("errorMessage", &DescribeAclsResponse::errorMessage, always().nullable());
        io.field("resources", &DescribeAclsResponse::resources);
    }
};

}  // namespace weir::protocol
