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

ConfigAnswer wrongBroker(const std::string& resourceName) {
    return {protocol::ErrorCode::kInvalidRequest, "There is no broker with the id '" + resourceName + "'."};
}

ConfigAnswer unservedResource() {
    return {protocol::ErrorCode::kInvalidRequest, "Only topics and brokers have settings here."};
}

}  // namespace weir::server
