// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <string>
#include <vector>

#include "app/cluster/cluster.h"

namespace weir::test {

/// The same for the same seed: keys and values that are null or empty among them, headers, spread over the partitions.
[[nodiscard]] std::vector<OutgoingRecord> someRecords(int count, std::uint64_t seed, std::int32_t partitions);

/// Publishes, or says why not.
[[nodiscard]] QString whyNotPublished(app::Cluster& cluster, const std::string& topic,
                                      const std::vector<OutgoingRecord>& records, const ProduceOptions& options = {});

}  // namespace weir::test
