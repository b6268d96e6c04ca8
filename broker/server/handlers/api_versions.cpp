// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/handlers/api_versions.h"

#include <algorithm>
#include <string_view>

#include "broker/protocol/messages/api_versions.h"
#include "broker/server/features.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ApiVersionsRequest;
using protocol::ApiVersionsResponse;
using protocol::ErrorCode;

/// [a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])? (ApiVersionsRequest.isValid)
bool isSoftwareName(std::string_view text) {
    const auto isAlnum = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto isInner = [&](char c) { return isAlnum(c) || c == '-' || c == '.'; };
    return !text.empty() && isAlnum(text.front()) && isAlnum(text.back()) &&
           std::all_of(text.begin(), text.end(), isInner);
}

ApiVersionsResponse apiVersions(Services& services, const Call& call, ApiVersionsRequest request) {
    constexpr std::int16_t kFirstWithSoftware = 3;
    ApiVersionsResponse response;
    if (!call.isBefore(kFirstWithSoftware)) {
        if (!isSoftwareName(request.clientSoftwareName) || !isSoftwareName(request.clientSoftwareVersion)) {
            response.errorCode = ErrorCode::kInvalidRequest;
            return response;
        }
        call.peer->noteSoftware(std::move(request.clientSoftwareName), std::move(request.clientSoftwareVersion));
    }
    for (const Handler* handler : allHandlers()) {
        response.apiKeys.push_back(
            {static_cast<std::int16_t>(handler->key), handler->advertised.first, handler->advertised.last, {}});
    }
    // What is finalized steers clients to its protocol.
    constexpr std::int16_t kFirstWithFeaturesFromZero = 4;
    const auto add = [&](std::string_view name, std::int16_t min, std::int16_t max, std::int16_t finalized) {
        // Older Java clients refuse a supported range that begins with 0 (KAFKA-17011).
        if (min > 0 || !call.isBefore(kFirstWithFeaturesFromZero)) {
            response.supportedFeatures.push_back({std::string(name), min, max, {}});
        }
        // Level 0 is the same as none.
        if (finalized > 0) {
            response.finalizedFeatures.push_back({std::string(name), finalized, finalized, {}});
        }
    };
    const auto levels = services.features.now();
    for (const Feature& feature : kFeatures) {
        const auto level = levels->byName.find(feature.name);
        add(feature.name, feature.min, feature.max, level == levels->byName.end() ? std::int16_t{0} : level->second);
    }
    response.finalizedFeaturesEpoch = levels->epoch;
    return response;
}

}  // namespace

constinit const Handler kApiVersionsHandler = handledBy<apiVersions>(ApiVersionsRequest::kVersions);

void sendVersionFallback(const protocol::RequestPrefix& prefix, Responder responder) {
    ApiVersionsResponse response;
    response.errorCode = ErrorCode::kUnsupportedVersion;
    response.apiKeys.push_back({static_cast<std::int16_t>(protocol::ApiKey::kApiVersions),
                                kApiVersionsHandler.advertised.first,
                                kApiVersionsHandler.advertised.last,
                                {}});
    auto frame = protocol::encodeResponseFrame(response, protocol::ApiVersion(0), prefix.correlationId);
    if (frame) {
        responder.send(OutFrame(std::move(*frame)));
    }
}

}  // namespace weir::server
