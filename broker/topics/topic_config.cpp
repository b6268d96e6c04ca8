// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/topics/topic_config.h"

#include <algorithm>

namespace weir::topics {

namespace {

storage::FlushPolicy policyOf(config::Durability durability) {
    switch (durability) {
        case config::Durability::kKernel:
            return storage::FlushPolicy::kKernel;
        case config::Durability::kInterval:
            return storage::FlushPolicy::kInterval;
        case config::Durability::kDurable:
            return storage::FlushPolicy::kDurable;
    }
    return storage::FlushPolicy::kDurable;
}

}  // namespace

PartitionOptions partitionOptionsOf(const config::TopicConfig& topic, const config::BrokerConfig& broker) {
    PartitionOptions options;
    options.log.segmentBytes = topic.segmentBytes;
    options.log.segmentMs = topic.segmentMs;
    options.log.segmentJitterMs = topic.segmentJitterMs;
    options.log.segmentIndexBytes = topic.segmentIndexBytes;
    options.log.indexIntervalBytes = topic.indexIntervalBytes;
    options.log.fileDeleteDelayMs = topic.fileDeleteDelayMs;
    options.log.deletes = topic.cleanupDelete;
    options.log.compacts = topic.cleanupCompact;
    // Kafka takes every negative number for "without limit", not only -1.
    options.log.retentionMs = topic.retentionMs < 0 ? storage::LogOptions::kUnlimited : topic.retentionMs;
    options.log.retentionBytes = topic.retentionBytes < 0 ? storage::LogOptions::kUnlimited : topic.retentionBytes;
    options.log.minDirtyRatio = topic.minCleanableDirtyRatio;
    options.log.compactionMinLagMs = topic.minCompactionLagMs;
    options.log.compactionMaxLagMs = topic.maxCompactionLagMs;
    options.log.deleteRetentionMs = topic.deleteRetentionMs;
    options.log.flushMessages = topic.flushMessages;
    options.log.flushMs = topic.flushMs;
    options.log.flushPolicy = policyOf(broker.durability);
    if (broker.durability == config::Durability::kInterval) {
        options.log.flushMs = std::min<std::int64_t>(topic.flushMs, broker.durabilityIntervalMs);
    }
    options.producerExpiryMs = broker.producerIdExpirationMs;
    return options;
}

}  // namespace weir::topics
