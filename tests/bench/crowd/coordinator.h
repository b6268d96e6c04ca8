// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/crowd/crowd.h"

namespace weir::bench {

/// Makes the topics and waits until each partition can be written; those that are there already stay.
void makeTopics(Crowd& crowd, const std::vector<std::string>& names, std::int32_t partitions);
/// Asks until the group's coordinator serves.
void findCoordinator(Crowd& crowd, const std::string& group);

}  // namespace weir::bench
