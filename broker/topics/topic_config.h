// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/config/broker_config.h"
#include "broker/config/topic_config.h"
#include "broker/topics/partition.h"

namespace weir::topics {

/// What a topic's and the broker's settings say to a partition.
[[nodiscard]] PartitionOptions partitionOptionsOf(const config::TopicConfig& topic, const config::BrokerConfig& broker);

}  // namespace weir::topics
