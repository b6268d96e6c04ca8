// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "broker/base/bytes.h"

namespace weir {

/// CRC-32C (Castagnoli), by ISA-L with what the processor has. `seed` continues an earlier result.
std::uint32_t crc32c(ByteView bytes, std::uint32_t seed = 0);

/// murmur2 with the seed of Kafka's Java client (org.apache.kafka.common.utils.Utils.murmur2); signed as Java's int.
std::int32_t murmur2(ByteView bytes);

}  // namespace weir
