// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace weir::server {

/// A feature in Kafka's sense (KIP-584): a level that the whole cluster has agreed on. Clients choose protocols by it.
struct Feature {
    std::string_view name;
    std::int16_t minSupported;
    std::int16_t maxSupported;
    std::int16_t finalized;
};

/// Those of Kafka 4.2 whose protocols are served at a level that no setting changes, by name.
inline constexpr std::array kFeatures{
    Feature{"group.version", 0, 1, 1},    // ConsumerGroupHeartbeat (KIP-848)
    Feature{"share.version", 0, 1, 1},    // share groups (KIP-932)
    Feature{"streams.version", 0, 1, 1},  // streams groups (KIP-1071)
};

}  // namespace weir::server
