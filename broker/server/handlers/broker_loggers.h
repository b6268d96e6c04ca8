// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/base/log.h"
#include "broker/config/alter.h"
#include "broker/server/handlers/config_resource.h"
#include "broker/topics/topic_registry.h"

namespace weir::server {

/// BROKER_LOGGER resources: how much each part of the broker writes to the log, by the names that stand in it. Rules
/// and levels are Kafka's (LoggingController, KIP-412); a change holds until the broker stops. Any thread.
ConfigAnswer refusalOfLogger(const std::string& resourceName, BrokerId self);
/// Kafka's word for each logger's level; "root" is that of all which have none of their own.
std::map<std::string, std::string> loggerLevels(const Logger& logger);
/// All of `changes` or none.
ConfigAnswer alterLoggers(const Logger& logger, const std::vector<config::Alteration>& changes, topics::Mode mode);

}  // namespace weir::server
