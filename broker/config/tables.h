// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "broker/config/config_def.h"

/// The raw tables, one per subject; inside this module only. definitions.h is what others use.
namespace weir::config {

std::span<const ConfigDef> topicTable();
std::span<const ConfigDef> groupTable();
std::span<const ConfigDef> clusterTable();
std::span<const ConfigDef> coordinatorTable();
std::span<const ConfigDef> newGroupTable();
std::span<const ConfigDef> logTable();
std::span<const ConfigDef> networkTable();
std::span<const ConfigDef> oauthTable();
std::span<const ConfigDef> securityTable();
std::span<const ConfigDef> serverTable();
std::span<const ConfigDef> tierTable();
std::span<const ConfigDef> weirTable();

constexpr Rule range(std::int64_t min, std::int64_t max) {
    return {Rule::Kind::kRange, min, max};
}
constexpr Rule atLeast(std::int64_t min) {
    return range(min, INT64_MAX);
}
constexpr Rule upTo(double max) {
    return {Rule::Kind::kRange, 0, INT64_MAX, max};
}
constexpr Rule rangeOrMinusOne(std::int64_t min, std::int64_t max) {
    return {Rule::Kind::kRangeOrMinusOne, min, max};
}
constexpr Rule oneOf(std::string_view set) {
    return {Rule::Kind::kOneOf, 0, 0, -1, set};
}
constexpr Rule oneOfAnyCase(std::string_view set) {
    return {Rule::Kind::kOneOfAnyCase, 0, 0, -1, set};
}
constexpr Rule subsetOf(std::string_view set) {
    return {Rule::Kind::kSubsetOf, 0, 0, -1, set};
}
constexpr Rule notEmpty() {
    return {Rule::Kind::kNotEmpty};
}
constexpr Rule throttledReplicas() {
    return {Rule::Kind::kThrottledReplicas};
}

}  // namespace weir::config
