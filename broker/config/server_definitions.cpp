// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/tables.h"

namespace weir::config {

using enum ConfigType;
using enum Importance;
using enum Effect;
using enum Update;

namespace {

// The broker itself.
constexpr ConfigDef kTable[] = {
    {"auto.create.topics.enable",
     kBoolean,
     "true",
     kHigh,
     {},
     kWorks,
     kAtStart,
     "Creates a topic when a producer or consumer first names it and asks for that.",
     ""},
    {"background.threads", kInt, "10", kHigh, atLeast(1), kNotNeeded, kLive, "Threads for background work.", ""},
    {"broker.id",
     kInt,
     "-1",
     kHigh,
     {},
     kWorks,
     kAtStart,
     "Number by which clients know this broker; node.id says the same and wins.",
     ""},
    {"broker.rack", kString, nullptr, kMedium, {}, kWorks, kAtStart, "Rack name that is told to clients.", ""},
    {"delete.records.purgatory.purge.interval.requests",
     kInt,
     "1",
     kMedium,
     {},
     kNotNeeded,
     kAtStart,
     "Requests between two sweeps over waiting record deletions.",
     ""},
    {"delete.topic.enable", kBoolean, "true", kHigh, {}, kWorks, kAtStart, "Allows topics to be deleted.", ""},
    {"fetch.max.bytes", kInt, "57671680", kMedium, atLeast(1024), kWorks, kAtStart,
     "Most bytes that one fetch response carries.", ""},
    {"fetch.purgatory.purge.interval.requests",
     kInt,
     "1000",
     kMedium,
     {},
     kNotNeeded,
     kAtStart,
     "Requests between two sweeps over waiting fetches.",
     ""},
    {"kafka.metrics.polling.interval.secs", kInt, "10", kLow, atLeast(1), kNoJava, kAtStart,
     "Time between two polls of the old metrics reporters.", ""},
    {"kafka.metrics.reporters", kList, "", kLow, {}, kNoJava, kAtStart, "Classes that receive the old metrics.", ""},
    {"max.incremental.fetch.session.cache.slots", kInt, "1000", kMedium, atLeast(0), kWorks, kAtStart,
     "Most incremental fetch sessions that are kept.", ""},
    {"max.request.partition.size.limit", kInt, "2000", kMedium, atLeast(1), kWorks, kAtStart,
     "Most partitions in one answer that describes topics page by page.", ""},
    {"metric.reporters",
     kList,
     "org.apache.kafka.common.metrics.JmxReporter",
     kLow,
     {},
     kNoJava,
     kLive,
     "Classes that receive metrics.",
     ""},
    {"metrics.num.samples", kInt, "2", kLow, atLeast(1), kNoJava, kAtStart, "Samples behind each metric.", ""},
    {"metrics.recording.level", kString, "INFO", kLow, {}, kNoJava, kAtStart, "How much detail metrics have.", ""},
    {"metrics.sample.window.ms", kLong, "30000", kLow, atLeast(1), kNoJava, kAtStart, "Length of a metric's sample.",
     ""},
    {"node.id", kInt, "1", kHigh, atLeast(0), kWorks, kAtStart,
     "Number by which clients know this broker. Weir's own default is 1.", ""},
    {"num.io.threads", kInt, "8", kHigh, atLeast(1), kNotNeeded, kLive, "Threads that handle requests.", ""},
    {"num.network.threads", kInt, "2", kHigh, atLeast(1), kWorks, kAtStart,
     "Threads that serve connections. Weir's own default is 2.", ""},
    {"num.partitions", kInt, "1", kMedium, atLeast(1), kWorks, kAtStart,
     "Partitions of a topic that is created without saying how many.", ""},
    {"producer.purgatory.purge.interval.requests",
     kInt,
     "1000",
     kMedium,
     {},
     kNotNeeded,
     kAtStart,
     "Requests between two sweeps over waiting produce requests.",
     ""},
    {"quota.window.num", kInt, "11", kLow, atLeast(1), kNoQuotas, kAtStart, "Samples kept for client quotas.", ""},
    {"quota.window.size.seconds", kInt, "1", kLow, atLeast(1), kNoQuotas, kAtStart,
     "Length of a sample of client quotas.", ""},
    {"telemetry.max.bytes", kInt, "1048576", kLow, atLeast(1), kWorks, kAtStart,
     "Largest telemetry message of a client.", ""},
};

}  // namespace

std::span<const ConfigDef> serverTable() {
    return kTable;
}

}  // namespace weir::config
