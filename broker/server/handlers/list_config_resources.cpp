// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/list_config_resources.h"

#include <algorithm>
#include <set>

#include "broker/server/authorize.h"
#include "broker/server/handlers/config_resource.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"
#include "broker/telemetry/client_telemetry.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::ListConfigResourcesRequest;
using protocol::ListConfigResourcesResponse;

constexpr std::int16_t kFirstWithTypes = 1;

void add(Services& services, ConfigResource type, ListConfigResourcesResponse& response) {
    const auto put = [&](std::string name) {
        response.configResources.push_back({std::move(name), static_cast<std::int8_t>(type), {}});
    };
    switch (type) {
        case ConfigResource::kTopic: {
            const auto snapshot = services.topics.snapshot();
            for (const auto& topic : snapshot->topics()) {
                put(topic->name);
            }
            return;
        }
        case ConfigResource::kBroker:
        case ConfigResource::kBrokerLogger:
            return put(std::to_string(services.self.value));
        case ConfigResource::kGroup:
            for (auto& groupId : services.groupConfigs.configured()) {
                put(std::move(groupId));
            }
            return;
        case ConfigResource::kClientMetrics:
            for (auto& subscription : services.telemetry.subscriptions()) {
                put(std::move(subscription));
            }
            return;
    }
}

ListConfigResourcesResponse listConfigResources(Services& services, const Call& call,
                                                ListConfigResourcesRequest request) {
    static const std::set kAll{ConfigResource::kTopic, ConfigResource::kBroker, ConfigResource::kBrokerLogger,
                               ConfigResource::kClientMetrics, ConfigResource::kGroup};
    ListConfigResourcesResponse response;
    if (!mayCluster(services, call, AclOperation::kDescribeConfigs)) {
        response.errorCode = refusalOf(ResourceType::kCluster);
        return response;
    }
    std::set<ConfigResource> wanted;
    for (const std::int8_t type : request.resourceTypes) {
        wanted.insert(static_cast<ConfigResource>(type));
    }
    if (call.isBefore(kFirstWithTypes)) {
        wanted = {ConfigResource::kClientMetrics};
    } else if (wanted.empty()) {
        wanted = kAll;
    }
    if (!std::ranges::includes(kAll, wanted)) {
        response.errorCode = ErrorCode::kUnsupportedVersion;
        return response;
    }
    for (const ConfigResource type : wanted) {
        add(services, type, response);
    }
    return response;
}

}  // namespace

constinit const Handler kListConfigResourcesHandler =
    handledBy<listConfigResources>(ListConfigResourcesRequest::kVersions);

}  // namespace weir::server
