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

/// ApiVersions says which APIs and versions the broker speaks. Its response header is v0 in every version. API key
/// 18, versions 0 to 4.
struct ApiVersionsRequest {
    static constexpr const char* kName = "ApiVersionsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kApiVersions;
    static constexpr VersionRange kVersions{0, 4};
    static constexpr std::int16_t kFirstFlexible = 3;

    std::string clientSoftwareName{};
    std::string clientSoftwareVersion{};
    UnknownTags unknownTags{};

    bool operator==(const ApiVersionsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("clientSoftwareName", &ApiVersionsRequest::clientSoftwareName, since(3).ignorable());
        io.field("clientSoftwareVersion", &ApiVersionsRequest::clientSoftwareVersion, since(3).ignorable());
    }
};

/// The answer to ApiVersionsRequest.
struct ApiVersionsResponse {
    static constexpr const char* kName = "ApiVersionsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kApiVersions;
    static constexpr VersionRange kVersions{0, 4};
    static constexpr std::int16_t kFirstFlexible = 3;

    struct ApiVersion {
        std::int16_t apiKey = 0;
        std::int16_t minVersion = 0;
        std::int16_t maxVersion = 0;
        UnknownTags unknownTags{};

        bool operator==(const ApiVersion&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("apiKey", &ApiVersion::apiKey);
            io.field("minVersion", &ApiVersion::minVersion);
            io.field("maxVersion", &ApiVersion::maxVersion);
        }
    };

    struct SupportedFeatureKey {
        std::string name{};
        std::int16_t minVersion = 0;
        std::int16_t maxVersion = 0;
        UnknownTags unknownTags{};

        bool operator==(const SupportedFeatureKey&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &SupportedFeatureKey::name);
            io.field("minVersion", &SupportedFeatureKey::minVersion);
            io.field("maxVersion", &SupportedFeatureKey::maxVersion);
        }
    };

    struct FinalizedFeatureKey {
        std::string name{};
        std::int16_t maxVersionLevel = 0;
        std::int16_t minVersionLevel = 0;
        UnknownTags unknownTags{};

        bool operator==(const FinalizedFeatureKey&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &FinalizedFeatureKey::name);
            io.field("maxVersionLevel", &FinalizedFeatureKey::maxVersionLevel);
            io.field("minVersionLevel", &FinalizedFeatureKey::minVersionLevel);
        }
    };

    ErrorCode errorCode{};
    std::vector<ApiVersion> apiKeys{};
    std::int32_t throttleTimeMs = 0;
    std::vector<SupportedFeatureKey> supportedFeatures{};
    std::int64_t finalizedFeaturesEpoch = -1;
    std::vector<FinalizedFeatureKey> finalizedFeatures{};
    bool zkMigrationReady = false;
    UnknownTags unknownTags{};

    bool operator==(const ApiVersionsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("errorCode", &ApiVersionsResponse::errorCode);
        io.field("apiKeys", &ApiVersionsResponse::apiKeys);
        io.field("throttleTimeMs", &ApiVersionsResponse::throttleTimeMs, since(1).ignorable());
        io.tagged(0, "supportedFeatures", &ApiVersionsResponse::supportedFeatures, since(3).ignorable());
        io.tagged(1, "finalizedFeaturesEpoch", &ApiVersionsResponse::finalizedFeaturesEpoch, since(3).ignorable());
        io.tagged(2, "finalizedFeatures", &ApiVersionsResponse::finalizedFeatures, since(3).ignorable());
        io.tagged(3, "zkMigrationReady", &ApiVersionsResponse::zkMigrationReady, since(3).ignorable());
    }
};

}  // namespace weir::protocol
