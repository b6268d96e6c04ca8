// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "broker/base/result.h"
#include "broker/config/config_def.h"
#include "broker/security/plain_server.h"

namespace weir::security {

/// The users of a sasl.jaas.config for PLAIN: the user_NAME="password" options of its login module. Other options (the
/// broker's own name and password) mean nothing here. An error never repeats what it read.
///
///     org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="secret" user_bob="other";
Result<PlainUsers, config::ConfigError> plainUsers(std::string_view jaas);

}  // namespace weir::security
