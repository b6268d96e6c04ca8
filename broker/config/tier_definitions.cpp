// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/tables.h"

namespace weir::config {

using enum ConfigType;
using enum Importance;
using enum Effect;
using enum Update;

namespace {

// Tiered storage.
constexpr ConfigDef kTable[] = {
    {"remote.fetch.max.wait.ms", kInt, "500", kMedium, atLeast(1), kNoTier, kLive,
     "Longest wait of a fetch for remote data.", ""},
    {"remote.list.offsets.request.timeout.ms", kLong, "30000", kMedium, atLeast(1), kNoTier, kLive,
     "Longest wait of an offset look-up for remote data.", ""},
    {"remote.log.index.file.cache.total.size.bytes", kLong, "1073741824", kLow, atLeast(1), kNoTier, kLive,
     "Disk space for cached remote indexes.", ""},
    {"remote.log.manager.copier.thread.pool.size", kInt, "10", kMedium, atLeast(1), kNoTier, kLive,
     "Threads that copy to the remote tier.", ""},
    {"remote.log.manager.copy.max.bytes.per.second", kLong, "9223372036854775807", kMedium, atLeast(1), kNoTier, kLive,
     "Most bytes a second copied to the remote tier.", ""},
    {"remote.log.manager.copy.quota.window.num", kInt, "11", kMedium, atLeast(1), kNoTier, kAtStart,
     "Samples kept for the copy quota.", ""},
    {"remote.log.manager.copy.quota.window.size.seconds", kInt, "1", kMedium, atLeast(1), kNoTier, kAtStart,
     "Length of a sample of the copy quota.", ""},
    {"remote.log.manager.expiration.thread.pool.size", kInt, "10", kMedium, atLeast(1), kNoTier, kLive,
     "Threads that expire remote data.", ""},
    {"remote.log.manager.fetch.max.bytes.per.second", kLong, "9223372036854775807", kMedium, atLeast(1), kNoTier, kLive,
     "Most bytes a second read from the remote tier.", ""},
    {"remote.log.manager.fetch.quota.window.num", kInt, "11", kMedium, atLeast(1), kNoTier, kAtStart,
     "Samples kept for the remote read quota.", ""},
    {"remote.log.manager.fetch.quota.window.size.seconds", kInt, "1", kMedium, atLeast(1), kNoTier, kAtStart,
     "Length of a sample of the remote read quota.", ""},
    {"remote.log.manager.follower.thread.pool.size", kInt, "2", kMedium, atLeast(1), kNoTier, kLive,
     "Threads for followers of tiered partitions.", ""},
    {"remote.log.manager.task.interval.ms", kLong, "30000", kLow, atLeast(1), kNoTier, kAtStart,
     "Time between two rounds of the remote tier's work.", ""},
    {"remote.log.manager.thread.pool.size", kInt, "2", kMedium, atLeast(1), kNoTier, kAtStart,
     "Threads that schedule remote work.", ""},
    {"remote.log.metadata.custom.metadata.max.bytes", kInt, "128", kLow, atLeast(0), kNoTier, kAtStart,
     "Most bytes of custom metadata of a remote segment.", ""},
    {"remote.log.metadata.manager.class.name", kString,
     "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager", kMedium, notEmpty(),
     kNoTier, kAtStart, "Class that keeps the remote tier's metadata.", ""},
    {"remote.log.metadata.manager.class.path",
     kString,
     nullptr,
     kMedium,
     {},
     kNoTier,
     kAtStart,
     "Where that class is found.",
     ""},
    {"remote.log.metadata.manager.impl.prefix", kString, "rlmm.config.", kMedium, notEmpty(), kNoTier, kAtStart,
     "Prefix of the settings passed to that class.", ""},
    {"remote.log.metadata.manager.listener.name", kString, nullptr, kMedium, notEmpty(), kNoTier, kAtStart,
     "Listener that the remote tier's metadata uses.", ""},
    {"remote.log.reader.max.pending.tasks", kInt, "100", kMedium, atLeast(1), kNoTier, kAtStart,
     "Remote reads that may wait.", ""},
    {"remote.log.reader.threads", kInt, "10", kMedium, atLeast(1), kNoTier, kLive, "Threads that read remote data.",
     ""},
    {"remote.log.storage.manager.class.name", kString, nullptr, kMedium, notEmpty(), kNoTier, kAtStart,
     "Class that stores remote segments.", ""},
    {"remote.log.storage.manager.class.path",
     kString,
     nullptr,
     kMedium,
     {},
     kNoTier,
     kAtStart,
     "Where that class is found.",
     ""},
    {"remote.log.storage.manager.impl.prefix", kString, "rsm.config.", kMedium, notEmpty(), kNoTier, kAtStart,
     "Prefix of the settings passed to that class.", ""},
    {"remote.log.storage.system.enable",
     kBoolean,
     "false",
     kMedium,
     {},
     kNoTier,
     kAtStart,
     "Switches the remote tier on.",
     ""},
};

}  // namespace

std::span<const ConfigDef> tierTable() {
    return kTable;
}

}  // namespace weir::config
