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

/// ListConfigResources lists the resources that have settings. API key 74, versions 0 to 1.
struct ListConfigResourcesRequest {
    static constexpr const char* kName = "ListConfigResourcesRequest";
    static constexpr ApiKey kApiKey = ApiKey::kListConfigResources;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = 0;

    std::vector<std::int8_t> resourceTypes{};
    UnknownTags unknownTags{};

    bool operator==(const ListConfigResourcesRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("resourceTypes", &ListConfigResourcesRequest::resourceTypes, since(1));
    }
};

/// The answer to ListConfigResourcesRequest.
struct ListConfigResourcesResponse {
    static constexpr const char* kName = "ListConfigResourcesResponse";
    static constexpr ApiKey kApiKey = ApiKey::kListConfigResources;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct ConfigResource {
        std::string resourceName{};
        std::int8_t resourceType = 16;
        UnknownTags unknownTags{};

        bool operator==(const ConfigResource&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("resourceName", &ConfigResource::resourceName);
            io.field("resourceType", &ConfigResource::resourceType, since(1).ignorable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::vector<ConfigResource> configResources{};
    UnknownTags unknownTags{};

    bool operator==(const ListConfigResourcesResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &ListConfigResourcesResponse::throttleTimeMs);
        io.field("errorCode", &ListConfigResourcesResponse::errorCode);
        io.field("configResources", &ListConfigResourcesResponse::configResources);
    }
};

}  // namespace weir::protocol
