// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/handlers/config_resource.h"

#include "broker/server/error_map.h"

namespace weir::server {

std::optional<catalog::ConfigScope> brokerScope(const std::string& resourceName, BrokerId self) {
    if (resourceName.empty()) {
        return catalog::ConfigScope::kBrokerDefault;
    }
    if (resourceName == std::to_string(self.value)) {
        return catalog::ConfigScope::kBroker;
    }
    return std::nullopt;
}

ConfigAnswer answerOf(const topics::TopicResult<void>& changed) {
    if (changed) {
        return {};
    }
    return {toKafka(changed.error().code), changed.error().message};
}

ConfigAnswer judgeAccess(const Services& services, const Call& call, AclOperation operation, std::int8_t resourceType,
                         const std::string& resourceName) {
    ResourceType type = ResourceType::kCluster;
    if (resourceType == static_cast<std::int8_t>(ConfigResource::kTopic)) {
        type = ResourceType::kTopic;
    } else if (resourceType == static_cast<std::int8_t>(ConfigResource::kGroup)) {
        type = ResourceType::kGroup;
    }
    const bool isCluster = type == ResourceType::kCluster;
    if (may(services, call, operation, type, isCluster ? security::kClusterName : std::string_view(resourceName))) {
        return {};
    }
    const auto code = refusalOf(type);
    return {code, std::string(protocol::errorSentence(code))};
}

ConfigAnswer wrongBroker(const std::string& resourceName) {
    return {protocol::ErrorCode::kInvalidRequest, "There is no broker with the id '" + resourceName + "'."};
}

ConfigAnswer unservedResource() {
    return {protocol::ErrorCode::kInvalidRequest,
            "Only topics, groups, brokers, their loggers and subscriptions to client metrics have settings here."};
}

}  // namespace weir::server
