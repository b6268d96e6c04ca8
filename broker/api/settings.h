// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/base/result.h"

namespace weir::api {

/// Broker settings from the text of a properties file and from key=value assignments, which win. Every key must be
/// known and every value legal; the error is a sentence that names the line.
Result<std::map<std::string, std::string>, std::string> readSettings(const std::string& propertiesText,
                                                                     const std::vector<std::string>& assignments);

}  // namespace weir::api
