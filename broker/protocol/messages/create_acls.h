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

/// CreateAcls adds access rules. API key 30, versions 1 to 3.
struct CreateAclsRequest {
    static constexpr const char* kName = "CreateAclsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kCreateAcls;
    static constexpr VersionRange kVersions{1, 3};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct AclCreation {
        std::int8_t resourceType = 0;
        std::string resourceName{};
        std::int8_t resourcePatternType = 3;
        std::string principal{};
        std::string host{};
        std::int8_t operation = 0;
        std::int8_t permissionType = 0;
        UnknownTags unknownTags{};

        bool operator==(const AclCreation&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("resourceType", &AclCreation::resourceType);
            io.field("resourceName", &AclCreation::resourceName);
            io.field("resourcePatternType", &AclCreation::resourcePatternType);
            io.field("principal", &AclCreation::principal);
            io.field("host", &AclCreation::host);
            io.field("operation", &AclCreation::operation);
            io.field("permissionType", &AclCreation::permissionType);
        }
    };

    std::vector<AclCreation> creations{};
    UnknownTags unknownTags{};

    bool operator==(const CreateAclsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("creations", &CreateAclsRequest::creations);
    }
};

/// The answer to CreateAclsRequest.
struct CreateAclsResponse {
    static constexpr const char* kName = "CreateAclsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kCreateAcls;
    static constexpr VersionRange kVersions{1, 3};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct AclCreationResult {
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const AclCreationResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &AclCreationResult::errorCode);
            io.field("errorMessage", &AclCreationResult::errorMessage, always().nullable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<AclCreationResult> results{};
    UnknownTags unknownTags{};

    bool operator==(const CreateAclsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &CreateAclsResponse::throttleTimeMs);
        io.field("results", &CreateAclsResponse::results);
    }
};

}  // namespace weir::protocol
