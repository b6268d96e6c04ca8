// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/update_features.h"

#include <set>

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::UpdateFeaturesRequest;
using protocol::UpdateFeaturesResponse;
using Key = UpdateFeaturesRequest::FeatureUpdateKey;

constexpr std::int16_t kFirstWithUpgradeType = 1;
constexpr std::int16_t kFirstWithoutResults = 2;

std::optional<FeatureChange> changeOf(const Key& key, const Call& call) {
    if (call.isBefore(kFirstWithUpgradeType)) {
        return key.allowDowngrade ? FeatureChange::kSafeDowngrade : FeatureChange::kUpgrade;
    }
    const auto change = static_cast<FeatureChange>(key.upgradeType);
    const bool isKnown = change >= FeatureChange::kUpgrade && change <= FeatureChange::kUnsafeDowngrade;
    return isKnown ? std::optional(change) : std::nullopt;
}

UpdateFeaturesResponse refusal(ErrorCode code, std::string message) {
    UpdateFeaturesResponse response;
    response.errorCode = code;
    response.errorMessage = std::move(message);
    return response;
}

UpdateFeaturesResponse updateFeatures(Services& services, const Call& call, UpdateFeaturesRequest request) {
    if (!mayCluster(services, call, AclOperation::kAlter)) {
        return refusal(ErrorCode::kClusterAuthorizationFailed,
                       std::string(protocol::errorSentence(ErrorCode::kClusterAuthorizationFailed)));
    }
    std::vector<FeatureUpdate> updates;
    std::set<std::string> named;
    for (const Key& key : request.featureUpdates) {
        const auto change = changeOf(key, call);
        if (!change) {
            return refusal(ErrorCode::kInvalidUpdateVersion,
                           "Nothing was changed: the kind of change to " + key.feature + " is none that is known.");
        }
        if (!named.insert(key.feature).second) {
            return refusal(ErrorCode::kInvalidRequest, key.feature + " stands in the request more than once.");
        }
        updates.push_back({key.feature, key.maxVersionLevel, *change});
    }
    const auto mode = request.validateOnly ? Features::Mode::kValidateOnly : Features::Mode::kApply;
    if (const auto updated = services.features.update(updates, mode); !updated) {
        const bool isRefused = updated.error().code == FeatureErrc::kRefused;
        return refusal(isRefused ? ErrorCode::kInvalidUpdateVersion : ErrorCode::kFeatureUpdateFailed,
                       updated.error().message);
    }
    UpdateFeaturesResponse response;
    response.errorMessage.reset();
    if (call.isBefore(kFirstWithoutResults)) {
        for (const auto& update : updates) {
            response.results.push_back({update.name, ErrorCode::kNone, std::nullopt, {}});
        }
    }
    return response;
}

}  // namespace

constinit const Handler kUpdateFeaturesHandler =
    handledBy<updateFeatures>(UpdateFeaturesRequest::kVersions).onDiskThread();

}  // namespace weir::server
