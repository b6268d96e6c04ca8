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

/// AlterConfigs replaces all settings of a resource: what is not named goes back to its default. API key 33,
/// versions 0 to 2.
struct AlterConfigsRequest {
    static constexpr const char* kName = "AlterConfigsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kAlterConfigs;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct AlterableConfig {
        std::string name{};
        std::optional<std::string> value = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const AlterableConfig&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &AlterableConfig::name);
            io.field("value", &AlterableConfig::value, always().nullable());
        }
    };

    struct AlterConfigsResource {
        std::int8_t resourceType = 0;
        std::string resourceName{};
        std::vector<AlterableConfig> configs{};
        UnknownTags unknownTags{};

        bool operator==(const AlterConfigsResource&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("resourceType", &AlterConfigsResource::resourceType);
            io.field("resourceName", &AlterConfigsResource::resourceName);
            io.field("configs", &AlterConfigsResource::configs);
        }
    };

    std::vector<AlterConfigsResource> resources{};
    bool validateOnly = false;
    UnknownTags unknownTags{};

    bool operator==(const AlterConfigsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("resources", &AlterConfigsRequest::resources);
        io.field("validateOnly", &AlterConfigsRequest::validateOnly);
    }
};

/// The answer to AlterConfigsRequest.
struct AlterConfigsResponse {
    static constexpr const char* kName = "AlterConfigsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kAlterConfigs;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 2;

    struct AlterConfigsResourceResponse {
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        std::int8_t resourceType = 0;
        std::string resourceName{};
        UnknownTags unknownTags{};

        bool operator==(const AlterConfigsResourceResponse&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &AlterConfigsResourceResponse::errorCode);
            io.field("errorMessage", &AlterConfigsResourceResponse::errorMessage, always().nullable());
            io.field("resourceType", &AlterConfigsResourceResponse::resourceType);
            io.field("resourceName", &AlterConfigsResourceResponse::resourceName);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<AlterConfigsResourceResponse> responses{};
    UnknownTags unknownTags{};

    bool operator==(const AlterConfigsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &AlterConfigsResponse::throttleTimeMs);
        io.field("responses", &AlterConfigsResponse::responses);
    }
};

}  // namespace weir::protocol
