// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "broker/config/config_def.h"

namespace weir::config {

/// Numbers as in IncrementalAlterConfigs (KIP-339).
enum class AlterOp : std::int8_t { kSet = 0, kDelete = 1, kAppend = 2, kSubtract = 3 };

struct Alteration {
    std::string name;
    AlterOp op = AlterOp::kSet;
    std::optional<std::string> value;
};

/// `overrides` after the changes, in order. Names must stand in `table`; append and subtract work on lists only and
/// start from the default where there is no override. Values are not yet checked as a whole: the caller goes on with
/// validateTopicConfig or its like. A name twice in one request is an error.
Result<ConfigMap, ConfigError> alter(std::span<const ConfigDef> table, ConfigMap overrides,
                                     const std::vector<Alteration>& changes);

}  // namespace weir::config
