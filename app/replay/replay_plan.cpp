// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/replay/replay_plan.h"

#include <algorithm>
#include <optional>

namespace weir::app {

namespace {

ClusterError invalid(std::string sentence) {
    return {ClusterErrc::kInvalid, 0, std::move(sentence)};
}

std::optional<ClusterError> whyNot(const ReplaySpec& spec) {
    if (spec.toTopic.empty()) {
        return invalid("Name the topic to replay to.");
    }
    if (spec.pace == ReplayPace::kOriginalTiming && !(spec.factor >= 0.1 && spec.factor <= 100)) {
        return invalid("The factor lies between 0.1 and 100.");
    }
    if (spec.pace == ReplayPace::kRate && !(spec.ratePerSecond > 0)) {
        return invalid("The rate is above 0 records a second.");
    }
    return std::nullopt;
}

// Where a time stands in a partition: the first record at or after it, else the end.
ClusterResult<Offset> offsetAt(Cluster& cluster, const TopicPartition& partition, Timestamp time, Offset end) {
    auto found = cluster.offsetFor(partition, {OffsetSpecKind::kAtTimestamp, std::max(Timestamp(0), time)});
    if (found && *found == kNoOffset) {
        return end;
    }
    return found;
}

ClusterResult<void> addSpan(Cluster& cluster, const ReplaySpec& spec, const PartitionSnapshot& partition,
                            ReplayPlan& plan) {
    const TopicPartition where{spec.fromTopic, partition.partition};
    Offset from = spec.fromOffset == kNoOffset ? partition.logStart : std::max(partition.logStart, spec.fromOffset);
    // What is open is not decided yet.
    Offset until = std::min(partition.highWatermark, partition.lastStable);
    if (spec.untilOffset != kNoOffset) {
        until = std::min(until, spec.untilOffset);
    }
    if (spec.fromTime != kNoTimestamp) {
        const auto at = offsetAt(cluster, where, spec.fromTime, partition.highWatermark);
        if (!at) {
            return fail(ClusterError(at.error()));
        }
        from = std::max(from, *at);
    }
    if (spec.untilTime != kNoTimestamp) {
        const auto at = offsetAt(cluster, where, spec.untilTime, partition.highWatermark);
        if (!at) {
            return fail(ClusterError(at.error()));
        }
        until = std::min(until, *at);
    }
    if (from < until) {
        plan.whole.push_back({partition.partition, from, until});
    }
    return {};
}

ClusterResult<void> addSpans(Cluster& cluster, const ReplaySpec& spec, const TopicSnapshot& source, ReplayPlan& plan) {
    for (const PartitionSnapshot& partition : source.partitions) {
        const bool isWanted = spec.partitions.empty() || std::find(spec.partitions.begin(), spec.partitions.end(),
                                                                   partition.partition) != spec.partitions.end();
        if (isWanted) {
            if (auto added = addSpan(cluster, spec, partition, plan); !added) {
                return added;
            }
        }
    }
    plan.spans = plan.whole;
    return {};
}

bool isAnother(const TopicId& known, const TopicId& now) {
    return !known.isZero() && !now.isZero() && known != now;
}

// The range stays what it was when the replay began, also where records came in since.
ClusterResult<void> goOn(const ReplaySpec& spec, const TopicSnapshot& source, ReplayPlan& plan) {
    const ReplayCheckpoint& at = spec.resume;
    if (isAnother(at.from, plan.from)) {
        return fail(invalid("Topic " + spec.fromTopic + " was made anew since: what was left to replay is gone."));
    }
    if (plan.targetPartitions == 0 || isAnother(at.to, plan.to)) {
        return fail(invalid("Topic " + spec.toTopic + " was " + (plan.targetPartitions == 0 ? "deleted" : "made anew") +
                            " since: what was replayed to it is gone. Start the replay again."));
    }
    if (static_cast<std::size_t>(plan.targetPartitions) < at.ends.size()) {
        return fail(invalid("Topic " + spec.toTopic + " has fewer partitions than it had. Start the replay again."));
    }
    // Keys stay where they are when partitions were added.
    plan.targetPartitions = static_cast<std::int32_t>(at.ends.size());
    for (const auto& [partition, range] : at.sources) {
        plan.whole.push_back({partition, range.start, range.until});
        if (range.next < range.until) {
            plan.spans.push_back({partition, range.next, range.until, range.latest});
        }
        const auto known = static_cast<std::size_t>(partition.value);
        if (known < source.partitions.size()) {
            plan.deleted +=
                std::max<std::int64_t>(0, std::min(source.partitions[known].logStart, range.until) - range.next);
        }
    }
    return {};
}

}  // namespace

ClusterResult<ReplayPlan> makeReplayPlan(ReplayEnds ends, const Clock& clock, const ReplaySpec& spec) {
    if (auto why = whyNot(spec)) {
        return fail(*std::move(why));
    }
    auto matcher = Matcher::make(spec.filter, spec.filterIsExpression, Timestamp(clock.wallNowMs()));
    if (!matcher) {
        return fail(invalid(matcher.error().message));
    }
    auto masking = Masking::make(spec.masks);
    if (!masking) {
        return fail(invalid(masking.error()));
    }
    const auto snapshot = ends.from.snapshot();
    if (!snapshot) {
        return fail(ClusterError(snapshot.error()));
    }
    const auto there = ends.isOneCluster() ? snapshot : ends.to.snapshot();
    if (!there) {
        return fail(ClusterError(there.error()));
    }
    const TopicSnapshot* const source = (*snapshot)->findTopic(spec.fromTopic);
    if (source == nullptr) {
        return fail(ClusterError{ClusterErrc::kNotFound, 3, "Topic " + spec.fromTopic + " does not exist."});
    }
    ReplayPlan plan;
    plan.matcher = *std::move(matcher);
    plan.masking = *std::move(masking);
    plan.from = source->id;
    plan.sourcePartitions = static_cast<std::int32_t>(source->partitions.size());
    if (const TopicSnapshot* const target = (*there)->findTopic(spec.toTopic)) {
        plan.to = target->id;
        plan.targetPartitions = static_cast<std::int32_t>(target->partitions.size());
        plan.targetRetentionMs = target->retentionMs;
    }
    auto made = spec.resume.isEmpty() ? addSpans(ends.from, spec, *source, plan) : goOn(spec, *source, plan);
    if (!made) {
        return fail(ClusterError(made.error()));
    }
    for (const PartitionSpan& span : plan.spans) {
        plan.offsets += span.end - span.start;
    }
    return plan;
}

void copyInto(OutgoingRecord& to, const OrderedReader::Item& from) {
    const auto copy = [](const std::optional<ByteView>& bytes) {
        return bytes ? std::optional(toBytes(*bytes)) : std::nullopt;
    };
    to.key = copy(from.record.key);
    to.value = copy(from.record.value);
    to.headers = decodeHeaders(from.record);
    to.timestamp = from.record.timestamp;
}

}  // namespace weir::app
