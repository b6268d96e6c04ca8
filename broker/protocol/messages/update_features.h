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

/// UpdateFeatures raises or lowers the finalized versions of features. API key 57, versions 0 to 2.
struct UpdateFeaturesRequest {
    static constexpr const char* kName = "UpdateFeaturesRequest";
    static constexpr ApiKey kApiKey = ApiKey::kUpdateFeatures;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct FeatureUpdateKey {
        std::string feature{};
        std::int16_t maxVersionLevel = 0;
        bool allowDowngrade = false;
        std::int8_t upgradeType = 1;
        UnknownTags unknownTags{};

        bool operator==(const FeatureUpdateKey&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("feature", &FeatureUpdateKey::feature);
            io.field("maxVersionLevel", &FeatureUpdateKey::maxVersionLevel);
            io.field("allowDowngrade", &FeatureUpdateKey::allowDowngrade, until(0));
            io.field("upgradeType", &FeatureUpdateKey::upgradeType, since(1));
        }
    };

    std::int32_t timeoutMs = 60000;
    std::vector<FeatureUpdateKey> featureUpdates{};
    bool validateOnly = false;
    UnknownTags unknownTags{};

    bool operator==(const UpdateFeaturesRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("timeoutMs", &UpdateFeaturesRequest::timeoutMs);
        io.field("featureUpdates", &UpdateFeaturesRequest::featureUpdates);
        io.field("validateOnly", &UpdateFeaturesRequest::validateOnly, since(1));
    }
};

/// The answer to UpdateFeaturesRequest.
struct UpdateFeaturesResponse {
    static constexpr const char* kName = "UpdateFeaturesResponse";
    static constexpr ApiKey kApiKey = ApiKey::kUpdateFeatures;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct UpdatableFeatureResult {
        std::string feature{};
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const UpdatableFeatureResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("feature", &UpdatableFeatureResult::feature);
            io.field("errorCode", &UpdatableFeatureResult::errorCode);
            io.field("errorMessage", &UpdatableFeatureResult::errorMessage, always().nullable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage = std::string{};
    std::vector<UpdatableFeatureResult> results{};
    UnknownTags unknownTags{};

    bool operator==(const UpdateFeaturesResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &UpdateFeaturesResponse::throttleTimeMs);
        io.field("errorCode", &UpdateFeaturesResponse::errorCode);
        io.field("errorMessage", &UpdateFeaturesResponse::errorMessage, always().nullable());
        io.field("results", &UpdateFeaturesResponse::results, until(1).ignorable());
    }
};

}  // namespace weir::protocol
