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

/// DescribeClientQuotas lists quotas that match a filter. API key 48, versions 0 to 1.
struct DescribeClientQuotasRequest {
    static constexpr const char* kName = "DescribeClientQuotasRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeClientQuotas;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = 1;

    struct ComponentData {
        std::string entityType{};
        std::int8_t matchType = 0;
        std::optional<std::string> match = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const ComponentData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("entityType", &ComponentData::entityType);
            io.field("matchType", &ComponentData::matchType);
            io.field("match", &ComponentData::match, always().nullable());
        }
    };

    std::vector<ComponentData> components{};
    bool strict = false;
    UnknownTags unknownTags{};

    bool operator==(const DescribeClientQuotasRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("components", &DescribeClientQuotasRequest::components);
        io.field("strict", &DescribeClientQuotasRequest::strict);
    }
};

/// The answer to DescribeClientQuotasRequest.
struct DescribeClientQuotasResponse {
    static constexpr const char* kName = "DescribeClientQuotasResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeClientQuotas;
    static constexpr VersionRange kVersions{0, 1};
    static constexpr std::int16_t kFirstFlexible = 1;

    struct EntityData {
        std::string entityType{};
        std::optional<std::string> entityName = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const EntityData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("entityType", &EntityData::entityType);
            io.field("entityName", &EntityData::entityName, always().nullable());
        }
    };

    struct ValueData {
        std::string key{};
        double value = 0.0;
        UnknownTags unknownTags{};

        bool operator==(const ValueData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("key", &ValueData::key);
            io.field("value", &ValueData::value);
        }
    };

    struct EntryData {
        std::vector<EntityData> entity{};
        std::vector<ValueData> values{};
        UnknownTags unknownTags{};

        bool operator==(const EntryData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("entity", &EntryData::entity);
            io.field("values", &EntryData::values);
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage = std::string{};
    std::optional<std::vector<EntryData>> entries = std::vector<EntryData>{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeClientQuotasResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DescribeClientQuotasResponse::throttleTimeMs);
        io.field("errorCode", &DescribeClientQuotasResponse::errorCode);
        io.field("errorMessage", &DescribeClientQuotasResponse::errorMessage, always().nullable());
        io.field("entries", &DescribeClientQuotasResponse::entries, always().nullable());
    }
};

}  // namespace weir::protocol
