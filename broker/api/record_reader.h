// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "broker/model/admin.h"
#include "broker/topics/partition.h"

namespace weir::api {

/// Reads a range of a partition as decoded records, with the memory they point into. Whole batches are read from the
/// log, each CRC-checked; records outside the range are left out. Any thread.
ClusterResult<std::shared_ptr<const RecordChunk>> readRecords(topics::Partition& partition, const ReadRequest& request);

}  // namespace weir::api
