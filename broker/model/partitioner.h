// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/base/hash.h"
#include "broker/model/ids.h"

namespace weir {

/// The partition that Kafka's Java client picks for a key: murmur2, sign bit cleared, modulo
/// (BuiltInPartitioner.partitionForKey). `partitionCount` is above 0.
inline PartitionId partitionForKey(ByteView key, std::int32_t partitionCount) {
    return PartitionId((murmur2(key) & 0x7fffffff) % partitionCount);
}

}  // namespace weir
