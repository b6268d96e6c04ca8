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

/// IncrementalAlterConfigs sets, deletes, appends or subtracts single settings. API key 44, versions 0 to 1.
struct IncrementalAlterConfigsRequest {
    static constexpr const char* kName = "IncrementalAlterConfigsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kIncrementalAlterConfigs;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = 1;

    struct AlterableConfig {
        std::string name{};
        std::int8_t configOperation = 0;
        std::optional<std::string> value = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const AlterableConfig&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &AlterableConfig::name);
            io.field("configOperation", &AlterableConfig::configOperation);
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

    bool operator==(const IncrementalAlterConfigsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("resources", &IncrementalAlterConfigsRequest::resources);
        io.field("validateOnly", &IncrementalAlterConfigsRequest::validateOnly);
    }
};

/// The answer to IncrementalAlterConfigsRequest.
struct IncrementalAlterConfigsResponse {
    static constexpr const char* kName = "IncrementalAlterConfigsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kIncrementalAlterConfigs;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = 1;

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

    bool operator==(const IncrementalAlterConfigsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &IncrementalAlterConfigsResponse::throttleTimeMs);
        io.field("responses", &IncrementalAlterConfigsResponse::responses);
    }
};

}  // namespace weir::protocol
