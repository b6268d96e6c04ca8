// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/replay/replay.h"

#include <algorithm>
#include <optional>

#include "app/cluster/schema_reader.h"
#include "app/search/matcher.h"
#include "app/search/ordered_reader.h"

namespace weir::app {

namespace {

constexpr std::size_t kBatchRecords = 1000;
constexpr std::size_t kBatchBytes = 512 << 10;
constexpr std::chrono::milliseconds kTick{10};

struct Plan {
    std::vector<PartitionSpan> spans;
    std::int32_t sourcePartitions = 0;
    /// 0: the target does not exist.
    std::int32_t targetPartitions = 0;
    std::int64_t targetRetentionMs = -1;
    std::int64_t offsets = 0;
    Matcher matcher;
};

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

ClusterResult<void> addSpan(Cluster& cluster, const ReplaySpec& spec, const PartitionSnapshot& partition, Plan& plan) {
    const TopicPartition where{spec.fromTopic, partition.partition};
    Offset from = spec.fromOffset == kNoOffset ? partition.logStart : std::max(partition.logStart, spec.fromOffset);
    Offset until = partition.highWatermark;
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
        plan.spans.push_back({partition.partition, from, until});
        plan.offsets += until - from;
    }
    return {};
}

ClusterResult<Plan> makePlan(Cluster& cluster, const Clock& clock, const ReplaySpec& spec) {
    if (auto why = whyNot(spec)) {
        return fail(*std::move(why));
    }
    auto matcher = Matcher::make(spec.filter, spec.filterIsExpression, Timestamp(clock.wallNowMs()));
    if (!matcher) {
        return fail(invalid(matcher.error().message));
    }
    const auto snapshot = cluster.snapshot();
    if (!snapshot) {
        return fail(ClusterError(snapshot.error()));
    }
    const TopicSnapshot* const source = (*snapshot)->findTopic(spec.fromTopic);
    if (source == nullptr) {
        return fail(ClusterError{ClusterErrc::kNotFound, 3, "Topic " + spec.fromTopic + " does not exist."});
    }
    Plan plan;
    plan.matcher = *std::move(matcher);
    plan.sourcePartitions = static_cast<std::int32_t>(source->partitions.size());
    if (const TopicSnapshot* const target = (*snapshot)->findTopic(spec.toTopic)) {
        plan.targetPartitions = static_cast<std::int32_t>(target->partitions.size());
        plan.targetRetentionMs = target->retentionMs;
    }
    for (const PartitionSnapshot& partition : source->partitions) {
        const bool isWanted = spec.partitions.empty() || std::find(spec.partitions.begin(), spec.partitions.end(),
                                                                   partition.partition) != spec.partitions.end();
        if (isWanted) {
            if (auto added = addSpan(cluster, spec, partition, plan); !added) {
                return fail(ClusterError(added.error()));
            }
        }
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

/// One pass over the range.
class Pass {
public:
    Pass(Cluster& cluster, const Clock& clock, const ReplaySpec& spec, const Plan& plan, JobControl& control)
        : m_cluster(cluster),
          m_clock(clock),
          m_spec(spec),
          m_plan(plan),
          m_control(control),
          m_reader(cluster, spec.fromTopic, plan.spans, Isolation::kReadUncommitted),
          m_schemas(cluster, spec.fromTopic),
          m_timing(spec.pace, spec.factor, spec.ratePerSecond, clock.steadyNow()),
          m_startWall(clock.wallNowMs()) {}

    ClusterResult<void> run() {
        while (m_control.mayGoOn()) {
            const auto item = m_reader.next();
            if (!item) {
                return fail(ClusterError(item.error()));
            }
            if (!*item) {
                return send();
            }
            if (!m_plan.matcher.matches(m_schemas.readable((*item)->record), (*item)->partition, m_scratch)) {
                continue;
            }
            if (auto ready = waitUntilDue((*item)->record.timestamp); !ready) {
                return ready;
            }
            if (m_control.isStopped()) {
                return {};
            }
            add(**item);
            if (m_batch.size() >= kBatchRecords || m_batchBytes >= kBatchBytes) {
                if (auto sent = send(); !sent) {
                    return sent;
                }
            }
        }
        return {};
    }

private:
    // Records due within one tick go together; before a longer wait what is there is sent.
    ClusterResult<void> waitUntilDue(Timestamp stamp) {
        const auto due = m_timing.dueAt(m_index++, stamp);
        while (!m_control.isStopped()) {
            const auto now = m_clock.steadyNow();
            if (m_control.isPaused()) {
                if (auto sent = send(); !sent) {
                    return sent;
                }
                m_control.mayGoOn();
                const auto pause = m_clock.steadyNow() - now;
                m_timing.shift(pause);
                --m_index;
                return waitUntilDue(stamp);
            }
            if (m_spec.pace == ReplayPace::kAsFastAsPossible || due <= now + kTick / 2) {
                return {};
            }
            if (auto sent = send(); !sent) {
                return sent;
            }
            const auto wait = std::chrono::duration_cast<std::chrono::microseconds>(due - now);
            m_control.waitFor(std::max<std::chrono::microseconds>(wait, kTick));
        }
        return {};
    }

    void add(const OrderedReader::Item& item) {
        m_batch.emplace_back();
        OutgoingRecord& record = m_batch.back();
        copyInto(record, item);
        if (m_firstStamp == kNoTimestamp) {
            m_firstStamp = record.timestamp;
        }
        if (m_spec.keepPartitions && item.partition.value < targetPartitions()) {
            record.partition = item.partition;
        }
        if (m_spec.shiftTimestampsToNow) {
            const auto apart = static_cast<double>(record.timestamp - m_firstStamp) / m_spec.factor;
            record.timestamp = m_spec.pace == ReplayPace::kOriginalTiming
                                   ? Timestamp(m_startWall + static_cast<std::int64_t>(apart))
                                   : Timestamp(m_clock.wallNowMs());
        }
        m_batchBytes += (record.key ? record.key->size() : 0) + (record.value ? record.value->size() : 0);
    }
    [[nodiscard]] std::int32_t targetPartitions() const {
        return m_plan.targetPartitions == 0 ? m_plan.sourcePartitions : m_plan.targetPartitions;
    }

    ClusterResult<void> send() {
        if (m_batch.empty()) {
            return {};
        }
        const auto sent = m_cluster.produce(m_spec.toTopic, m_batch, {});
        if (!sent) {
            return fail(ClusterError(sent.error()));
        }
        m_control.addDone(static_cast<std::int64_t>(m_batch.size()));
        m_batch.clear();
        m_batchBytes = 0;
        return {};
    }

    Cluster& m_cluster;
    const Clock& m_clock;
    const ReplaySpec& m_spec;
    const Plan& m_plan;
    JobControl& m_control;
    OrderedReader m_reader;
    SchemaReader m_schemas;
    Matcher::Scratch m_scratch;
    ReplayTiming m_timing;
    std::int64_t m_startWall;
    std::int64_t m_index = 0;
    Timestamp m_firstStamp = kNoTimestamp;
    std::vector<OutgoingRecord> m_batch;
    std::size_t m_batchBytes = 0;
};

void addWarnings(const ReplaySpec& spec, const Plan& plan, const Clock& clock, DryRunResult& result) {
    if (plan.targetPartitions == 0) {
        result.warnings.push_back("Topic " + spec.toTopic + " does not exist and will be made with " +
                                  std::to_string(plan.sourcePartitions) + " partitions.");
    } else if (spec.keepPartitions && plan.targetPartitions < plan.sourcePartitions) {
        result.warnings.push_back("Topic " + spec.toTopic + " has " + std::to_string(plan.targetPartitions) +
                                  " partitions, fewer than the source; records of the others go by their key.");
    }
    if (spec.toTopic == spec.fromTopic) {
        result.warnings.push_back("The topic is replayed into itself: its consumers see these records twice.");
    }
    const bool isOld = result.first != kNoTimestamp && plan.targetRetentionMs >= 0 &&
                       clock.wallNowMs() - result.first.value > plan.targetRetentionMs;
    if (isOld && !spec.shiftTimestampsToNow) {
        result.warnings.push_back(
            "Some records are older than the target's retention and may be deleted soon after "
            "they arrive; shift timestamps to now to keep them.");
    }
}

}  // namespace

ClusterResult<DryRunResult> dryRunReplay(Cluster& cluster, const Clock& clock, const ReplaySpec& spec,
                                         JobControl& control) {
    auto plan = makePlan(cluster, clock, spec);
    if (!plan) {
        return fail(ClusterError(plan.error()));
    }
    control.setTotal(plan->offsets);
    OrderedReader reader(cluster, spec.fromTopic, plan->spans, Isolation::kReadUncommitted);
    Matcher::Scratch scratch;
    SchemaReader schemas(cluster, spec.fromTopic);
    DryRunResult result;
    for (;;) {
        if ((result.scanned & 1023) == 1023) {
            control.addDone(1024);
            if (!control.mayGoOn()) {
                return fail(ClusterError{ClusterErrc::kCancelled, 0, "The dry run was stopped."});
            }
        }
        const auto item = reader.next();
        if (!item) {
            return fail(ClusterError(item.error()));
        }
        if (!*item) {
            break;
        }
        ++result.scanned;
        const RecordView& record = (*item)->record;
        if (plan->matcher.matches(schemas.readable(record), (*item)->partition, scratch)) {
            ++result.records;
            result.bytes += static_cast<std::int64_t>((record.key ? record.key->size() : 0) +
                                                      (record.value ? record.value->size() : 0));
            result.first = result.first == kNoTimestamp ? record.timestamp : std::min(result.first, record.timestamp);
            result.last = std::max(result.last, record.timestamp);
        }
    }
    if (spec.pace == ReplayPace::kOriginalTiming && result.records > 0) {
        result.expectedMs = static_cast<std::int64_t>(static_cast<double>(result.last - result.first) / spec.factor);
    } else if (spec.pace == ReplayPace::kRate) {
        result.expectedMs = static_cast<std::int64_t>(static_cast<double>(result.records) / spec.ratePerSecond * 1000);
    }
    addWarnings(spec, *plan, clock, result);
    return result;
}

ClusterResult<void> runReplay(Cluster& cluster, const Clock& clock, const ReplaySpec& spec, JobControl& control) {
    auto plan = makePlan(cluster, clock, spec);
    if (!plan) {
        return fail(ClusterError(plan.error()));
    }
    if (plan->targetPartitions == 0) {
        NewTopic target;
        target.name = spec.toTopic;
        target.partitions = plan->sourcePartitions;
        if (auto created = cluster.createTopic(target); !created) {
            return created;
        }
    }
    if (!spec.loop && spec.filter.empty()) {
        control.setTotal(plan->offsets);
    }
    do {
        const std::int64_t before = control.done();
        Pass pass(cluster, clock, spec, *plan, control);
        if (auto done = pass.run(); !done) {
            return done;
        }
        // A range in which nothing matches would spin for ever.
        if (control.done() == before) {
            break;
        }
    } while (spec.loop && !control.isStopped());
    return {};
}

}  // namespace weir::app
