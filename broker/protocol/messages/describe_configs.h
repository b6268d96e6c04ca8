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

/// DescribeConfigs shows settings with their values, sources and synonyms. API key 32, versions 1 to 4.
struct DescribeConfigsRequest {
    static constexpr const char* kName = "DescribeConfigsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeConfigs;
    static constexpr VersionRange kVersions{1, 4};
    static constexpr std::int16_t kFirstFlexible = 4;

    struct DescribeConfigsResource {
        std::int8_t resourceType = 0;
        std::string resourceName{};
        std::optional<std::vector<std::string>> configurationKeys = std::vector<std::string>{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeConfigsResource&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("resourceType", &DescribeConfigsResource::resourceType);
            io.field("resourceName", &DescribeConfigsResource::resourceName);
            io.field("configurationKeys", &DescribeConfigsResource::configurationKeys, always().nullable());
        }
    };

    std::vector<DescribeConfigsResource> resources{};
    bool includeSynonyms = false;
    bool includeDocumentation = false;
    UnknownTags unknownTags{};

    bool operator==(const DescribeConfigsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("resources", &DescribeConfigsRequest::resources);
        io.field("includeSynonyms", &DescribeConfigsRequest::includeSynonyms);
        io.field("includeDocumentation", &DescribeConfigsRequest::includeDocumentation, since(3));
    }
};

/// The answer to DescribeConfigsRequest.
struct DescribeConfigsResponse {
    static constexpr const char* kName = "DescribeConfigsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeConfigs;
    static constexpr VersionRange kVersions{1, 4};
    static constexpr std::int16_t kFirstFlexible = 4;

    struct DescribeConfigsSynonym {
        std::string name{};
        std::optional<std::string> value = std::string{};
        std::int8_t source = 0;
        UnknownTags unknownTags{};

        bool operator==(const DescribeConfigsSynonym&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &DescribeConfigsSynonym::name);
            io.field("value", &DescribeConfigsSynonym::value, always().nullable());
            io.field("source", &DescribeConfigsSynonym::source);
        }
    };

    struct DescribeConfigsResourceResult {
        std::string name{};
        std::optional<std::string> value = std::string{};
        bool readOnly = false;
        std::int8_t configSource = -1;
        bool isSensitive = false;
        std::vector<DescribeConfigsSynonym> synonyms{};
        std::int8_t configType = 0;
        std::optional<std::string> documentation = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeConfigsResourceResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &DescribeConfigsResourceResult::name);
            io.field("value", &DescribeConfigsResourceResult::value, always().nullable());
            io.field("readOnly", &DescribeConfigsResourceResult::readOnly);
            io.field("configSource", &DescribeConfigsResourceResult::configSource);
            io.field("isSensitive", &DescribeConfigsResourceResult::isSensitive);
            io.field("synonyms", &DescribeConfigsResourceResult::synonyms);
            io.field("configType", &DescribeConfigsResourceResult::configType, since(3).ignorable());
            io.field("documentation", &DescribeConfigsResourceResult::documentation, since(3).nullable().ignorable());
        }
    };

    struct DescribeConfigsResult {
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        std::int8_t resourceType = 0;
        std::string resourceName{};
        std::vector<DescribeConfigsResourceResult> configs{};
        UnknownTags unknownTags{};

        bool operator==(const DescribeConfigsResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &DescribeConfigsResult::errorCode);
            io.field("errorMessage", &DescribeConfigsResult::errorMessage, always().nullable());
            io.field("resourceType", &DescribeConfigsResult::resourceType);
            io.field("resourceName", &DescribeConfigsResult::resourceName);
            io.field("configs", &DescribeConfigsResult::configs);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<DescribeConfigsResult> results{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeConfigsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DescribeConfigsResponse::throttleTimeMs);
        io.field("results", &DescribeConfigsResponse::results);
    }
};

}  // namespace weir::protocol
