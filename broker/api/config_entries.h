// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "broker/config/alter.h"
#include "broker/config/describe.h"
#include "broker/model/admin.h"

/// Settings as the application sees them, whatever they belong to.
namespace weir::api {

std::vector<ConfigEntry> toEntries(const std::vector<config::DescribedConfig>& described);
std::vector<config::Alteration> toAlterations(const std::vector<ConfigChange>& changes);

}  // namespace weir::api
