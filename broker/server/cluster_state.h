// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/model/cluster_state.h"
#include "broker/server/services.h"

/// How this node stands as a cluster of one, the same for the wire and for the application. Thread safe.
namespace weir::server {

/// A quorum of one, which leads itself and never lags. Its log is the catalog: the offset says how many changes were
/// committed since the start.
[[nodiscard]] QuorumInfo quorumOf(const Services& services);
/// Every feature of Kafka 4.2 by name, also those that are off.
[[nodiscard]] FeaturesInfo featuresOf(const Features& features);
/// The one data folder, with every partition that is in it. Asks the disk for its room.
[[nodiscard]] LogDir logDirOf(const Services& services);

}  // namespace weir::server
