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
constexpr std::size_t kSampleBytes = 240;
const char* const kNotMasked = "Some records are left out: what is to be masked in them is no JSON.";

struct Plan {
    std::vector<PartitionSpan> spans;
    std::int32_t sourcePartitions = 0;
    /// 0: the target does not exist.
    std::int32_t targetPartitions = 0;
    std::int64_t targetRetentionMs = -1;
    std::int64_t offsets = 0;
    Matcher matcher;
    Masking masking;
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
    // What is open is not decided yet.
    Offset until = std::min(partition.highWatermark, partition.lastStable);
    if (const auto resume = spec.resumeAt.find(partition.partition); resume != spec.resumeAt.end()) {
        from = std::max(from, resume->second);
    }
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

ClusterResult<Plan> makePlan(ReplayEnds ends, const Clock& clock, const ReplaySpec& spec) {
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
    Plan plan;
    plan.matcher = *std::move(matcher);
    plan.masking = *std::move(masking);
    plan.sourcePartitions = static_cast<std::int32_t>(source->partitions.size());
    if (const TopicSnapshot* const target = (*there)->findTopic(spec.toTopic)) {
        plan.targetPartitions = static_cast<std::int32_t>(target->partitions.size());
        plan.targetRetentionMs = target->retentionMs;
    }
    for (const PartitionSnapshot& partition : source->partitions) {
        const bool isWanted = spec.partitions.empty() || std::find(spec.partitions.begin(), spec.partitions.end(),
                                                                   partition.partition) != spec.partitions.end();
        if (isWanted) {
            if (auto added = addSpan(ends.from, spec, partition, plan); !added) {
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
    Pass(ReplayEnds ends, const Clock& clock, const ReplaySpec& spec, const Plan& plan, JobControl& control,
         ReplayProgress* progress)
        : m_target(ends.to),
          m_clock(clock),
          m_spec(spec),
          m_plan(plan),
          m_control(control),
          m_progress(progress),
          m_reader(ends.from, spec.fromTopic, plan.spans, Isolation::kReadCommitted),
          m_schemas(ends.from, spec.fromTopic),
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
        m_read.insert_or_assign(item.partition, item.record.offset + 1);
        if (!m_plan.masking.apply(record)) {
            m_batch.pop_back();
            m_control.addErrors(1);
            m_control.setMessage(kNotMasked);
            return;
        }
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
        if (!m_batch.empty()) {
            const auto sent = m_target.produce(m_spec.toTopic, m_batch, {});
            if (!sent) {
                return fail(ClusterError(sent.error()));
            }
        }
        m_control.addDone(static_cast<std::int64_t>(m_batch.size()));
        for (const auto& [partition, next] : m_read) {
            if (m_progress != nullptr) {
                m_progress->sent(partition, next);
            }
        }
        m_read.clear();
        m_batch.clear();
        m_batchBytes = 0;
        return {};
    }

    Cluster& m_target;
    const Clock& m_clock;
    const ReplaySpec& m_spec;
    const Plan& m_plan;
    JobControl& m_control;
    ReplayProgress* m_progress;
    OrderedReader m_reader;
    SchemaReader m_schemas;
    Matcher::Scratch m_scratch;
    ReplayTiming m_timing;
    std::int64_t m_startWall;
    std::int64_t m_index = 0;
    Timestamp m_firstStamp = kNoTimestamp;
    std::vector<OutgoingRecord> m_batch;
    /// Behind what stands in the batch, and behind what was left out before it.
    std::map<PartitionId, Offset> m_read;
    std::size_t m_batchBytes = 0;
};

void count(const OrderedReader::Item& item, const Masking& masking, DryRunResult& result) {
    const RecordView& record = item.record;
    if (!masking.empty()) {
        OutgoingRecord masked;
        copyInto(masked, item);
        if (!masking.apply(masked)) {
            ++result.leftOut;
            return;
        }
        if (result.sample.empty() && masked.value) {
            result.sample = std::string(asText(*masked.value).substr(0, kSampleBytes));
        }
    }
    ++result.records;
    result.bytes +=
        static_cast<std::int64_t>((record.key ? record.key->size() : 0) + (record.value ? record.value->size() : 0));
    result.first = result.first == kNoTimestamp ? record.timestamp : std::min(result.first, record.timestamp);
    result.last = std::max(result.last, record.timestamp);
}

void addWarnings(ReplayEnds ends, const ReplaySpec& spec, const Plan& plan, const Clock& clock, DryRunResult& result) {
    if (result.leftOut > 0) {
        result.warnings.push_back(std::to_string(result.leftOut) +
                                  (result.leftOut == 1 ? " record would be left out" : " records would be left out") +
                                  ": what is to be masked is no JSON.");
    }
    if (plan.targetPartitions == 0) {
        result.warnings.push_back("Topic " + spec.toTopic + " does not exist " +
                                  (ends.isOneCluster() ? "" : "in " + ends.to.name() + ' ') + "and will be made with " +
                                  std::to_string(plan.sourcePartitions) + " partitions.");
    } else if (spec.keepPartitions && plan.targetPartitions < plan.sourcePartitions) {
        result.warnings.push_back("Topic " + spec.toTopic + " has " + std::to_string(plan.targetPartitions) +
                                  " partitions, fewer than the source; records of the others go by their key.");
    }
    if (ends.isOneCluster() && spec.toTopic == spec.fromTopic) {
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

ClusterResult<DryRunResult> dryRunReplay(ReplayEnds ends, const Clock& clock, const ReplaySpec& spec,
                                         JobControl& control) {
    auto plan = makePlan(ends, clock, spec);
    if (!plan) {
        return fail(ClusterError(plan.error()));
    }
    control.setTotal(plan->offsets);
    OrderedReader reader(ends.from, spec.fromTopic, plan->spans, Isolation::kReadCommitted);
    Matcher::Scratch scratch;
    SchemaReader schemas(ends.from, spec.fromTopic);
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
            count(**item, plan->masking, result);
        }
    }
    if (spec.pace == ReplayPace::kOriginalTiming && result.records > 0) {
        result.expectedMs = static_cast<std::int64_t>(static_cast<double>(result.last - result.first) / spec.factor);
    } else if (spec.pace == ReplayPace::kRate) {
        result.expectedMs = static_cast<std::int64_t>(static_cast<double>(result.records) / spec.ratePerSecond * 1000);
    }
    addWarnings(ends, spec, *plan, clock, result);
    return result;
}

ClusterResult<void> runReplay(ReplayEnds ends, const Clock& clock, const ReplaySpec& spec, JobControl& control,
                              ReplayProgress* progress) {
    auto plan = makePlan(ends, clock, spec);
    if (!plan) {
        return fail(ClusterError(plan.error()));
    }
    if (plan->targetPartitions == 0) {
        NewTopic target;
        target.name = spec.toTopic;
        target.partitions = plan->sourcePartitions;
        if (auto created = ends.to.createTopic(target); !created) {
            return created;
        }
    }
    if (!spec.loop && spec.filter.empty()) {
        control.setTotal(plan->offsets);
    }
    do {
        const std::int64_t before = control.done();
        Pass pass(ends, clock, spec, *plan, control, progress);
        if (auto done = pass.run(); !done) {
            return done;
        }
        // A range in which nothing matches would spin for ever.
        if (control.done() == before) {
            break;
        }
        if (spec.loop && progress != nullptr) {
            progress->started();
        }
    } while (spec.loop && !control.isStopped());
    return {};
}

}  // namespace weir::app
