// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/settings.h"

#include "broker/config/properties.h"

namespace weir::api {

Result<std::map<std::string, std::string>, std::string> readSettings(const std::string& propertiesText,
                                                                     const std::vector<std::string>& assignments) {
    const auto loaded = config::loadBrokerSettings(propertiesText, assignments);
    if (!loaded) {
        return fail(loaded.error().message);
    }
    return std::map<std::string, std::string>(loaded->begin(), loaded->end());
}

}  // namespace weir::api
