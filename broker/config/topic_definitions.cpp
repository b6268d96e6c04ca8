// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/tables.h"

namespace weir::config {

using enum ConfigType;
using enum Importance;
using enum Effect;
using enum Update;

namespace {

// Topic settings of Kafka 4.2.
constexpr ConfigDef kTable[] = {
    {"cleanup.policy", kList, "delete", kMedium, subsetOf("compact|delete"), kWorks, kLive,
     "What happens to old records: delete drops whole segments by time and size, compact asks for the newest record of "
     "every key only. Both can be given, and an empty list keeps everything. Weir does not compact yet, so a topic "
     "with compact alone keeps all its records.",
     "log.cleanup.policy"},
    {"compression.gzip.level", kInt, "-1", kMedium, rangeOrMinusOne(1, 9), kWorks, kLive,
     "Level at which batches are compressed when compression.type is gzip; -1 is the codec's own choice.",
     "compression.gzip.level"},
    {"compression.lz4.level", kInt, "9", kMedium, range(1, 17), kWorks, kLive,
     "Level at which batches are compressed when compression.type is lz4; higher is smaller and slower.",
     "compression.lz4.level"},
    {"compression.type", kString, "producer", kMedium, oneOf("uncompressed|zstd|lz4|snappy|gzip|producer"), kWorks,
     kLive,
     "Codec in which batches are stored. The value producer keeps what the producer sent; any other re-encodes batches "
     "that arrive in a different codec.",
     "compression.type"},
    {"compression.zstd.level", kInt, "3", kMedium, range(-131072, 22), kWorks, kLive,
     "Level at which batches are compressed when compression.type is zstd; higher is smaller and slower.",
     "compression.zstd.level"},
    {"delete.retention.ms", kLong, "86400000", kMedium, atLeast(0), kNoCompaction, kLive,
     "How long the marker of a deleted key stays readable in a compacted topic, so that slow readers still learn of "
     "the deletion.",
     "log.cleaner.delete.retention.ms"},
    {"file.delete.delay.ms", kLong, "60000", kMedium, atLeast(0), kWorks, kLive,
     "How long the file of a dropped segment stays on disk before it is removed.", "log.segment.delete.delay.ms"},
    {"flush.messages", kLong, "9223372036854775807", kMedium, atLeast(1), kWorks, kLive,
     "Number of records after which the log is forced to the disk, whatever weir.durability says; the largest number "
     "leaves it to weir.durability.",
     "log.flush.interval.messages"},
    {"flush.ms", kLong, "9223372036854775807", kMedium, atLeast(0), kWorks, kLive,
     "Longest time that a record may wait before the log is forced to the disk, whatever weir.durability says; the "
     "largest number leaves it to weir.durability.",
     "log.flush.interval.ms"},
    {"follower.replication.throttled.replicas", kList, "", kMedium, throttledReplicas(), kOneReplica, kLive,
     "Replicas whose catching up is throttled on the receiving side: * or a list of partition:broker.", ""},
    {"index.interval.bytes", kInt, "4096", kMedium, atLeast(0), kWorks, kLive,
     "How many bytes of the log stand between two entries of its offset index; less finds offsets faster and makes "
     "larger indexes.",
     "log.index.interval.bytes"},
    {"leader.replication.throttled.replicas", kList, "", kMedium, throttledReplicas(), kOneReplica, kLive,
     "Replicas whose catching up is throttled on the sending side: * or a list of partition:broker.", ""},
    {"local.retention.bytes", kLong, "-2", kMedium, atLeast(-2), kNoTier, kLive,
     "Bytes of a tiered partition that stay on the local disk; -2 takes retention.bytes.", "log.local.retention.bytes"},
    {"local.retention.ms", kLong, "-2", kMedium, atLeast(-2), kNoTier, kLive,
     "Time for which records of a tiered partition stay on the local disk; -2 takes retention.ms.",
     "log.local.retention.ms"},
    {"max.compaction.lag.ms", kLong, "9223372036854775807", kMedium, atLeast(1), kNoCompaction, kLive,
     "Longest time that a record may stay uncompacted in a compacted topic.", "log.cleaner.max.compaction.lag.ms"},
    {"max.message.bytes", kInt, "1048588", kMedium, atLeast(0), kWorks, kLive,
     "Largest batch that is accepted, in bytes, after compression.", "message.max.bytes"},
    {"message.timestamp.after.max.ms", kLong, "3600000", kMedium, atLeast(0), kWorks, kLive,
     "How far a producer's timestamp may lie ahead of this machine's clock before the batch is refused.",
     "log.message.timestamp.after.max.ms"},
    {"message.timestamp.before.max.ms", kLong, "9223372036854775807", kMedium, atLeast(0), kWorks, kLive,
     "How far a producer's timestamp may lie behind this machine's clock before the batch is refused.",
     "log.message.timestamp.before.max.ms"},
    {"message.timestamp.type", kString, "CreateTime", kMedium, oneOf("CreateTime|LogAppendTime"), kWorks, kLive,
     "Whose time a record carries: the producer's (CreateTime) or that of its arrival (LogAppendTime).",
     "log.message.timestamp.type"},
    {"min.cleanable.dirty.ratio", kDouble, "0.5", kMedium, upTo(1), kNoCompaction, kLive,
     "Share of a compacted log that must be uncompacted before a compaction pass is worth its work.",
     "log.cleaner.min.cleanable.ratio"},
    {"min.compaction.lag.ms", kLong, "0", kMedium, atLeast(0), kNoCompaction, kLive,
     "Shortest time for which every record stays uncompacted, so that readers can see all versions of a key.",
     "log.cleaner.min.compaction.lag.ms"},
    {"min.insync.replicas", kInt, "1", kMedium, atLeast(1), kOneReplica, kLive,
     "Replicas that must have a record before acks=all is answered.", "min.insync.replicas"},
    {"preallocate",
     kBoolean,
     "false",
     kMedium,
     {},
     kNotNeeded,
     kLive,
     "Reserves a new segment's whole size on disk when it is created.",
     "log.preallocate"},
    {"remote.log.copy.disable",
     kBoolean,
     "false",
     kMedium,
     {},
     kNoTier,
     kLive,
     "Stops copying further segments to the remote tier.",
     ""},
    {"remote.log.delete.on.disable",
     kBoolean,
     "false",
     kMedium,
     {},
     kNoTier,
     kLive,
     "Removes the remote data when tiering is switched off for the topic.",
     ""},
    {"remote.storage.enable",
     kBoolean,
     "false",
     kMedium,
     {},
     kNoTier,
     kLive,
     "Moves old segments of the topic to the remote tier.",
     ""},
    {"retention.bytes",
     kLong,
     "-1",
     kMedium,
     {},
     kWorks,
     kLive,
     "Size that a partition may reach before its oldest segments are dropped; -1 sets no limit. It counts per "
     "partition.",
     "log.retention.bytes"},
    {"retention.ms", kLong, "604800000", kMedium, atLeast(-1), kWorks, kLive,
     "Age at which a segment is dropped, counted from its newest record; -1 keeps records forever.",
     "log.retention.ms"},
    {"segment.bytes", kInt, "1073741824", kMedium, atLeast(1048576), kWorks, kLive,
     "Size at which a log starts a new segment file. Retention and compaction work on whole segments.",
     "log.segment.bytes"},
    {"segment.index.bytes", kInt, "10485760", kMedium, atLeast(4), kWorks, kLive,
     "Largest size of a segment's index file; a full index also starts a new segment.", "log.index.size.max.bytes"},
    {"segment.jitter.ms", kLong, "0", kMedium, atLeast(0), kWorks, kLive,
     "Random time taken off segment.ms for each segment, so that many partitions do not roll at once.",
     "log.roll.jitter.ms"},
    {"segment.ms", kLong, "604800000", kMedium, atLeast(1), kWorks, kLive,
     "Age at which a log starts a new segment even when the old one is not full, so that retention can drop it.",
     "log.roll.ms"},
    {"unclean.leader.election.enable",
     kBoolean,
     "false",
     kMedium,
     {},
     kOneReplica,
     kLive,
     "Whether a replica that lags may become leader, which can lose records.",
     "unclean.leader.election.enable"},
};

}  // namespace

std::span<const ConfigDef> topicTable() {
    return kTable;
}

}  // namespace weir::config
