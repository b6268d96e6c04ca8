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

/// AlterClientQuotas sets or removes quotas. API key 49, versions 0 to 1.
struct AlterClientQuotasRequest {
    static constexpr const char* kName = "AlterClientQuotasRequest";
    static constexpr ApiKey kApiKey = ApiKey::kAlterClientQuotas;
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

    struct OpData {
        std::string key{};
        double value = 0.0;
        bool remove = false;
        UnknownTags unknownTags{};

        bool operator==(const OpData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("key", &OpData::key);
            io.field("value", &OpData::value);
            io.field("remove", &OpData::remove);
        }
    };

    struct EntryData {
        std::vector<EntityData> entity{};
        std::vector<OpData> ops{};
        UnknownTags unknownTags{};

        bool operator==(const EntryData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("entity", &EntryData::entity);
            io.field("ops", &EntryData::ops);
        }
    };

    std::vector<EntryData> entries{};
    bool validateOnly = false;
    UnknownTags unknownTags{};

    bool operator==(const AlterClientQuotasRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("entries", &AlterClientQuotasRequest::entries);
        io.field("validateOnly", &AlterClientQuotasRequest::validateOnly);
    }
};

/// The answer to AlterClientQuotasRequest.
struct AlterClientQuotasResponse {
    static constexpr const char* kName = "AlterClientQuotasResponse";
    static constexpr ApiKey kApiKey = ApiKey::kAlterClientQuotas;
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

    struct EntryData {
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        std::vector<EntityData> entity{};
        UnknownTags unknownTags{};

        bool operator==(const EntryData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &EntryData::errorCode);
            io.field("errorMessage", &EntryData::errorMessage, always().nullable());
            io.field("entity", &EntryData::entity);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<EntryData> entries{};
    UnknownTags unknownTags{};

    bool operator==(const AlterClientQuotasResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &AlterClientQuotasResponse::throttleTimeMs);
        io.field("entries", &AlterClientQuotasResponse::entries);
    }
};

}  // namespace weir::protocol
