// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "app/cluster/schema_reader.h"
#include "app/replay/replay_plan.h"

namespace weir::app {

namespace {

constexpr std::size_t kSampleBytes = 240;

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

void addWarnings(ReplayEnds ends, const ReplaySpec& spec, const ReplayPlan& plan, const Clock& clock,
                 DryRunResult& result) {
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
    auto plan = makeReplayPlan(ends, clock, spec);
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

}  // namespace weir::app
