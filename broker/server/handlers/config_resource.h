// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/catalog/rows.h"
#include "broker/model/ids.h"
#include "broker/protocol/error_code.h"
#include "broker/server/authorize.h"
#include "broker/topics/topic_errors.h"

namespace weir::server {

/// Kafka's ConfigResource types (ConfigResource.Type).
enum class ConfigResource : std::int8_t {
    kTopic = 2,
    kBroker = 4,
    kBrokerLogger = 8,
    kClientMetrics = 16,
    kGroup = 32
};

/// Which broker settings a resource name means: our own id, or nothing at all for those of every broker. Nothing: it
/// names another broker.
std::optional<catalog::ConfigScope> brokerScope(const std::string& resourceName, BrokerId self);

/// An error with its sentence, as every answer about configs carries it.
struct ConfigAnswer {
    protocol::ErrorCode code = protocol::ErrorCode::kNone;
    std::optional<std::string> message;
};
ConfigAnswer answerOf(const topics::TopicResult<void>& changed);
/// What the caller lacks for `operation` on the settings of that resource; kNone if nothing.
ConfigAnswer judgeAccess(const Services& services, const Call& call, AclOperation operation, std::int8_t resourceType,
                         const std::string& resourceName);
ConfigAnswer wrongBroker(const std::string& resourceName);
ConfigAnswer unservedResource();

}  // namespace weir::server
